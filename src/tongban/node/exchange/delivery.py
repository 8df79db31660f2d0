"""Delivering waiting questions: claimed under a lease, retried with backoff, settled exactly once.

A crash at any step leaves the question waiting; the other side answers a repeated one as before.
"""

import logging
import random
import secrets
from datetime import timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from tongban import protocol
from tongban.node import tracing
from tongban.node.clock import true_now
from tongban.node.exchange import identity, outcomes
from tongban.node.exchange.accesses import record_access
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import Outbox
from tongban.node.exchange.outcomes import Outcome
from tongban.node.exchange.receiving import read_for
from tongban.node.exchange.transport import Transport, Unreachable, asked_pause
from tongban.node.metrics import DELIVERED
from tongban.node.people.models import AccessRecord
from tongban.node.translog.api import LogUnavailable
from tongban.protocol import Code, EvidenceRequest, Refusal, Refused

LEASE = timedelta(seconds=40)
"""How long a claimed question is left to the worker that claimed it."""
LONGEST_WAIT = timedelta(seconds=30)
LONGEST_ASKED = timedelta(minutes=2)
"""What another node may ask to wait, at most."""

log = logging.getLogger(__name__)


def deliver_next(transport: Transport) -> bool:
    """Try the question that is due longest; False when none is due."""
    row = _claim()
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


def _claim() -> Outbox | None:
    is_free = Q(lease_until=None) | Q(lease_until__lt=Now())
    with transaction.atomic():
        row = (
            Outbox.objects.select_for_update(skip_locked=True)
            .filter(is_free, state=Outbox.State.WAITING, next_try__lte=Now())
            .order_by("next_try")
            .first()
        )
        if row is None:
            return None
        row.lease = uuid4()
        row.attempts += 1
        Outbox.objects.filter(pk=row.pk).update(
            lease=row.lease, lease_until=Now() + LEASE, attempts=F("attempts") + 1
        )
    return row


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
    response = transport(node.directory.node(row.receiver), delivery)
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
    with transaction.atomic():
        current = Outbox.objects.select_for_update().get(pk=row.pk)
        if current.state != Outbox.State.WAITING:
            return str(current.state)
        current.state = Outbox.State.SETTLED
        current.outcome = outcomes.to_json(outcome)
        current.settled_at = true_now()
        current.lease = current.lease_until = None
        current.save()
        if isinstance(outcome, outcomes.Answered):
            message = protocol.parse_request(bytes(row.body))
            is_own = message.receiver == message.sender
            direction = AccessRecord.Direction.OWN if is_own else AccessRecord.Direction.IN
            record_access(message, message.sender_agency, direction)
        outcomes.tell(outcome)
    became = type(outcome).__name__.lower()
    DELIVERED.labels(row.receiver, became).inc()
    log.info("settled message=%s attempts=%d as=%s", row.id, row.attempts, became)
    return became
