"""Answering another node's question: each takes effect once, and no answer leaves without its access record.

`receive` always gives a response: the answer, or a refusal with its code; it never raises.
"""

import logging
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from tongban import protocol
from tongban.node.clock import today, true_now
from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import answers, department, identity, limits
from tongban.node.exchange.connectors import connector_for
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import SeenNonce
from tongban.node.group_commit import QueueFull
from tongban.node.metrics import DEPARTMENT_SECONDS
from tongban.node.translog.api import LogUnavailable, check_available
from tongban.protocol import (
    Authenticated,
    Code,
    EvidenceAnswer,
    EvidenceRequest,
    HttpRequest,
    HttpResponse,
    Refusal,
    Refused,
)
from tongban.protocol.signature import CLOCK_SKEW

BODY_LIMIT = 1024 * 1024
"""Bytes of a request's body that are taken, at most."""

log = logging.getLogger(__name__)


def receive(request: HttpRequest) -> HttpResponse:
    """The response to a request of another node."""
    try:
        node = identity.current()
    except (ConfigError, DatabaseError, InterfaceError) as error:
        log.error("the exchange cannot answer: %s", type(error).__name__)
        refusal = protocol.refusal(Refused(Code.TRY_LATER), this_node().name, None, true_now())
        return protocol.plain_reply(refusal)
    return _sealed(_reply_to(request, node), request, node)


def refuse(refused: Refused) -> HttpResponse:
    """The response to a request that is refused before it is read; it has nothing to bind a signature to."""
    return protocol.plain_reply(protocol.refusal(refused, this_node().name, None, true_now()))


def forget_old_nonces() -> int:
    """Remove deliveries whose signature has expired, so that they could not be replayed anyway."""
    removed, _ = SeenNonce.objects.filter(expires__lt=true_now() - 2 * CLOCK_SKEW).delete()
    return removed


def _sealed(reply: EvidenceAnswer | Refusal, request: HttpRequest, node: Identity) -> HttpResponse:
    try:
        return protocol.seal_reply(reply, request, node.key, now=true_now())
    except Refused:
        return protocol.plain_reply(reply)


def _reply_to(request: HttpRequest, node: Identity) -> EvidenceAnswer | Refusal:
    message: UUID | None = None
    try:
        if len(request.body) > BODY_LIMIT:
            raise Refused(Code.TOO_LARGE, "body", f"at most {BODY_LIMIT} bytes")
        received = protocol.authenticate(request, node.directory, node.me, now=true_now())
        message = received.message.id
        with limits.share_of(received.message.sender):
            return _answered_once(received, node)
    except Refused as refused:
        log.info("refused message=%s code=%s path=%s", message, refused.code.value, refused.path)
        return protocol.refusal(refused, node.me, message, true_now())
    except LogUnavailable as unavailable:
        log.error("nothing is answered without a record: %s", unavailable.reason)
        return protocol.refusal(Refused(Code.LOG_UNAVAILABLE), node.me, message, true_now())
    except (DatabaseError, InterfaceError) as error:
        log.error("the node's database failed: %s", type(error).__name__)
    except QueueFull:
        log.error("too many answers wait to be stored")
    except Exception as error:  # the door answers whatever happens behind it; the text may hold personal data
        log.error("answering failed: %s", type(error).__name__)
    return protocol.refusal(Refused(Code.TRY_LATER), node.me, message, true_now())


def _answered_once(received: Authenticated, node: Identity) -> EvidenceAnswer | Refusal:
    """The reply; whatever it is, it leaves only after this delivery counts, and so only once."""
    try:
        stored = answers.stored_reply(received)
        reply = _evidence(received.message, node) if stored is None else stored
    except Exception:
        answers.note(received)
        raise
    if stored is not None:
        answers.note(received)
        return stored
    reply = answers.store(received, reply)
    log.info("answered message=%s for=%s kind=%s", received.message.id, received.message.sender, reply.kind)
    return reply


def _evidence(message: EvidenceRequest, node: Identity) -> EvidenceAnswer | Refusal:
    """The answer, or the refusal that stands for faulty data of the department; both are final."""
    protocol.authorise(message, node.directory, now=true_now())
    check_available()
    try:
        records = read_for(message, node)
        return protocol.answer(message, records, true_now())
    except Refused as refused:
        if refused.retry:
            raise
        return protocol.refusal(refused, node.me, message.id, true_now())


def read_for(message: EvidenceRequest, node: Identity) -> tuple[dict[str, protocol.Value], ...]:
    """What the own agency that `message` asks holds; Refused `try-later`, `department-data-invalid`."""
    kind = node.directory.evidence_type(message.body.evidence_type)
    connector = connector_for(message.receiver_agency, kind.name, node.directory)
    with DEPARTMENT_SECONDS.labels(message.receiver_agency, kind.name).time():
        return department.read_evidence(connector, kind, message.body.subject, message.body.fields, today())
