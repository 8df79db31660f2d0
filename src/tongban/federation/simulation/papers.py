"""Files that simulated evidence names, on their way beside the messages: offered, taken in piece by piece.

What is signed and checked is the library's; the bytes travel unsigned and count only under their own digest.
Files lie outside the database, as a real node's do: an old backup does not bring them back to what they were.
"""

import hashlib
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from tongban import protocol
from tongban.federation.simulation.disk import Disk, DiskFull
from tongban.protocol import Code, EvidenceFile, HttpRequest, HttpResponse, Refused
from tongban.protocol.attachments import (
    ATTACHMENTS_PATH,
    Held,
    Offer,
    authenticate,
    open_held,
    seal,
    seal_held,
)
from tongban.protocol.conversations import AnyUtterance

if TYPE_CHECKING:
    from tongban.federation.simulation.node import Node

TIMEOUT = 15.0
"""Seconds until an offer or bytes without a reply count as not arrived."""
LONGEST_PAUSE = 120.0
PIECES = 3
"""Pieces in which bytes arrive; after each a connection may break off."""
Key = tuple[str, str]
"""To whom, and the file's digest."""


class Expected(NamedTuple):
    """What is known of a file that was offered here: how long it is, and which bytes have come."""

    size: int
    part: bytes = b""


class _Sent(NamedTuple):
    key: Key
    offer: Offer
    request: HttpRequest


def paper(conversation: UUID) -> bytes:
    """The file that evidence in this conversation brings along."""
    return b"%PDF-simulated " + hashlib.sha256(conversation.bytes).hexdigest().encode()


def described(content: bytes) -> EvidenceFile:
    """A file as evidence describes it."""
    return EvidenceFile(sha256=hashlib.sha256(content).hexdigest(), size=len(content), name="scan-1.pdf")


def carry(disk: Disk, message: AnyUtterance) -> None:
    """Have the files that a message names carried to whom it is for, in the transaction that stores it."""
    for file in getattr(message.body, "files", ()):
        disk.put("to_carry", (message.receiver, file.sha256), message.case_ref)


