"""A node whose old backup was restored asks each peer for what both once kept, before it does anything else.

Until a peer has answered, nothing is taken from it, said to it or decided about what concerns it.
"""

import hashlib
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from tongban.federation.simulation import books, papers
from tongban.federation.simulation.disk import DiskFull
from tongban.federation.simulation.members import EPOCH
from tongban.federation.simulation.storage import DiskStorage, Kept
from tongban.protocol import HttpRequest, HttpResponse, Refused
from tongban.protocol.conversations import AnyUtterance, merge, recall, seal_utterance
from tongban.protocol.conversations.memories import (
    AT_ONCE,
    RecallAsked,
    Remembered,
    memory,
    open_memories,
    open_recall,
    seal_memories,
    seal_recall,
)

if TYPE_CHECKING:
    from tongban.federation.simulation.node import Node

Memories = tuple[tuple[AnyUtterance, HttpRequest], ...]
"""Messages, each with the delivery that proves it."""
SLACK = 300.0
"""Seconds before the backup from which on peers are asked: clocks differ."""
AGAIN = 20.0
"""Seconds after which a question without an answer is asked again."""


class Recovery:
    """What one node still has to learn again, peer by peer; an operator's mark, not part of the backup."""

    def __init__(self, node: "Node") -> None:
        self._node = node
        self.peers: dict[str, float] = {}
        self._since: float | None = None
        self._heard: dict[str, list[tuple[AnyUtterance, HttpRequest]]] = {}
        self._asked: dict[str, tuple[RecallAsked, HttpRequest]] = {}

    def begin(self, backup_at: float) -> None:
        """The disk is the backup of that moment: everything since has to be learnt again."""
        names = self._node.members.names
        self._since = backup_at - SLACK
        self.peers = {name: self._since for name in names if name != self._node.name}

    def go_on(self) -> None:
        """Ask every peer that has not answered yet, from the beginning."""
        self._heard, self._asked = {}, {}
        for peer in self.peers:
            self._ask(peer, 0)

    def ask_once_more(self, peer: str) -> None:
        """The peer knows more than it has told: something was on its way to it while it was asked."""
        if self._since is not None and peer not in self.peers:
            self.peers[peer] = self._since
            self._ask_anew(peer)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """What this node kept of the messages with the node that asks; Refused when it may not ask."""
        node = self._node
        asked, _ = open_recall(request, node.members.directory, node.name, now=node.moment)
        since = (asked.since - EPOCH).total_seconds()
        own = [kept for (peer, *_), kept in node.disk.table("own").items() if peer == asked.sender]
        heard = [kept for (peer, *_), kept in node.disk.table("heard").items() if peer == asked.sender]
        kept = sorted((one for one in own + heard if one.kept_at is None or one.kept_at >= since), key=_order)
        page = kept[asked.after : asked.after + AT_ONCE]
        end = asked.after + len(page)
        memories = tuple(memory(one.proof or self._sealed(one)) for one in page)
        reply = Remembered(sender=node.name, memories=memories, next=end if end < len(kept) else None)
        return seal_memories(reply, request, node.members.keys[node.name], now=node.moment)

    def _sealed(self, kept: Kept) -> HttpRequest:
        """A delivery of one of this node's own messages, to prove it."""
        node, message = self._node, kept.message
        key, directory = node.members.keys[node.name], node.members.directory
        return seal_utterance(
            kept.body, message.receiver, directory, key, now=node.moment, nonce=f"{message.id.int:032x}"
        )

    def hear(self, nonce: str, response: HttpResponse) -> None:
        """An answer of a peer, perhaps the last one that was missing."""
        found = self._asked.get(nonce)
        node = self._node
        if found is None:
            return
        asked, request = found
        try:
            messages, after = open_memories(response, request, asked, node.members.directory, now=node.moment)
        except Refused:
            return
        del self._asked[nonce]
        peer = asked.receiver
        if peer not in self.peers:
            return
        heard = self._heard.setdefault(peer, [])
        heard += messages
        if after is not None:
            self._ask(peer, after)
            return
        try:
            self._recall(peer, tuple(heard))
        except DiskFull:
            node.world.later(node.name, AGAIN, lambda: self._ask_anew(peer))

    def _ask(self, peer: str, after: int) -> None:
        node = self._node
        nonce = node.world.new_nonce()
        since = EPOCH + timedelta(seconds=self.peers[peer])
        asked = RecallAsked(sender=node.name, receiver=peer, since=since, after=after, created=node.moment)
        request = seal_recall(asked, node.members.directory, node.members.keys[node.name], nonce)
        self._asked[nonce] = asked, request
        node.world.send(node.name, peer, request, nonce)
        node.world.later(node.name, AGAIN, lambda: self._ask_again(nonce))

    def _ask_again(self, nonce: str) -> None:
        found = self._asked.pop(nonce, None)
        if found is not None and found[0].receiver in self.peers:
            self._ask(found[0].receiver, found[0].after)

    def _ask_anew(self, peer: str) -> None:
        self._heard.pop(peer, None)
        if peer in self.peers:
            self._ask(peer, 0)

    def _recall(self, peer: str, messages: Memories) -> None:
        """Take up what was forgotten, thread by thread, and go back to work with the peer.

        A thread that cannot be taken up holds up no other: between nodes that tell the truth there is none.
        """
        node = self._node
        storage = DiskStorage(node.disk, node.world.now)
        for case_ref in dict.fromkeys(message.case_ref for message, _ in messages):
            with suppress(Refused), node.disk.transaction():
                self._recall_thread(storage, peer, case_ref, messages)
                node.point()
        node.make_durable()
        del self.peers[peer]
        node.after_commit(storage)
        for key in list(node.disk.table("first")):
            if key[0] == peer:
                node.enqueue(key)
        for conversation in list(node.disk.table("conversations").values()):
            if conversation.peer == peer and not conversation.has_ended:
                node.world.changed(node.name, conversation)

    def _recall_thread(self, storage: DiskStorage, peer: str, case_ref: str, messages: Memories) -> None:
        node = self._node
        proofs = {message.id: proof for message, proof in messages if message.case_ref == case_ref}
        of_case = [message for message, _ in messages if message.case_ref == case_ref]
        own = tuple(message for message in of_case if message.sender == node.name)
        theirs = tuple(message for message in of_case if message.sender == peer)
        for message in own:
            self._note_kept(peer, message)
        for message in merge(storage.thread(peer, case_ref), own, theirs):
            step = recall(
                storage.thread(peer, case_ref),
                storage.conversation(message.conversation),
                message,
                node.name,
            )
            storage.keep_thread(step, None)
            body = proofs[message.id].body
            digest = hashlib.sha256(body).digest()
            if message.sender == node.name:
                storage.keep_own(message, body, node.world.now)
                papers.carry(node.disk, message)
            else:
                storage.keep_heard(message, proofs[message.id], digest)
            for effect in step.effects:
                books.take_effect(node.disk, effect, digest)

    def _note_kept(self, peer: str, message: AnyUtterance) -> None:
        """The peer has this message of ours, though the backup says that it waits."""
        key = (peer, message.case_ref)
        first: int | None = self._node.disk.get("first", key)
        thread = DiskStorage(self._node.disk, 0.0).thread(*key)
        if first is not None and message.position >= first:
            if message.position >= thread.said:
                self._node.disk.remove("first", key)
            else:
                self._node.disk.put("first", key, message.position + 1)


def _order(kept: Kept) -> tuple[float, str, int]:
    at = float("inf") if kept.kept_at is None else kept.kept_at
    return at, kept.message.case_ref, kept.message.position
