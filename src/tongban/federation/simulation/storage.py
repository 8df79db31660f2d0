"""A simulated node's conversations on its disk, as the library's steps keep to it."""

import hashlib
from typing import NamedTuple
from uuid import UUID

from tongban import protocol
from tongban.federation.simulation import books, papers
from tongban.federation.simulation.disk import Disk
from tongban.protocol import Code, HttpRequest, Refused
from tongban.protocol.conversations import AnyUtterance, Conversation, Delivered, Known, Step, Thread
from tongban.protocol.signature import Verified

ThreadKey = tuple[str, str]


class Kept(NamedTuple):
    """A message on the disk; both sides have it since `kept_at` (seconds); `proof` is its delivery."""

    message: AnyUtterance
    body: bytes
    kept_at: float | None
    proof: HttpRequest | None = None


class DiskStorage:
    """What the node keeps, inside the transaction going on; `to_send` are threads with something new."""

    def __init__(self, disk: Disk, now: float) -> None:
        self._disk = disk
        self._now = now
        self.to_send: list[ThreadKey] = []
        self.changed: list[Conversation] = []
        self._digests: dict[int, bytes] = {}

    def note_delivery(self, verified: Verified) -> None:
        """Remember this delivery; Refused `replayed` when it has been received before."""
        delivery = verified.keyid, verified.nonce
        if self._disk.get("nonces", delivery) is not None:
            raise Refused(Code.REPLAYED, "signature parameter nonce")
        self._disk.put("nonces", delivery, verified.expires)

    def thread(self, peer: str, case_ref: str) -> Thread:
        """The thread as it is on the disk."""
        found: Thread | None = self._disk.get("threads", (peer, case_ref))
        return found or Thread(peer, case_ref)

    def conversation(self, conversation: UUID) -> Conversation | None:
        """The conversation of that id."""
        found: Conversation | None = self._disk.get("conversations", conversation.int)
        return found

    def known(self, message: AnyUtterance) -> Known | None:
        """What is kept under the message's id or in its place."""
        found: Known | None = self._disk.get("known", (message.sender, message.id.int))
        return found or self._disk.get("known", (message.sender, message.case_ref, message.position))

    def keep(self, step: Step, heard: tuple[AnyUtterance, Delivered] | None) -> None:
        """Write all of a step."""
        self.keep_thread(step, heard)
        self.keep_effects(step, heard)

    def keep_thread(self, step: Step, heard: tuple[AnyUtterance, Delivered] | None) -> None:
        """Write thread, conversation and messages of a step."""
        thread, conversation = step.thread, step.conversation
        if conversation is None:
            return
        self._disk.put("threads", (thread.peer, thread.case_ref), thread)
        self._disk.put("conversations", conversation.id.int, conversation)
        if heard is not None:
            self.keep_heard(heard[0], heard[1].request, heard[1].body_sha256)
        for message in step.says:
            papers.carry(self._disk, message)
            body = protocol.encode(message)
            self._digests[message.id.int] = hashlib.sha256(body).digest()
            self.keep_own(message, body, None)
        self.changed.append(conversation)

    def keep_effects(self, step: Step, heard: tuple[AnyUtterance, Delivered] | None) -> None:
        """Write the effects of a step into the node's books."""
        for effect in step.effects:
            is_heard = heard is not None and effect.message is heard[0]
            digest = heard[1].body_sha256 if heard and is_heard else self._digests[effect.message.id.int]
            books.take_effect(self._disk, effect, digest)

    def keep_heard(self, message: AnyUtterance, delivery: HttpRequest, digest: bytes) -> None:
        """Write a message of the peer with the delivery that proves it; `digest` is its body's SHA-256."""
        known = Known(message.id, message.position, digest)
        place = message.sender, message.case_ref, message.position
        self._disk.put("known", (message.sender, message.id.int), known)
        self._disk.put("known", place, known)
        self._disk.put("heard", place, Kept(message, delivery.body, self._now, delivery))

    def keep_own(self, message: AnyUtterance, body: bytes, kept_at: float | None) -> None:
        """Write a message of this node, to be sent unless the peer has it."""
        key = (message.receiver, message.case_ref)
        self._disk.put("own", (*key, message.position), Kept(message, body, kept_at))
        if kept_at is None:
            if self._disk.get("first", key) is None:
                self._disk.put("first", key, message.position)
            self.to_send.append(key)
