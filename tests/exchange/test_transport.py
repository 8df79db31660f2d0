"""Carrying a request over a real socket: whatever goes wrong on the way is one error."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.exchange.sides import delivered, fresh_question
from tests.protocol.federation_of_two import directory
from tongban import protocol
from tongban.node.exchange.transport import RESPONSE_LIMIT, HttpTransport, Unreachable


def at(url: str) -> protocol.NodeEntry:
    """Chongqing's entry in the directory, with its gateway at `url`."""
    return directory().node("chongqing").model_copy(update={"gateway_url": url})


Behaviour = Callable[[BaseHTTPRequestHandler], None]


@pytest.fixture
def server() -> Iterator[Callable[[Behaviour], protocol.NodeEntry]]:
    """Start a gateway that behaves as told; gives its address."""
    started: list[HTTPServer] = []

    def start(behave: Behaviour) -> protocol.NodeEntry:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                behave(self)

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        gateway = HTTPServer(("127.0.0.1", 0), Handler)
        started.append(gateway)
        threading.Thread(target=gateway.serve_forever, daemon=True).start()
        return at(f"http://127.0.0.1:{gateway.server_address[1]}")

    yield start
    for gateway in started:
        gateway.shutdown()
        gateway.server_close()


def respond(status: int, length: int, body: bytes) -> Behaviour:
    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(length))
        handler.send_header("Location", "http://127.0.0.1:1/")
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def test_a_response_comes_back_as_it_is(server: Callable[[Behaviour], protocol.NodeEntry]) -> None:
    response = HttpTransport()(server(respond(403, 2, b"{}")), delivered(fresh_question()))
    assert (response.status, response.body) == (403, b"{}")


def test_the_request_goes_out_as_it_was_signed(server: Callable[[Behaviour], protocol.NodeEntry]) -> None:
    request = delivered(fresh_question())
    seen: list[tuple[str, dict[str, str], bytes]] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        seen.append((handler.path, {k.lower(): v for k, v in handler.headers.items()}, body))
        respond(200, 0, b"")(handler)

    HttpTransport()(server(note), request)
    ((path, headers, body),) = seen
    assert (path, body, headers["host"]) == (request.path, request.body, request.authority)
    assert dict(request.headers).items() <= headers.items()


def test_a_redirect_is_not_followed(server: Callable[[Behaviour], protocol.NodeEntry]) -> None:
    assert HttpTransport()(server(respond(307, 0, b"")), delivered(fresh_question())).status == 307


def test_a_response_that_breaks_off_is_none(server: Callable[[Behaviour], protocol.NodeEntry]) -> None:
    with pytest.raises(Unreachable):
        HttpTransport()(server(respond(200, 100, b"{")), delivered(fresh_question()))


def test_an_endless_response_is_none(server: Callable[[Behaviour], protocol.NodeEntry]) -> None:
    def pour(handler: BaseHTTPRequestHandler) -> None:
        try:
            respond(200, 10 * RESPONSE_LIMIT, b" " * (2 * RESPONSE_LIMIT))(handler)
        except OSError:
            return

    with pytest.raises(Unreachable):
        HttpTransport()(server(pour), delivered(fresh_question()))


def test_a_gateway_that_is_not_there_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        HttpTransport()(at("http://127.0.0.1:1"), delivered(fresh_question()))


def test_a_gateway_that_closes_after_its_answer_and_goes_away_is_unreachable() -> None:
    class Once(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            respond(200, 0, b"")(self)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    transport = HttpTransport()
    with HTTPServer(("127.0.0.1", 0), Once) as gateway:
        peer = at(f"http://127.0.0.1:{gateway.server_address[1]}")
        serving = threading.Thread(target=gateway.handle_request, daemon=True)
        serving.start()
        assert transport(peer, delivered(fresh_question())).status == 200
        serving.join()
    with pytest.raises(Unreachable):
        transport(peer, delivered(fresh_question()))
