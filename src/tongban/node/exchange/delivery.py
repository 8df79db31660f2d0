"""Delivering waiting questions: claimed under a lease, retried with backoff, settled exactly once.

A crash at any step leaves the question waiting; the other side answers a repeated one as before.
"""

import json
import logging
import random
import secrets
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from tongban import protocol
from tongban.node import tracing
from tongban.node.clock import true_now
from tongban.node.exchange import identity, outcomes
from tongban.node.exchange.accesses import access_record
from tongban.node.exchange.conversing import peers
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import Outbox
from tongban.node.exchange.outcomes import Outcome
from tongban.node.exchange.receiving import read_for
from tongban.node.exchange.transport import Transport, Unreachable, asked_pause
from tongban.node.group_commit import GroupCommit
from tongban.node.metrics import DELIVERED
from tongban.node.people.access import store
from tongban.node.people.models import AccessRecord
from tongban.node.translog.api import LogUnavailable
from tongban.protocol import Code, EvidenceRequest, Refusal, Refused

LEASE = timedelta(seconds=40)
"""How long a claimed question is left to the worker that claimed it."""
LONGEST_WAIT = timedelta(seconds=30)
LONGEST_ASKED = timedelta(minutes=2)
"""What another node may ask to wait, at most."""

_CLAIM = """
UPDATE exchange_outbox
   SET lease = gen_random_uuid(), lease_until = now() + %s, attempts = attempts + 1
 WHERE id IN (SELECT id FROM exchange_outbox
               WHERE state = 'waiting' AND next_try <= now()
                 AND (lease_until IS NULL OR lease_until < now())
                 AND receiver NOT IN (SELECT name FROM exchange_peer WHERE rests_until > now())
               ORDER BY next_try LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING *
"""

_SETTLE = """
UPDATE exchange_outbox
   SET state = 'settled', settled_at = %s, outcome = told.outcome, lease = NULL, lease_until = NULL
  FROM unnest(%s::uuid[], %s::jsonb[]) AS told(id, outcome)
 WHERE exchange_outbox.id = told.id
"""

log = logging.getLogger(__name__)


def deliver_next(transport: Transport) -> bool:
    """Try a question that is due, the one that is due longest first; False when none is due.

    Threads that call it at the same time share the transactions that claim and settle.
    """
    row = _claims.write(None)
    if row is None:
        return False
    with tracing.delivering("question", str(row.id), row.receiver) as span:
        span.set_attribute("tongban.outcome", _attempt(row, transport))
    return True


def _attempt(row: Outbox, transport: Transport) -> str:
    """One attempt; what came of it."""
    try:
        return _settle(row, _try(row, identity.current(), transport))
    except Refused as refused:
        return _postpone(row, refused.code)
    except Unreachable as unreachable:
        return _postpone(row, unreachable.code, unreachable.pause)
    except LogUnavailable:
        return _postpone(row, Code.LOG_UNAVAILABLE)
    except Exception:
        _postpone(row, Code.TRY_LATER)
        raise


def release_leases() -> None:
    """Free what a worker that died had claimed; a question then delivered twice is answered once."""
    Outbox.objects.filter(state=Outbox.State.WAITING).update(lease=None, lease_until=None)


