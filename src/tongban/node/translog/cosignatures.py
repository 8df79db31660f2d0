"""Gathering the other nodes' cosignatures on this log's newest head, off the path of any request.

A witness that is away costs nothing: the next head that it cosigns covers all before it.
"""

import logging
from dataclasses import dataclass, field

from django.db import transaction

from tongban.node.exchange.identity import Identity
from tongban.node.exchange.transport import Transport, Unreachable
from tongban.node.translog.halting import discrepancy, halt
from tongban.node.translog.models import LogCheckpoint
from tongban.node.translog.parties import signing_keys
from tongban.node.translog.stored import newest_checkpoint, read_tile
from tongban.protocol import HttpRequest, HttpResponse, NodeEntry
from tongban.protocol.tlog.checkpoints import cosigned_at
from tongban.protocol.tlog.notes import Note, NoteError, NoteSignature
from tongban.protocol.tlog.origins import origin_of
from tongban.protocol.tlog.proofs import consistency_proof
from tongban.protocol.tlog.tiles import reader_of
from tongban.protocol.tlog.witnessing import ADD_CHECKPOINT_PATH, AddCheckpoint
from tongban.suites import VerifyingKey

TRIES = 3

log = logging.getLogger(__name__)


@dataclass
class Witness:
    """Another node, asked to cosign; remembers which size it cosigned last."""

    peer: NodeEntry
    held: int = field(default=0)

    def compare(self, node: Identity, transport: Transport) -> bool:
        """Hold this database against what the peer cosigned last; False when the peer could not be asked."""
        try:
            note = self.seen(node, transport)
        except Unreachable:
            return False
        if note is None:
            return True
        found = discrepancy(note, f"the witness {self.peer.id}", origin_of(node.me), own_keys(node))
        if found is not None:
            halt(found)
        return True

    def seen(self, node: Identity, transport: Transport) -> Note | None:
        """The head of this log that the peer cosigned last; None when it has none. Raises Unreachable."""
        response = transport(self.peer, _request("GET", f"/log/witnessed/{node.me}", self.peer, b""))
        if response.status == 404:
            return None
        if response.status != 200:
            raise Unreachable
        try:
            return Note.parse(response.body)
        except NoteError:
            return None

    def ask(self, node: Identity, transport: Transport) -> bool:
        """Have the newest head cosigned; False when there is nothing to ask, or no cosignature came."""
        head = newest_checkpoint()
        if head is None or self._has_cosigned(Note.parse(bytes(head.note))):
            return False
        try:
            response = self._offer(head, transport)
        except Unreachable:
            return False
        if response.status == 200:
            return self._take(head, response.body)
        if response.status in {409, 422}:
            self.compare(node, transport)
        log.warning("witness=%s status=%d size=%d", self.peer.id, response.status, head.size)
        return False

    def _offer(self, head: LogCheckpoint, transport: Transport) -> HttpResponse:
        for _ in range(TRIES):
            old = min(self.held, head.size)
            proof = consistency_proof(old, head.size, reader_of(head.size, read_tile))
            body = AddCheckpoint(old, proof, Note.parse(bytes(head.note))).encode()
            response = transport(self.peer, _request("POST", ADD_CHECKPOINT_PATH, self.peer, body))
            if response.status != 409 or not response.body.strip().isdigit():
                return response
            held = int(response.body)
            if held == old or held > head.size:
                return response
            self.held = held
        return response

    def _take(self, head: LogCheckpoint, lines: bytes) -> bool:
        """Add the peer's cosignature to the stored head; whatever else came is left aside."""
        try:
            given = [NoteSignature.parse(line) for line in lines.decode().splitlines()]
            note = Note(Note.parse(bytes(head.note)).text, tuple(given))
            if cosigned_at(note, origin_of(self.peer.id), signing_keys(self.peer)) is None:
                raise NoteError("no cosignature by the witness came")
        except (NoteError, UnicodeDecodeError) as unusable:
            log.warning("witness=%s reply is not taken: %s", self.peer.id, unusable)
            return False
        with transaction.atomic():
            row = LogCheckpoint.objects.select_for_update().get(number=head.number)
            row.note = Note.parse(bytes(row.note)).with_signatures(given).encode()
            row.save(update_fields=["note"])
        self.held = head.size
        return True

    def _has_cosigned(self, note: Note) -> bool:
        return cosigned_at(note, origin_of(self.peer.id), signing_keys(self.peer)) is not None


def own_keys(node: Identity) -> tuple[VerifyingKey, ...]:
    """Every key that the directory has ever listed for this node and still lists."""
    return signing_keys(node.directory.node(node.me))


def peers_of(node: Identity) -> tuple[NodeEntry, ...]:
    """The other nodes of the directory."""
    return tuple(entry for entry in node.directory.nodes if entry.id != node.me)


def _request(method: str, path: str, peer: NodeEntry, body: bytes) -> HttpRequest:
    headers = (("content-type", "text/plain; charset=utf-8"),) if body else ()
    return HttpRequest(method, peer.authority, path, headers, body)
