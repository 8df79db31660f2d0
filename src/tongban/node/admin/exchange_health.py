"""How this node's exchange is: its peers, what waits for them, its log, what a restored node has missed.

Only numbers, names of nodes and case numbers are read here; no question, answer or person.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Count, Min, Q, QuerySet

from tongban.node import catching_up
from tongban.node.catching_up import Report
from tongban.node.exchange import identity
from tongban.node.exchange.models import Letter, Outbox, Peer
from tongban.node.translog.models import LogCheckpoint, WitnessedConflict
from tongban.node.translog.parties import signing_keys
from tongban.node.translog.standing import Standing, standing
from tongban.protocol import MEANINGS, NodeEntry
from tongban.protocol.tlog.checkpoints import cosigned_at
from tongban.protocol.tlog.notes import Note, NoteError
from tongban.protocol.tlog.origins import origin_of

HEADS_LOOKED_AT = 50
"""Newest heads among which a peer's last cosignature is looked for."""

_FINAL = [code.value for code, meaning in MEANINGS.items() if not meaning.retry]
_Waiting = tuple[int, datetime | None, int]
_NOTHING: _Waiting = (0, None, 0)


@dataclass(frozen=True)
class Cosigned:
    """A head of this log that a peer has cosigned: how many records it covers, and when that was."""

    size: int
    at: datetime


@dataclass(frozen=True)
class PeerHealth:
    """One node to which this one delivers, the own agencies included.

    Of the `messages` that wait for it, it refuses so many for good: they wait until that is mended.
    """

    node: NodeEntry
    is_own: bool
    questions: int
    messages: int
    refused: int
    oldest: datetime | None
    failures: int
    next_try: datetime | None
    remembers_more: bool
    cosigned: Cosigned | None


@dataclass(frozen=True)
class Restored:
    """A backup that was put back: of when, whether every peer has told what it knows, and what that was."""

    since: datetime
    is_whole: bool
    reports: tuple[Report, ...]


@dataclass(frozen=True)
class ExchangeHealth:
    """All of it, as one page shows it."""

    peers: tuple[PeerHealth, ...]
    log: Standing
    signed_at: datetime | None
    conflicts: int
    restored: Restored | None


def exchange_health(home: Path) -> ExchangeHealth:
    """How the exchange of the node whose home this is stands now."""
    node = identity.current()
    questions = _waiting_by(Outbox.objects.filter(state=Outbox.State.WAITING), "receiver", "created")
    messages = _waiting_by(Letter.objects.filter(is_own=True, is_waiting=True), "peer", "stored_at")
    known = Peer.objects.in_bulk()
    heads = list(LogCheckpoint.objects.order_by("-number")[:HEADS_LOOKED_AT])
    return ExchangeHealth(
        peers=tuple(
            _peer(
                entry,
                questions.get(entry.id, _NOTHING),
                messages.get(entry.id, _NOTHING),
                known.get(entry.id) or Peer(name=entry.id),
                heads if entry.id != node.me else None,
            )
            for entry in node.directory.nodes
        ),
        log=standing(),
        signed_at=heads[0].made_at if heads else None,
        conflicts=WitnessedConflict.objects.count(),
        restored=_restored(home),
    )


def _waiting_by(rows: "QuerySet[Any]", name: str, since: str) -> dict[str, _Waiting]:
    """How many wait for each peer, since when the oldest does, and how many of them it refuses."""
    refused = Count("pk", filter=Q(problem__in=_FINAL))
    counted = rows.order_by().values(name).annotate(count=Count("pk"), oldest=Min(since), refused=refused)
    return {one[name]: (one["count"], one["oldest"], one["refused"]) for one in counted}


def _peer(
    entry: NodeEntry,
    asked: _Waiting,
    said: _Waiting,
    known: Peer,
    heads: Sequence[LogCheckpoint] | None,
) -> PeerHealth:
    """`heads` of this node's log, newest first, which a peer cosigns; None for the own node."""
    return PeerHealth(
        node=entry,
        is_own=heads is None,
        questions=asked[0],
        messages=said[0],
        refused=said[2],
        oldest=min((since for since in (asked[1], said[1]) if since is not None), default=None),
        failures=known.failures,
        next_try=known.rests_until,
        remembers_more=known.is_ahead_of_us,
        cosigned=_last_cosigned(entry, heads or ()),
    )


def _last_cosigned(peer: NodeEntry, heads: Sequence[LogCheckpoint]) -> Cosigned | None:
    keys, name = signing_keys(peer), origin_of(peer.id)
    for head in heads:
        with suppress(NoteError):
            at = cosigned_at(Note.parse(bytes(head.note)), name, keys)
            if at is not None:
                return Cosigned(head.size, at)
    return None


def _restored(home: Path) -> Restored | None:
    note = catching_up.restored(home)
    if note is None:
        return None
    return Restored(note.since, catching_up.is_whole(home), catching_up.reports(home))
