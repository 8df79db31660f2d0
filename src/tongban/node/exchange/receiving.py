"""Answering other nodes' questions, one or several in a delivery: each takes effect once.

What receives always gives a response: answers, or a refusal with its code; it never raises.
"""

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from typing import TypeVar
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError

from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import answering, identity, limits
from tongban.node.exchange.answering import Brought
from tongban.node.exchange.answers import Given, Reply
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import SeenNonce
from tongban.node.group_commit import QueueFull
from tongban.node.translog.api import LogUnavailable
from tongban.protocol import Authenticated, Code, EvidenceRequest, HttpRequest, HttpResponse, Refused
from tongban.protocol.batches import OpenedBatch, open_batch, seal_replies
from tongban.protocol.signature import CLOCK_SKEW

BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body that are taken, at most."""
REPLIES_LIMIT = 3 * 1024 * 1024
"""Bytes that the replies to a batch have together, at most, unless the first alone has more."""

log = logging.getLogger(__name__)
Told = TypeVar("Told")


def receive(request: HttpRequest) -> HttpResponse:
    """The response to a request of another node that brings one question."""
    return receive_each([request])[0]


def receive_each(requests: Sequence[HttpRequest]) -> list[HttpResponse]:
    """The responses to requests that bring one question each and are answered together."""
    try:
        node = identity.current()
    except (ConfigError, DatabaseError, InterfaceError) as error:
        return [_without_identity(error) for _ in requests]
    read = [_or_refused(partial(_read, request, node)) for request in requests]
    received = [one for one in read if isinstance(one, Authenticated)]
    told = dict(zip(map(id, received), _told_each(received, node), strict=True))
    _log_told([(one.message, told[id(one)]) for one in received])
    return [
        _refused(one, request, node)
        if isinstance(one, Refused)
        else _answered(told[id(one)], one.message, request, node)
        for request, one in zip(requests, read, strict=True)
    ]


def receive_batch(request: HttpRequest) -> HttpResponse:
    """The response to a request of another node that brings several questions."""
    try:
        node = identity.current()
    except (ConfigError, DatabaseError, InterfaceError) as error:
        return _without_identity(error)
    response = _or_refused(lambda: _answered_batch(_within_body_limit(request), node))
    return _refused(response, request, node) if isinstance(response, Refused) else response


def refuse(refused: Refused) -> HttpResponse:
    """The response to a request that is refused before it is read; it has nothing to bind a signature to."""
    return protocol.plain_reply(protocol.refusal(refused, this_node().name, None, true_now()))


def forget_old_nonces() -> int:
    """Remove deliveries whose signature has expired, so that they could not be replayed anyway."""
    removed, _ = SeenNonce.objects.filter(expires__lt=true_now() - 2 * CLOCK_SKEW).delete()
    return removed


def _without_identity(error: Exception) -> HttpResponse:
    log.error("the exchange cannot answer: %s", type(error).__name__)
    return refuse(Refused(Code.TRY_LATER))


def _within_body_limit(request: HttpRequest) -> HttpRequest:
    if len(request.body) > BODY_LIMIT:
        raise Refused(Code.TOO_LARGE, "body", f"at most {BODY_LIMIT} bytes")
    return request


def _read(request: HttpRequest, node: Identity) -> Authenticated:
    return protocol.authenticate(_within_body_limit(request), node.directory, node.me, now=true_now())


def _refused(refused: Refused, request: HttpRequest, node: Identity) -> HttpResponse:
    """The response to a request whose message could not be read."""
    log.info("refused code=%s path=%s", refused.code.value, refused.path)
    return _sealed(protocol.refusal(refused, node.me, None, true_now()), request, node)


def _log_told(told: Sequence[tuple[EvidenceRequest, Given | Refused]]) -> None:
    """One line for all that were answered, and one for each that was refused."""
    answered: list[str] = []
    for message, one in told:
        if isinstance(one, Refused):
            log.info("refused message=%s code=%s path=%s", message.id, one.code.value, one.path)
        else:
            answered.append(f"{message.id} for={message.sender} kind={one.reply.kind}")
    if answered:
        log.info("answered message=%s", "; message=".join(answered))


def _answered(
    one: Given | Refused, message: EvidenceRequest, request: HttpRequest, node: Identity
) -> HttpResponse:
    if isinstance(one, Refused):
        return _sealed(protocol.refusal(one, node.me, message.id, true_now()), request, node)
    try:
        return protocol.seal_written(one.reply, one.body, request, node.key, now=true_now())
    except Refused:
        return protocol.plain_reply(one.reply)


def _told_each(received: Sequence[Authenticated], node: Identity) -> list[Given | Refused]:
    """What each message is told, as far as its sender's share reaches."""
    with ExitStack() as shares:
        taken = [
            _or_refused(partial(shares.enter_context, limits.share_of(one.message.sender)))
            for one in received
        ]
        within = [one for one, share in zip(received, taken, strict=True) if not isinstance(share, Refused)]
        told = iter(_told_together(within, node))
        return [share if isinstance(share, Refused) else next(told) for share in taken]


