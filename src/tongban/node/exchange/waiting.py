"""What a case still waits for from other agencies, for the pages to say so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F
from django.db.models.functions import Now

from tongban.node.clock import now, true_now
from tongban.node.exchange import identity, outcomes
from tongban.node.exchange.models import Outbox
from tongban.node.exchange.outcomes import Outcome
from tongban.protocol import MEANINGS, Code, Text


@dataclass(frozen=True)
class Waiting:
    """A question without an answer so far; `reason` is None as long as nothing has gone wrong."""

    message: UUID
    evidence_type: str
    place: str
    agency_title: Text
    node_title: Text
    since: datetime
    next_try: datetime
    attempts: int
    reason: Text | None


def waiting(case_ref: str) -> tuple[Waiting, ...]:
    """The questions of the case that still wait, oldest first; times are on the node's clock."""
    directory = identity.current().directory
    rows = Outbox.objects.filter(case_ref=case_ref, state=Outbox.State.WAITING).order_by("created")
    return tuple(
        Waiting(
            message=row.id,
            evidence_type=row.evidence_type,
            place=row.place,
            agency_title=directory.agency(row.receiver_agency).title,
            node_title=directory.node(row.receiver).title,
            since=_on_node_clock(row.created),
            next_try=now() + max(in_time, timedelta(0)),
            attempts=row.attempts,
            reason=MEANINGS[Code(row.problem)].sentence if row.problem else None,
        )
        for row, in_time in ((row, row.in_time) for row in rows.annotate(in_time=F("next_try") - Now()))
    )


def settled(message: UUID) -> Outcome | None:
    """The outcome of a question, or None while it waits."""
    return outcomes.of_row(Outbox.objects.get(pk=message))


def _on_node_clock(moment: datetime) -> datetime:
    return now() - (true_now() - moment)
