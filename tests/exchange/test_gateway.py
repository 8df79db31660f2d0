"""The gateway's addresses: framing, limits, health, directory."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from django.db import connection

from tests.exchange.asked import database_gone
from tests.exchange.sides import Row, delivered, fresh_question, reply_to
from tests.protocol.federation_of_two import NONCE, RECORDS, SICHUAN_KEY, directory, text
from tongban import protocol
from tongban.gateway import routes
from tongban.node.clock import true_now
from tongban.node.exchange.receiving import BODY_LIMIT
from tongban.protocol import MESSAGES_PATH, Code, EvidenceAnswer, HttpResponse, Refusal
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import CONVERSATIONS_PATH

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("chongqing")]

Headers = list[tuple[str, str]]


@pytest.fixture(autouse=True)
def _threads_keep_no_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Threads of a loop that has ended leave their connections to the collector of garbage."""
    monkeypatch.setitem(connection.settings_dict, "CONN_MAX_AGE", 0)
    yield
    gc.collect()


def call(
    method: str, path: str, headers: Headers | None = None, body: bytes | AsyncIterator[bytes] = b""
) -> httpx.Response:
    app = routes.application()

    async def once() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://chongqing.example:8200") as client:
            fields = [(name.encode(), value.encode("latin-1")) for name, value in headers or []]
            return await client.request(method, path, headers=fields, content=body)

    return asyncio.run(once())


def refused(response: httpx.Response) -> Refusal:
    reply = protocol.parse_reply(response.content)
    assert isinstance(reply, Refusal)
    return reply


def post(extra: Headers | None = None, query: str = "") -> httpx.Response:
    request = delivered(fresh_question())
    headers = [*request.headers, *(extra or [])]
    return call("POST", MESSAGES_PATH + query, headers, request.body)


def test_a_question_over_http_is_answered(department: Callable[..., None]) -> None:
    department(Row())
    message = fresh_question()
    request = delivered(message)
    response = call("POST", MESSAGES_PATH, list(request.headers), request.body)
    seen = HttpResponse(response.status_code, tuple(response.headers.multi_items()), response.content)
    reply = reply_to(request, seen, message)
    assert isinstance(reply, EvidenceAnswer)
    assert reply.body.records == RECORDS


@pytest.mark.parametrize(
    ("extra", "path"),
    [
        ([("transfer-encoding", "chunked")], "header transfer-encoding"),
        ([("content-encoding", "gzip")], "header content-encoding"),
        ([("content-type", "application/json")], "header content-type"),
    ],
)
def test_ambiguous_framing_is_refused(extra: Headers, path: str) -> None:
    reply = refused(post(extra))
    assert (reply.code, reply.path) == (Code.MALFORMED, path)


@pytest.mark.parametrize("length", ["-1", "1e3", "0x10", "²"])
def test_a_content_length_that_is_no_number_is_refused(length: str) -> None:
    reply = refused(call("POST", MESSAGES_PATH, [("content-length", length)], b"{}"))
    assert (reply.code, reply.path) == (Code.MALFORMED, "header content-length")


def test_a_query_is_refused() -> None:
    assert refused(post(query="?id=1")).path == "query"


def test_a_body_declared_over_the_limit_is_not_read() -> None:
    response = call("POST", MESSAGES_PATH, [("content-length", str(BODY_LIMIT + 1))], b"")
    assert response.status_code == 413
    assert refused(response).code is Code.TOO_LARGE


def test_a_body_that_grows_over_the_limit_is_cut_off() -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b" " * 65536

    assert refused(call("POST", MESSAGES_PATH, [], endless())).code is Code.TOO_LARGE


def test_health_follows_the_database() -> None:
    assert call("GET", "/health").status_code == 200
    with database_gone():
        assert call("GET", "/health").status_code == 503


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/other", 404), ("GET", MESSAGES_PATH, 405)])
def test_what_is_not_served_is_said_in_json(method: str, path: str, status: int) -> None:
    response = call(method, path)
    assert (response.status_code, response.json()["status"]) == (status, status)


def test_a_message_of_a_conversation_over_http_gets_a_receipt() -> None:
    now = true_now()
    matter = talk.Matter(
        peer="chongqing",
        own_agency="510100-yb",
        peer_agency="500000-yb",
        service="hotline-handover",
        case_ref="SC-2026-000001",
        expires=now + timedelta(days=1),
        legal_basis=protocol.StatuteBasis(citation=text("law")),
        purpose=text("tell"),
    )
    thread, here = talk.Thread("chongqing", matter.case_ref), talk.Here("sichuan", now, uuid4)
    notice = talk.Told(text=text("known"), contents={})
    (message,) = talk.open_conversation(thread, matter, "notice-given", notice, here).says
    book = directory(around=now)
    request = talk.seal_utterance(
        protocol.encode(message), "chongqing", book, SICHUAN_KEY, now=now, nonce=NONCE
    )
    response = call("POST", CONVERSATIONS_PATH, list(request.headers), request.body)
    seen = HttpResponse(response.status_code, tuple(response.headers.multi_items()), response.content)
    receipt = talk.open_receipt(seen, request, message, book, now=now)
    assert isinstance(receipt, talk.Receipt)
    assert talk.is_taken(message, receipt)
