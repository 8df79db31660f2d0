"""Settling questions: outcome, access record and what the case makes of it in one transaction, and once.

Many are settled together; when one of them cannot be, each is settled by itself.
"""

import logging
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from django.db import DataError, transaction

from tongban.node import arrays, statements
from tongban.node.clock import true_now
from tongban.node.copying import json_text
from tongban.node.exchange import outcomes
from tongban.node.exchange.accesses import access_record
from tongban.node.exchange.models import Outbox
from tongban.node.exchange.outcomes import Outcome
from tongban.node.group_commit import GroupCommit
from tongban.node.people.access import Look, store
from tongban.node.people.models import AccessRecord
from tongban.protocol import Code, EvidenceRequest, Refused

_LOCK = """
SELECT id, state FROM exchange_outbox WHERE id = ANY(%s::uuid[]) ORDER BY case_ref, id FOR UPDATE
"""
_SETTLE = """
UPDATE exchange_outbox
   SET state = 'settled', settled_at = %s, outcome = told.outcome::jsonb, lease = NULL, lease_until = NULL
  FROM unnest(%s::uuid[], %s::text[]) AS told(id, outcome)
 WHERE exchange_outbox.id = told.id
"""

log = logging.getLogger(__name__)


class Settled(NamedTuple):
    """A question with what became of it; `message` is what was asked, where it was."""

    row: Outbox
    outcome: Outcome
    message: EvidenceRequest | None


def settle(group: Sequence[Settled]) -> list[str | Exception]:
    """Store the outcomes, record the accesses and tell the cases, once; what came of each, in their order.

    That is the kind of its outcome, the state it was in already, or the error for which it is not settled.
    """
    return _settlements.write(group)


def _settle_groups(groups: Sequence[Sequence[Settled]]) -> list[list[str | Exception]]:
    everything = [one for group in groups for one in group]
    became = iter(_settle_all(everything))
    return [[next(became) for _ in group] for group in groups]


def _settle_all(group: Sequence[Settled]) -> list[str | Exception]:
    if len(group) > 1:
        try:
            return [*_settle_together(group)]
        except Exception as error:  # which one it was is found out one by one
            log.warning("settled one by one: %s", type(error).__name__)
    became: list[str | Exception] = []
    for one in group:
        try:
            became.append(_settle_alone(one))
        except Exception as error:  # told to the one whose it is
            became.append(error)
    return became


def _settle_alone(one: Settled) -> str:
    """Settle it; an answer that cannot be stored here is one that was refused, or it would come for ever."""
    try:
        (became,) = _settle_together([one])
    except DataError as error:
        log.error("the answer to message=%s cannot be stored: %s", one.row.pk, type(error).__name__)
        refused = Refused(Code.SCHEMA_VIOLATED, "body", "this node cannot store the answer")
        (became,) = _settle_together([one._replace(outcome=outcomes.declined(one.row, refused))])
    return became


def _settle_together(group: Sequence[Settled]) -> list[str]:
    ordered = sorted(group, key=lambda one: (one.row.case_ref, one.row.pk))
    with transaction.atomic():
        states = _locked([one.row.pk for one in group])
        waiting = [one for one in ordered if states[one.row.pk] == Outbox.State.WAITING]
        told = [one.outcome for one in waiting]
        if told:
            _store_outcomes(told)
            store(_looks(waiting))
            outcomes.tell(told)
    became = states | {one.row.pk: type(one.outcome).__name__.lower() for one in waiting}
    return [became[one.row.pk] for one in group]


def _locked(questions: Sequence[UUID]) -> dict[UUID, str]:
    """The states of the questions, which stay as they are until the transaction ends."""
    return dict(statements.rows(_LOCK, [arrays.uuids(questions)]))


def _store_outcomes(settled: Sequence[Outcome]) -> None:
    values: list[statements.Value] = [
        true_now(),
        arrays.uuids(outcome.message for outcome in settled),
        arrays.texts(json_text(outcomes.to_json(outcome)) for outcome in settled),
    ]
    statements.rows(_SETTLE, values)


def _looks(settled: Sequence[Settled]) -> list[Look]:
    """The accesses that answers mean."""
    return [
        access_record(one.message, one.message.sender_agency, _direction(one.message))
        for one in settled
        if one.message is not None and isinstance(one.outcome, outcomes.Answered)
    ]


def _direction(message: EvidenceRequest) -> AccessRecord.Direction:
    is_own = message.receiver == message.sender
    return AccessRecord.Direction.OWN if is_own else AccessRecord.Direction.IN


_settlements: GroupCommit[Sequence[Settled], list[str | Exception]] = GroupCommit(_settle_groups)
