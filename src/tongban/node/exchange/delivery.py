"""Delivering waiting questions: claimed under a lease, retried with backoff, settled exactly once.

What waits for one node goes out together, a reply to each coming back. A crash at any step leaves the
questions waiting; the other side answers a repeated one as before.
"""

import logging
import random
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from tongban import protocol
from tongban.node import tracing
from tongban.node.clock import true_now
from tongban.node.exchange import answering, asking_peers, attachments, claims, identity, outcomes, papers
from tongban.node.exchange.asking_peers import Later
from tongban.node.exchange.department import Records
from tongban.node.exchange.due import first_due
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import Outbox
from tongban.node.exchange.outcomes import Outcome
from tongban.node.exchange.settling import Settled, settle
from tongban.node.exchange.transport import Transport
from tongban.node.metrics import DELIVERED
from tongban.node.translog.api import LogUnavailable
from tongban.protocol import Code, Refused

LEASE = timedelta(seconds=40)
"""How long claimed questions are left to the worker that claimed them."""
LONGEST_WAIT = timedelta(seconds=30)
LONGEST_ASKED = timedelta(minutes=2)
"""What another node may ask to wait, at most."""
MOST_TOGETHER = 128
"""Questions for one node that go out together, at most."""

_FIRST = first_due("exchange_outbox", "receiver", "state = 'waiting'")
_CLAIM = """
UPDATE exchange_outbox
   SET lease = %s, lease_until = now() + %s, attempts = attempts + 1
 WHERE id = ANY(ARRAY(
           SELECT id FROM exchange_outbox
            WHERE state = 'waiting' AND next_try <= now() AND (lease_until IS NULL OR lease_until < now())
              AND receiver = %s
            ORDER BY next_try LIMIT %s FOR UPDATE SKIP LOCKED))
RETURNING *
"""
"""The limit is a number in the text, so that the database reads only so many rows, however many wait.

What may be claimed is looked up once, into an array: of a join the database may look it up for every row, and
each time finds others that are not locked yet, beyond the limit.
"""

log = logging.getLogger(__name__)


def deliver_next(transport: Transport) -> bool:
    """Try the question that is due longest, and others for the same node; False when none is due.

    A node that could not be reached before, or takes only one question at a time, is tried with one.
    """
    rows = _claim()
    if not rows:
        return False
    named = str(rows[0].id) if len(rows) == 1 else f"{len(rows)} together"
    with tracing.delivering("question", named, rows[0].receiver) as span:
        span.set_attribute("tongban.outcome", _attempt(rows, transport))
    return True


def release_leases() -> None:
    """Free what workers that have died had claimed; a question then delivered twice is answered once."""
    claims.release("exchange_outbox", "state = 'waiting'")


def pause(attempts: int, chance: float) -> timedelta:
    """How long to wait after so many attempts: 1, 2, 4 … 30 seconds, moved by up to a fifth by `chance`."""
    seconds = min(2 ** min(attempts - 1, 10), LONGEST_WAIT.total_seconds())
    return timedelta(seconds=seconds * (0.8 + 0.4 * chance))


def _claim() -> list[Outbox]:
    """Claim questions for one node that are due.

    The claim need not be on the disk: it does not outlive the server, and then the question is tried again.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute(_FIRST)
            first = cursor.fetchone()
        if first is None:
            return []
        receiver, has_failed = first
        most = 1 if has_failed or receiver in asking_peers.one_at_a_time() else MOST_TOGETHER
        return list(Outbox.objects.raw(_CLAIM, [claims.worker(), LEASE, receiver, most]))


def _attempt(rows: Sequence[Outbox], transport: Transport) -> str:
    """One attempt at each; what came of it, each kind once."""
    try:
        tried = _try(rows, identity.current(), transport)
    except Exception:
        for row in rows:
            _postpone(row, Later(Code.TRY_LATER))
        raise
    settled = [one for one in tried if isinstance(one, Settled)]
    became: dict[UUID, str] = {}
    errors: list[Exception] = []
    for one, outcome in zip(settled, settle(settled) if settled else [], strict=True):
        if isinstance(outcome, str):
            DELIVERED.labels(one.row.receiver, outcome).inc()
            became[one.row.pk] = outcome
            continue
        code = Code.LOG_UNAVAILABLE if isinstance(outcome, LogUnavailable) else Code.TRY_LATER
        became[one.row.pk] = _postpone(one.row, Later(code))
        errors += [] if isinstance(outcome, LogUnavailable) else [outcome]
    for row, later in zip(rows, tried, strict=True):
        if isinstance(later, Later):
            became[row.pk] = _postpone(row, later)
    _log_settled(rows, became)
    if errors:
        raise errors[0]
    return ",".join(sorted(set(became.values())))


def _log_settled(rows: Sequence[Outbox], became: dict[UUID, str]) -> None:
    """One line about what was settled: of a single question its id, of several how many."""
    if len(rows) == 1:
        row = rows[0]
        log.info("tried message=%s attempts=%d became=%s", row.id, row.attempts, became[row.pk])
        return
    counts = {kind: list(became.values()).count(kind) for kind in sorted(set(became.values()))}
    told = " ".join(f"{kind}={count}" for kind, count in counts.items())
    log.info("tried messages=%d for=%s %s", len(rows), rows[0].receiver, told)


def _try(rows: Sequence[Outbox], node: Identity, transport: Transport) -> list[Settled | Later]:
    """The outcome of each, or until when it has to wait."""
    now = true_now()
    due = [row for row in rows if row.expires > now]
    messages = [protocol.parse_request(bytes(row.body)) for row in due]
    tried: list[Outcome | Later] = []
    if due and due[0].receiver == node.me:
        read = answering.read_each(messages, node)
        tried = [_of_own_agency(row, one, node) for row, one in zip(due, read, strict=True)]
    elif due:
        tried = asking_peers.ask(due, messages, node, transport)
    known: dict[UUID, Settled | Later] = {
        row.pk: one if isinstance(one, Later) else Settled(row, one, message)
        for row, message, one in zip(due, messages, tried, strict=True)
    }
    return [known.get(row.pk) or _expired(row) for row in rows]


def _expired(row: Outbox) -> Settled:
    return Settled(row, outcomes.declined(row, Refused(Code.EXPIRED, "expires")), None)


def _of_own_agency(row: Outbox, read: Records | Refused, node: Identity) -> Outcome | Later:
    if not isinstance(read, Refused):
        files = papers.described(node.directory.evidence_type(row.evidence_type), read)
        for file in files:
            attachments.own().offered(file.sha256, row.case_ref, node.me)
        return outcomes.answered(row, read, true_now(), files)
    return Later(read.code) if read.retry else outcomes.declined(row, read)


def _postpone(row: Outbox, later: Later) -> str:
    """Let the question wait: longer each time, and at least as long as the other node asks, within bounds.

    Gives the code of why.
    """
    wait = pause(row.attempts, random.random())  # noqa: S311 - jitter, not a secret
    wait = max(wait, min(later.pause or timedelta(0), LONGEST_ASKED))
    DELIVERED.labels(row.receiver, later.code.value).inc()
    still_ours = Outbox.objects.filter(
        pk=row.pk, state=Outbox.State.WAITING, lease=row.lease, attempts=row.attempts
    )
    still_ours.update(lease=None, lease_until=None, next_try=Now() + wait, problem=later.code.value)
    return later.code.value
