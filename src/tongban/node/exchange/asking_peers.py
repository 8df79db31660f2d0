"""Asking another node: one question by itself, several as a batch where the node serves batches.

Whatever is not the asked node's signed reply to this delivery counts as none: the question waits.
"""

import secrets
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange import outcomes
from tongban.node.exchange.conversing import peers
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import Outbox
from tongban.node.exchange.outcomes import Outcome
from tongban.node.exchange.transport import Transport, Unreachable, asked_pause
from tongban.protocol import (
    Code,
    EvidenceAnswer,
    EvidenceRequest,
    HttpRequest,
    HttpResponse,
    Refusal,
    Refused,
)
from tongban.protocol.batches import open_replies, seal_batch

BATCH_BYTES = 512 * 1024
"""Bytes of messages that go out together, at most; a larger one goes alone."""
ALONE_SECONDS = 600.0
"""How long a node that serves no batches is asked one by one before it is tried again with several."""
NOT_SERVED = {404, 405}

_lock = threading.Lock()
_alone: dict[str, float] = {}


@dataclass(frozen=True)
class Later:
    """Why a question has no outcome yet; `pause` is how long the other node asks to wait at least."""

    code: Code
    pause: timedelta | None = None


def one_at_a_time() -> list[str]:
    """The nodes that take one question in a delivery, as far as this process knows."""
    with _lock:
        now = time.monotonic()
        return [name for name, until in _alone.items() if until > now]


def ask(
    rows: Sequence[Outbox], messages: Sequence[EvidenceRequest], node: Identity, transport: Transport
) -> list[Outcome | Later]:
    """Ask the node whose questions these are; the outcome of each, or why it waits."""
    tried: list[Outcome | Later] = []
    for first, after in _parts(rows):
        tried += _ask_part(rows[first:after], messages[first:after], node, transport)
    return tried


def _parts(rows: Sequence[Outbox]) -> list[tuple[int, int]]:
    """Where each batch begins and ends, so that none is too large."""
    parts, first, size = [], 0, 0
    for position, row in enumerate(rows):
        if position > first and size + len(row.body) > BATCH_BYTES:
            parts.append((first, position))
            first, size = position, 0
        size += len(row.body)
    return [*parts, (first, len(rows))]


def _ask_part(
    rows: Sequence[Outbox], messages: Sequence[EvidenceRequest], node: Identity, transport: Transport
) -> list[Outcome | Later]:
    receiver = rows[0].receiver
    if len(rows) == 1 or receiver in one_at_a_time():
        pairs = zip(rows, messages, strict=True)
        return [_or_later(row, message, node, transport) for row, message in pairs]
    try:
        replies = _batch_replies(rows, node, transport)
    except Unreachable as unreachable:
        return [Later(unreachable.code, unreachable.pause) for _ in rows]
    except Refused as refused:
        return [Later(refused.code) for _ in rows]
    if replies is None:
        with _lock:
            _alone[receiver] = time.monotonic() + ALONE_SECONDS
        return _ask_part(rows, messages, node, transport)
    return [_read(*one, node) for one in zip(rows, messages, replies, strict=True)]


def _batch_replies(rows: Sequence[Outbox], node: Identity, transport: Transport) -> tuple[bytes, ...] | None:
    """The reply to each; None when the node takes them only one by one.

    Raises Unreachable, or Refused when the reply is not the asked node's to this delivery.
    """
    receiver, bodies = rows[0].receiver, [bytes(row.body) for row in rows]
    nonce = secrets.token_urlsafe(24)
    delivery = seal_batch(bodies, receiver, node.directory, node.key, now=true_now(), nonce=nonce)
    response = _carry(delivery, receiver, node, transport)
    if response.status in NOT_SERVED:
        return None
    wait = asked_pause(response)
    try:
        replies = open_replies(response, delivery, receiver, len(rows), node.directory, now=true_now())
    except Refused:
        if wait is None:
            raise
        raise Unreachable(Code.TRY_LATER, wait) from None
    if not isinstance(replies, Refusal):
        return replies
    if Refused(replies.code).retry:
        raise Unreachable(replies.code, wait)
    return None  # each question alone is told for certain why


def _or_later(row: Outbox, message: EvidenceRequest, node: Identity, transport: Transport) -> Outcome | Later:
    try:
        return _ask_one(row, message, node, transport)
    except Unreachable as unreachable:
        return Later(unreachable.code, unreachable.pause)
    except Refused as refused:
        return Later(refused.code)


def _ask_one(row: Outbox, message: EvidenceRequest, node: Identity, transport: Transport) -> Outcome:
    nonce = secrets.token_urlsafe(24)
    delivery = protocol.seal_request(
        bytes(row.body), row.receiver, node.directory, node.key, now=true_now(), nonce=nonce
    )
    response = _carry(delivery, row.receiver, node, transport)
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


def _read(row: Outbox, message: EvidenceRequest, body: bytes, node: Identity) -> Outcome | Later:
    try:
        reply: EvidenceAnswer | Refusal = protocol.read_reply(body, message, node.directory)
    except Refused as refused:
        return Later(refused.code)
    if isinstance(reply, Refusal) and Refused(reply.code).retry:
        return Later(reply.code)
    return outcomes.of_reply(row, reply)


def _carry(delivery: HttpRequest, receiver: str, node: Identity, transport: Transport) -> HttpResponse:
    try:
        response = transport(node.directory.node(receiver), delivery)
    except Unreachable:
        peers.note_unreachable(receiver)
        raise
    peers.note_reached(receiver)
    return response
