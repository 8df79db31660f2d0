"""Delivering what was said: the first waiting message of each thread, under a lease, until it is kept there.

A crash at any step leaves the message waiting; a peer that has it already says so.
"""

import logging
import random
import secrets
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from tongban.node.clock import true_now
from tongban.node.exchange import claims, identity
from tongban.node.exchange.conversing import peers, storing
from tongban.node.exchange.conversing.models import Conversation, Letter
from tongban.node.exchange.conversing.saying import here
from tongban.node.exchange.due import first_due
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.transport import Transport, Unreachable
from tongban.protocol import Code, Refusal, Refused
from tongban.protocol import conversations as talk

LEASE = timedelta(seconds=40)
LONGEST_WAIT = timedelta(minutes=10)
"""Between deliveries of a message that its peer refuses for good, at most."""
TICK_AT_ONCE = 200
"""Conversations whose time limit is over that one call deals with."""

_FIRST_OF_ITS_THREAD = """
NOT EXISTS (SELECT FROM exchange_letter AS before
             WHERE before.is_own AND before.is_waiting AND before.peer = due.peer
               AND before.case_ref = due.case_ref AND before.position < due.position)
"""
_FIRST = first_due("exchange_letter", "peer", "is_waiting", _FIRST_OF_ITS_THREAD)
_CLAIM = f"""
UPDATE exchange_letter
   SET lease = %s, lease_until = now() + %s, attempts = attempts + 1
 WHERE id = (SELECT id FROM exchange_letter AS due
              WHERE is_waiting AND next_try <= now() AND (lease_until IS NULL OR lease_until < now())
                AND peer = %s AND {_FIRST_OF_ITS_THREAD}
              ORDER BY next_try LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING *
"""  # noqa: S608 - texts of this program

log = logging.getLogger(__name__)


def deliver_next(transport: Transport) -> bool:
    """Try the message that is due longest; False when none is due."""
    row = _claim()
    if row is None:
        return False
    try:
        _deliver(row, identity.current(), transport)
    except Refused as refused:
        if not refused.retry:
            log.error("%s refuses for good message=%s kind=%s: %s", row.peer, row.message, row.kind, refused)
        _postpone(row, refused.code, None if refused.retry else _wait_for_mending(row.attempts))
    except Unreachable:
        peers.note_unreachable(row.peer)
        _postpone(row, Code.TRY_LATER, timedelta(0))
    except Exception:
        _postpone(row, Code.TRY_LATER)
        raise
    return True


def release_leases() -> None:
    """Free what workers that have died had claimed."""
    claims.release("exchange_letter", "is_waiting")


def say_what_is_due() -> int:
    """Say what the node has to say by itself because a time limit is over; to how many conversations."""
    due = Conversation.objects.filter(has_ended=False, expires__lte=true_now()).order_by("expires")
    return sum(_tick(row.pk) for row in due.only("pk")[:TICK_AT_ONCE])


def _tick(conversation_id: UUID) -> bool:
    node = identity.current()
    with transaction.atomic():
        locked, conversation = storing.lock_conversation(conversation_id)
        step = talk.tick(locked.thread, conversation, here(node))
        if step is None:
            return False
        storing.keep(locked, step)
    return True


def _claim() -> Letter | None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_FIRST)
            first = cursor.fetchone()
        if first is None:
            return None
        return next(iter(Letter.objects.raw(_CLAIM, [claims.worker(), LEASE, first[0]])), None)


def _deliver(row: Letter, node: Identity, transport: Transport) -> None:
    body = bytes(row.body)
    message = talk.parse_utterance(body)
    nonce = secrets.token_urlsafe(24)
    delivery = talk.seal_utterance(body, row.peer, node.directory, node.key, now=true_now(), nonce=nonce)
    response = transport(node.directory.node(row.peer), delivery)
    reply = talk.open_receipt(response, delivery, message, node.directory, now=true_now())
    peers.note_reached(row.peer)
    if isinstance(reply, Refusal):
        raise Refused(reply.code, reply.path, reply.hint)
    with transaction.atomic():
        thread = storing.lock(row.peer, row.case_ref).thread
        found = talk.standing(thread, message, reply)
        if found.is_ahead:
            peers.note_ahead(row.peer)
        own = Letter.objects.filter(is_own=True, peer=row.peer, case_ref=row.case_ref)
        kept = own.filter(position__lt=found.kept_before, is_waiting=True)
        kept.update(is_waiting=False, kept_at=true_now(), lease=None, lease_until=None, problem="")
        if found.lacks_from is not None:
            lacking = own.filter(position__gte=found.lacks_from)
            lacking.update(is_waiting=True, next_try=Now(), lease=None, lease_until=None)
            return
    log.info("kept message=%s kind=%s by=%s attempts=%d", row.message, row.kind, row.peer, row.attempts)


def _wait_for_mending(attempts: int) -> timedelta:
    """The wait after a refusal that the peer gives again until somebody has mended its reason."""
    return min(timedelta(seconds=2 ** min(attempts, 10)), LONGEST_WAIT)


def _postpone(row: Letter, problem: Code, wait: timedelta | None = None) -> None:
    if wait is None:
        wait = talk.pause(row.attempts, random.random())  # noqa: S311 - jitter, not a secret
    still_ours = Letter.objects.filter(pk=row.pk, is_waiting=True, lease=row.lease, attempts=row.attempts)
    still_ours.update(lease=None, lease_until=None, next_try=Now() + wait, problem=problem.value)
    log.info("waiting message=%s for=%s attempts=%d problem=%s", row.message, row.peer, row.attempts, problem)