class Carrier:
    """One node's files: those on their way to others, and those that it takes in."""

    def __init__(self, node: "Node") -> None:
        self._node = node
        self.shelf = Disk()
        self.forget()

    def forget(self) -> None:
        """Lose everything that is not on the disk."""
        self._under_way: set[Key] = set()
        self._sent: dict[str, _Sent] = {}
        self._failures: dict[Key, int] = {}

    def keep_own(self, content: bytes) -> None:
        """Put a file of this node's department on the shelf, before anything names it."""
        with self.shelf.transaction():
            self.shelf.put("whole", hashlib.sha256(content).hexdigest(), content)
        self.shelf.sync()

    def look(self) -> None:
        """Offer what waits to be carried."""
        for key in self._node.disk.table("to_carry"):
            if key not in self._under_way:
                self._under_way.add(key)
                self._offer(key)

    # the side that gives

    def _offer(self, key: Key) -> None:
        node, (peer, sha256) = self._node, key
        content: bytes = self.shelf.get("whole", sha256)
        offer = Offer(
            id=node.world.new_id(),
            sender=node.name,
            receiver=peer,
            created=node.moment,
            case_ref=node.disk.get("to_carry", key),
            sha256=sha256,
            size=len(content),
        )
        nonce = node.world.new_nonce()
        keys, directory = node.members.keys, node.members.directory
        request = seal(offer, directory, keys[node.name], now=node.moment, nonce=nonce)
        self._send(nonce, _Sent(key, offer, request))

    def _send(self, nonce: str, sent: _Sent) -> None:
        node = self._node
        node.point()
        self._sent[nonce] = sent
        node.world.send(node.name, sent.key[0], sent.request, nonce)
        node.world.later(node.name, TIMEOUT, partial(self._time_out, nonce))

    def _time_out(self, nonce: str) -> None:
        sent = self._sent.pop(nonce, None)
        if sent is not None:
            self.again(sent.key)

    def again(self, key: Key) -> None:
        """Offer a file again after a pause, the longer the more often it did not arrive."""
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        wait = min(2.0**failures, LONGEST_PAUSE)
        self._node.world.later(self._node.name, wait, partial(self._offer_again, key))

    def _offer_again(self, key: Key) -> None:
        if self._node.disk.get("to_carry", key) is not None:
            self._offer(key)

    def hear(self, nonce: str, response: HttpResponse) -> bool:
        """A reply has come back; whether it was to an offer or to bytes of a file."""
        sent = self._sent.get(nonce)
        if sent is None:
            return False
        if sent.request.method == "PUT":
            del self._sent[nonce]
            self.after_bytes(sent.key, response)
        else:
            self._hear_held(nonce, sent, response)
        return True

    def _hear_held(self, nonce: str, sent: _Sent, response: HttpResponse) -> None:
        node = self._node
        try:
            held = open_held(response, sent.request, sent.offer, node.members.directory, now=node.moment)
        except Refused:
            return  # refused, or nobody's word: tried again when no reply counts any more
        del self._sent[nonce]
        if held.complete:
            self.note_carried(sent.key)
        else:
            self._send_bytes(sent, held.held)

    def after_bytes(self, key: Key, response: HttpResponse) -> None:
        """Ask whether it is there: what is said of bytes is not signed."""
        if response.status == 200:
            self._offer_again(key)
        else:
            self.again(key)

    def _send_bytes(self, sent: _Sent, held: int) -> None:
        content: bytes = self.shelf.get("whole", sent.key[1])
        path = f"{ATTACHMENTS_PATH}/{sent.key[1]}"
        headers = (("content-range", f"bytes {held}-{len(content) - 1}/{len(content)}"),)
        request = HttpRequest("PUT", sent.request.authority, path, headers, content[held:])
        self._send(self._node.world.new_nonce(), sent._replace(request=request))

    def note_carried(self, key: Key) -> None:
        """The peer has the file."""
        node = self._node
        try:
            with node.disk.transaction():
                node.disk.remove("to_carry", key)
                node.point()
            node.make_durable()
        except DiskFull:
            self.again(key)
            return
        self._under_way.discard(key)
        self._failures.pop(key, None)

    # the side that takes

    def door(self, request: HttpRequest) -> HttpResponse:
        """The reply to an offer, or to bytes."""
        node = self._node
        try:
            if request.method == "PUT":
                return HttpResponse(200, (), b"%d" % self._take_in(request))
            offer, verified = authenticate(request, Offer, node.members.directory, node.name, now=node.moment)
            if offer.sender in node.recovery.peers:
                raise Refused(Code.TRY_LATER)
            with node.disk.transaction():
                node.note_delivery(verified)
            self._expect(offer)
            self._finish(offer.sha256)
            node.make_durable()
            reply = Held(
                sender=node.name,
                in_reply_to=offer.id,
                held=len(self._part(offer.sha256)),
                complete=self.shelf.get("whole", offer.sha256) is not None,
            )
            return seal_held(reply, request, node.members.keys[node.name], now=node.moment)
        except Refused as refused:
            return protocol.plain_reply(protocol.refusal(refused, node.name, None, node.moment))
        except DiskFull:
            return protocol.plain_reply(
                protocol.refusal(Refused(Code.TRY_LATER), node.name, None, node.moment)
            )

    def _part(self, sha256: str) -> bytes:
        expected: Expected | None = self.shelf.get("expected", sha256)
        return expected.part if expected else b""

    def _expect(self, offer: Offer) -> None:
        if self.shelf.get("whole", offer.sha256) is None and self.shelf.get("expected", offer.sha256) is None:
            with self.shelf.transaction():
                self.shelf.put("expected", offer.sha256, Expected(offer.size))
            self.shelf.sync()

    def _finish(self, sha256: str) -> None:
        """Check one of which all bytes have come, but whose end a power cut kept from counting."""
        expected: Expected | None = self.shelf.get("expected", sha256)
        if expected is not None and len(expected.part) == expected.size:
            with suppress(Refused):
                self._finished(sha256, expected)

    def _take_in(self, request: HttpRequest) -> int:
        """Take bytes in, piece by piece, each durable before the next; they count when their digest fits."""
        sha256 = request.path.rpartition("/")[2]
        expected: Expected | None = self.shelf.get("expected", sha256)
        if expected is None:
            raise Refused(Code.NOT_COVERED, "sha256", "it was not offered")
        first = int(dict(request.headers)["content-range"].removeprefix("bytes ").partition("-")[0])
        if first != len(expected.part):
            raise Refused(Code.MALFORMED, "header content-range")
        length = -(-len(request.body) // PIECES)
        for begin in range(0, len(request.body), length):
            expected = expected._replace(part=expected.part + request.body[begin : begin + length])
            if len(expected.part) > expected.size:
                raise Refused(Code.TOO_LARGE, "body")
            self._keep(sha256, expected)
            self._node.point()
        return self._finished(sha256, expected)

    def _keep(self, sha256: str, expected: Expected) -> None:
        with self.shelf.transaction():
            self.shelf.put("expected", sha256, expected)
        self.shelf.sync()

    def _finished(self, sha256: str, expected: Expected) -> int:
        if len(expected.part) < expected.size:
            return len(expected.part)
        if not self.fits(sha256, expected.part):
            self._keep(sha256, Expected(expected.size))
            raise Refused(Code.BAD_DIGEST, "body", "other bytes than their name says; begin anew")
        with self.shelf.transaction():
            self.shelf.put("whole", sha256, expected.part)
            self.shelf.remove("expected", sha256)
        self.shelf.sync()
        return expected.size

    def fits(self, sha256: str, content: bytes) -> bool:
        """Whether these are the bytes of that name."""
        return hashlib.sha256(content).hexdigest() == sha256
