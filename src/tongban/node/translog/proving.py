"""Proving that a record of this node is in its log, up to a head that other nodes cosigned."""

from uuid import UUID

from tongban.node.exchange import identity
from tongban.node.translog.models import LogCheckpoint, LogRecord
from tongban.node.translog.parties import parties_of
from tongban.node.translog.proof_documents import Cosigned, Proven, cosignatures
from tongban.node.translog.stored import newest_checkpoint, read_tile
from tongban.protocol import Directory
from tongban.protocol.tlog.checkpoints import Checkpoint
from tongban.protocol.tlog.notes import Note
from tongban.protocol.tlog.proof_files import ProofFile
from tongban.protocol.tlog.proofs import inclusion_proof
from tongban.protocol.tlog.records import Opening
from tongban.protocol.tlog.tiles import reader_of

RECENT_HEADS = 50
"""Among so many newest heads one that other nodes cosigned is looked for."""


def proof_of(kind: str, about: UUID) -> Proven | None:
    """The proof for the record of that thing; None when it has no place yet, or its opening was lost."""
    row = LogRecord.objects.filter(kind=kind, about=about).exclude(index=None).order_by("index").first()
    newest = newest_checkpoint()
    if row is None or row.index is None or newest is None or not row.content:
        return None
    node = identity.current()
    parties = parties_of(node.me, node.directory)
    stored, cosigned = _head_over(row.index, newest, node.directory, node.me)
    proof = inclusion_proof(row.index, stored.size, reader_of(stored.size, read_tile))
    note = Note.parse(bytes(stored.note))
    opening = Opening(row.kind, bytes(row.salt), bytes(row.content))
    head = Checkpoint.parse(note.text)
    return Proven(parties.origin, opening, ProofFile(row.index, proof, note), head, cosigned)


def _head_over(
    index: int, newest: LogCheckpoint, directory: Directory, me: str
) -> tuple[LogCheckpoint, tuple[Cosigned, ...]]:
    """The newest head over the record that other nodes cosigned, or the newest one."""
    witnesses = parties_of(me, directory).witnesses
    for head in LogCheckpoint.objects.filter(size__gt=index).order_by("-number")[:RECENT_HEADS]:
        cosigned = cosignatures(Note.parse(bytes(head.note)), witnesses)
        if cosigned:
            return head, cosigned
    return newest, ()