def _told_together(received: Sequence[Authenticated], node: Identity) -> list[Given | Refused]:
    """What each message is told; when they cannot be answered together, each is answered by itself."""
    if len(received) > 1:
        try:
            told = answering.told_each([Brought(one.verified, (one,)) for one in received], node)
            return [one if isinstance(one, Refused) else one[0] for one in told]
        except (OperationalError, InterfaceError, QueueFull) as failure:
            return [_told_of(failure) for _ in received]
        except Exception as error:  # which one it was is found out one by one
            log.warning("answered one by one: %s", type(error).__name__)
    return [_or_refused(partial(_told_alone, one, node)) for one in received]


def _told_alone(one: Authenticated, node: Identity) -> Given:
    (told,) = answering.told(one.verified, [one], node)
    if isinstance(told, Refused):
        raise told
    return told


def _answered_batch(request: HttpRequest, node: Identity) -> HttpResponse:
    opened = open_batch(request, node.directory, node.me, now=true_now())
    told = _told_batch(opened, node)
    replies = _within_limit([_reply(one, message, node) for one, message in told], node)
    refused = [one.code.value for one, _ in told if isinstance(one, Refused)]
    log.info(
        "answered batch=%d for=%s refused=%s", len(told), opened.sender, ",".join(sorted(refused)) or "none"
    )
    return seal_replies(replies, node.me, request, node.key, now=true_now())


def _told_batch(opened: OpenedBatch, node: Identity) -> list[tuple[Given | Refused, UUID | None]]:
    """What each message of the batch is told, with its id where it could be read."""
    read = [_authenticated(body, opened, node) for body in opened.bodies]
    with limits.share_of(opened.sender, len(read)) as taken:
        messages = [one for one in read if isinstance(one, Authenticated)][:taken]
        told = dict(zip(map(id, messages), answering.told(opened.verified, messages, node), strict=True))
    beyond = Refused(Code.TOO_MANY, "sender", f"{taken} messages were left")
    return [
        (one, None) if isinstance(one, Refused) else (told.get(id(one), beyond), one.message.id)
        for one in read
    ]


def _authenticated(body: bytes, opened: OpenedBatch, node: Identity) -> Authenticated | Refused:
    try:
        return protocol.authenticate_body(body, opened.verified, node.directory, node.me)
    except Refused as refused:
        return refused


def _reply(one: Given | Refused, message: UUID | None, node: Identity) -> bytes:
    if isinstance(one, Given):
        return one.body
    return protocol.encode(protocol.refusal(one, node.me, message, true_now()))


def _within_limit(replies: list[bytes], node: Identity) -> list[bytes]:
    """The replies as far as they go into one response; the others are stored and given when asked again."""
    size = 0
    for position, reply in enumerate(replies):
        size += len(reply)
        if position and size > REPLIES_LIMIT:
            later = Refused(Code.TRY_LATER, "replies", "the answers together are too large; ask again")
            rest = protocol.encode(protocol.refusal(later, node.me, None, true_now()))
            return replies[:position] + [rest] * (len(replies) - position)
    return replies


def _or_refused(tell: Callable[[], Told]) -> Told | Refused:
    """What `tell` gives, or the refusal that stands for what this node cannot do now."""
    try:
        return tell()
    except Exception as error:  # the door answers whatever happens behind it
        return _told_of(error)


def _told_of(error: Exception) -> Refused:
    """The refusal that stands for an error, whose text may hold personal data and is not logged."""
    match error:
        case Refused():
            return error
        case LogUnavailable():
            log.error("nothing is answered without a record: %s", error.reason)
            return Refused(Code.LOG_UNAVAILABLE)
        case DatabaseError() | InterfaceError():
            log.error("the node's database failed: %s", type(error).__name__)
        case QueueFull():
            log.error("too many answers wait to be stored")
        case _:
            log.error("answering failed: %s", type(error).__name__)
    return Refused(Code.TRY_LATER)


def _sealed(reply: Reply, request: HttpRequest, node: Identity) -> HttpResponse:
    try:
        return protocol.seal_reply(reply, request, node.key, now=true_now())
    except Refused:
        return protocol.plain_reply(reply)
