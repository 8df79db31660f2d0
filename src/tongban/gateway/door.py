"""What stands behind the gateway's addresses, run in threads; each call leaves no connection half used."""

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, ProgrammingError, close_old_connections, connection
from opentelemetry import trace

from tongban.node import tracing
from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import carrying, connectors, directories, identity, recalling, receiving
from tongban.node.exchange.attachments import Crossing
from tongban.node.exchange.conversing import receiving as conversing
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.limits import RETRY_SECONDS
from tongban.node.metrics import ANSWER_SECONDS, RECEIVED
from tongban.node.translog import serving, witness
from tongban.protocol import Code, HttpRequest, HttpResponse, Refused, records_schema
from tongban.protocol.evidence_schema import JsonSchema

Given = TypeVar("Given")
LOOK_SECONDS = 1.0
"""How long a thread relies on its database connection after it was found usable."""

log = logging.getLogger(__name__)
_looked = threading.local()


def check_configuration() -> None:
    """Read what the exchange is configured with; ConfigError when it cannot be used."""
    try:
        connectors.declared(this_node(), identity.current().directory)
    except ProgrammingError:
        raise ConfigError("the node's database has no tables yet; run `tongban node migrate` first") from None


def receive(request: HttpRequest) -> HttpResponse:
    """The reply to a message."""
    return receive_each([request])[0]


def receive_each(requests: Sequence[HttpRequest]) -> list[HttpResponse]:
    """The replies to messages that are answered together."""
    began = time.perf_counter()
    spans = [tracing.received(request.path, request.headers) for request in requests]
    replies = _with_connection(lambda: receiving.receive_each(requests))
    seconds = time.perf_counter() - began
    responses = []
    for request, span, reply in zip(requests, spans, replies, strict=True):
        ANSWER_SECONDS.labels(request.path).observe(seconds)
        responses.append(counted(request.path, reply))
        span.set_attribute("tongban.outcome", _outcome(reply))
        span.end()
    return responses


def receive_batch(request: HttpRequest) -> HttpResponse:
    """The replies to several messages that came together."""
    return _told(receiving.receive_batch, request)


def hear(request: HttpRequest) -> HttpResponse:
    """The receipt for a message of a conversation."""
    return _told(conversing.receive, request)


def counted(path: str, response: HttpResponse) -> HttpResponse:
    """The response, counted, with the time to wait where the sender has to deliver again."""
    RECEIVED.labels(path, _outcome(response)).inc()
    if response.status not in {429, 503}:
        return response
    return response._replace(headers=(*response.headers, ("retry-after", str(RETRY_SECONDS))))


def _told(give: Callable[[HttpRequest], HttpResponse], request: HttpRequest) -> HttpResponse:
    """What `give` gives, counted, timed and traced."""
    with (
        ANSWER_SECONDS.labels(request.path).time(),
        trace.use_span(tracing.received(request.path, request.headers), end_on_exit=True) as span,
    ):
        response = counted(request.path, _with_connection(lambda: give(request)))
        span.set_attribute("tongban.outcome", _outcome(response))
    return response


def _outcome(response: HttpResponse) -> str:
    """`answered`, or the code of the refusal."""
    if response.status == 200:
        return "answered"
    try:
        code = json.loads(response.body).get("code")
    except (ValueError, AttributeError):
        code = None
    return code if code in set(Code) else "unknown"


def add_checkpoint(body: bytes) -> witness.WitnessReply:
    """What a log that asks for a cosignature gets."""
    return _with_connection(lambda: witness.add_checkpoint(body, identity.current()))


def log_at(path: str) -> serving.Shown | None:
    """What the node's log shows at an address under its prefix."""
    return _with_connection(lambda: serving.shown_at(path))


def recall(request: HttpRequest) -> HttpResponse:
    """What this node remembers of another."""
    return _told(recalling.receive, request)


def offer_attachment(request: HttpRequest) -> HttpResponse:
    """How much of an offered attachment is held."""
    return _told(carrying.receive_offer, request)


def fetch_attachment(request: HttpRequest) -> tuple[Crossing, int]:
    """Which attachment a node may have, from where on; Refused otherwise."""
    return _or_later(lambda: carrying.fetched(request))


def is_healthy() -> bool:
    """Whether the node's database answers."""
    return _with_connection(_database_answers)


def directory() -> Identity:
    """The signed directory that the node goes by; Refused `try-later` when the node cannot tell."""
    return _or_later(identity.current)


def offer_directory(document: bytes) -> Identity:
    """Go by this directory if it is newer and signed; Refused else."""
    return _or_later(lambda: directories.offer(document))


def evidence_schema(name: str) -> JsonSchema | None:
    """The JSON Schema of an evidence type's records; None when the directory has no such type."""
    kinds = {kind.name: kind for kind in directory().directory.evidence_types}
    return records_schema(kinds[name]) if name in kinds else None


def _or_later(call: Callable[[], Given]) -> Given:
    try:
        return _with_connection(call)
    except (ConfigError, DatabaseError, InterfaceError) as error:
        log.error(
            "the directory cannot be used: %s", error if isinstance(error, ConfigError) else type(error)
        )
        raise Refused(Code.TRY_LATER) from None


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        return False
    return True


def _with_connection(call: Callable[[], Given]) -> Given:
    """What `call` gives; the thread's connection is looked at before, unless it was a moment ago."""
    now = time.monotonic()
    if connection.errors_occurred or now - getattr(_looked, "at", float("-inf")) > LOOK_SECONDS:
        close_old_connections()
        _looked.at = now
    try:
        return call()
    finally:
        if connection.errors_occurred:
            close_old_connections()
