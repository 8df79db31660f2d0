"""Halting the log: after a rollback nothing is recorded until an operator has acknowledged it.

A halt is made only on proof: a head that this node's own key signed and that its database does not lead to.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction

from tongban.node.clock import true_now
from tongban.node.translog.models import LogState
from tongban.node.translog.recording import look_again
from tongban.node.translog.stored import newest_checkpoint, read_tile
from tongban.protocol.tlog.checkpoints import open_checkpoint
from tongban.protocol.tlog.notes import Note, NoteError
from tongban.protocol.tlog.subtrees import Span, root_of
from tongban.protocol.tlog.tiles import reader_of
from tongban.suites import VerifyingKey

log = logging.getLogger(__name__)


class Halt(StrEnum):
    """Why the log takes no records."""

    ROLLED_BACK = "log-rolled-back"
    REWRITTEN = "log-rewritten"


@dataclass(frozen=True)
class Discrepancy:
    """What a head signed by this node shows about its database."""

    halt: Halt
    sentence: str


def discrepancy(note: Note, whence: str, origin: str, keys: Sequence[VerifyingKey]) -> Discrepancy | None:
    """What a head found at `whence` shows against this database; None when it fits, or is not this log's."""
    try:
        shown = open_checkpoint(note, origin, keys)
    except NoteError as unusable:
        log.warning("the head of this log at %s is left aside: %s", whence, unusable)
        return None
    head = newest_checkpoint()
    size = head.size if head else 0
    if shown.size > size:
        sentence = (
            f"{whence} has this log with {shown.size} records, this database has {size}: "
            f"{shown.size - size} records are missing, as after restoring an old backup"
        )
        return Discrepancy(Halt.ROLLED_BACK, sentence)
    if root_at(shown.size) != shown.root:
        sentence = f"{whence} has other records than this database among the first {shown.size} of this log"
        return Discrepancy(Halt.REWRITTEN, sentence)
    return None


def root_at(size: int) -> bytes:
    """The root over the first `size` records; the log has at least that many."""
    head = newest_checkpoint()
    return root_of(Span(0, size), reader_of(head.size if head else 0, read_tile))


def halt(found: Discrepancy) -> None:
    """Take no records any more; a halt before this one stays as it is."""
    with transaction.atomic():
        LogState.objects.get_or_create(id=1)
        state = LogState.objects.select_for_update().get(id=1)
        if state.halted:
            return
        state.halted = found.halt
        state.detail = found.sentence
        state.halted_at = true_now()
        state.save()
    look_again()
    log.error("%s: %s; nothing is recorded until `tongban log resume`", found.halt.value, found.sentence)