def pause(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts: 1, 2, 4 … 30 seconds, moved by up to a fifth by `chance`."""
    seconds = min(2 ** min(attempts - 1, 10), LONGEST_WAIT.total_seconds())
    return timedelta(seconds=seconds * (0.8 + 0.4 * chance))


def _claim(wanted: Sequence[None]) -> list[Outbox | None]:
    """Claim as many questions as are wanted and due; None for each that is lacking."""
    with transaction.atomic():
        rows = list(Outbox.objects.raw(_CLAIM, [LEASE, len(wanted)]))
    return [*rows, *[None] * (len(wanted) - len(rows))]


def _try(row: Outbox, node: Identity, transport: Transport) -> Outcome:
    """The outcome of one attempt; Refused (to be retried) or Unreachable when it has none yet."""
    if row.expires <= true_now():
        return outcomes.declined(row, Refused(Code.EXPIRED, "expires"))
    message = protocol.parse_request(bytes(row.body))
    if message.receiver == node.me:
        return _ask_own_agency(row, message, node)
    return _ask_other_node(row, message, node, transport)


def _ask_own_agency(row: Outbox, message: EvidenceRequest, node: Identity) -> Outcome:
    try:
        return outcomes.answered(row, read_for(message, node), true_now())
    except Refused as refused:
        if refused.retry:
            raise
        return outcomes.declined(row, refused)


def _ask_other_node(row: Outbox, message: EvidenceRequest, node: Identity, transport: Transport) -> Outcome:
    nonce = secrets.token_urlsafe(24)
    delivery = protocol.seal_request(
        bytes(row.body), row.receiver, node.directory, node.key, now=true_now(), nonce=nonce
    )
    try:
        response = transport(node.directory.node(row.receiver), delivery)
    except Unreachable:
        peers.note_unreachable(row.receiver)
        raise
    peers.note_reached(row.receiver)
    wait = asked_pause(response)
    try:
        reply = protocol.open_reply(response, delivery, message, node.directory, now=true_now())
    except Refused:
        if wait is None:
            raise
        raise Unreachable(Code.TRY_LATER, wait) from None
    if isinstance(reply, Refusal) and Refused(reply.code).retry:
        raise Unreachable(reply.code, wait)
    return outcomes.of_reply(row, reply)


def _postpone(row: Outbox, problem: Code, asked: timedelta | None = None) -> str:
    """Let the question wait: longer each time, and at least as long as the other node asks, within bounds."""
    wait = pause(row.attempts, random.random())  # noqa: S311 - jitter, not a secret
    wait = max(wait, min(asked or timedelta(0), LONGEST_ASKED))
    DELIVERED.labels(row.receiver, problem.value).inc()
    still_ours = Outbox.objects.filter(pk=row.pk, state=Outbox.State.WAITING, lease=row.lease)
    still_ours.update(lease=None, lease_until=None, next_try=Now() + wait, problem=problem.value)
    log.info("waiting message=%s for=%s attempts=%d problem=%s", row.id, row.receiver, row.attempts, problem)
    return problem.value


def _settle(row: Outbox, outcome: Outcome) -> str:
    """Store the outcome, record the access and tell the case, all or nothing, and once; what came of it."""
    became = _settlements.write((row, outcome))
    if isinstance(became, Exception):
        raise became
    DELIVERED.labels(row.receiver, became).inc()
    log.info("settled message=%s attempts=%d as=%s", row.id, row.attempts, became)
    return became


def _settle_group(group: Sequence[tuple[Outbox, Outcome]]) -> list[str | Exception]:
    """Settle all in one transaction; if one of them cannot be, each in its own."""
    if len(group) > 1:
        try:
            return [*_settle_together(group)]
        except Exception as error:  # which one it was is found out one by one
            log.warning("settled one by one: %s", type(error).__name__)
    became: list[str | Exception] = []
    for one in group:
        try:
            became += _settle_together([one])
        except Exception as error:  # told to the one whose it is
            became.append(error)
    return became


def _settle_together(group: Sequence[tuple[Outbox, Outcome]]) -> list[str]:
    """What came of each: the kind of its outcome, or the state it was in already."""
    became: dict[UUID, str] = {}
    told: list[Outcome] = []
    with transaction.atomic():
        rows = Outbox.objects.select_for_update().order_by("case_ref", "pk")
        known = {row.pk: row for row in rows.filter(pk__in=[row.pk for row, _ in group])}
        for row, outcome in sorted(group, key=lambda one: (one[0].case_ref, one[0].pk)):
            current = known[row.pk]
            became[row.pk] = str(current.state)
            if current.state != Outbox.State.WAITING:
                continue
            became[row.pk] = type(outcome).__name__.lower()
            current.state = Outbox.State.SETTLED
            told.append(outcome)
        _store_outcomes(told)
        store([_access(known[one.message]) for one in told if isinstance(one, outcomes.Answered)])
        for outcome in told:
            outcomes.tell(outcome)
    return [became[row.pk] for row, _ in group]


def _store_outcomes(settled: Sequence[Outcome]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLE,
            [
                true_now(),
                [outcome.message for outcome in settled],
                [json.dumps(outcomes.to_json(outcome)) for outcome in settled],
            ],
        )


def _access(row: Outbox) -> AccessRecord:
    message = protocol.parse_request(bytes(row.body))
    is_own = message.receiver == message.sender
    direction = AccessRecord.Direction.OWN if is_own else AccessRecord.Direction.IN
    return access_record(message, message.sender_agency, direction)


_claims = GroupCommit(_claim)
_settlements = GroupCommit(_settle_group)
