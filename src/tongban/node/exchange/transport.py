"""Carrying a signed request to another node's gateway and its response back.

Whatever goes wrong on the way is one error, Unreachable: the question waits and is delivered again.
"""

import logging
import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Protocol

import httpx

from tongban.node import tracing
from tongban.node.config import this_node
from tongban.node.tls_folder import TlsFolder, client_context
from tongban.protocol import Code, HttpRequest, HttpResponse, NodeEntry

CONNECT_SECONDS = 3.0
READ_SECONDS = 15.0
RESPONSE_LIMIT = 4 * 1024 * 1024

log = logging.getLogger(__name__)


class Unreachable(Exception):
    """The other node did not give a whole response; `code` says what stood in the way."""

    def __init__(self, code: Code = Code.TRY_LATER, pause: timedelta | None = None) -> None:
        """`pause` is how long the other node asks to wait."""
        self.code = code
        self.pause = pause
        super().__init__(code)


class Transport(Protocol):
    """Something that delivers a request to a node's gateway."""

    def __call__(self, peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        """The response; Unreachable when there is none."""


class HttpTransport:
    """Delivery over HTTP, with TLS as the directory says; the node's environment (proxies) is left out of it.

    Connections are kept, and made anew when the peer's certificates or this node's own have changed.
    """

    def __init__(self, own: TlsFolder | None = None) -> None:
        """`own` is what this node proves itself with."""
        self._own = own
        self._lock = threading.Lock()
        self._clients: dict[str, tuple[object, httpx.Client]] = {}

    def __call__(self, peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        """The response; Unreachable when the connection fails or the response is too large."""
        headers = (
            *request.headers,
            *tracing.outgoing_headers(),
            ("host", request.authority),
            ("accept-encoding", "identity"),
        )
        try:
            with self._client(peer).stream(
                request.method, peer.gateway_url + request.path, headers=headers, content=request.body
            ) as response:
                body = _body(response)
        except (httpx.HTTPError, ssl.SSLError, OSError) as error:
            raise Unreachable(_code_of(error, peer)) from None
        fields = tuple((name.lower(), value) for name, value in response.headers.multi_items())
        return HttpResponse(response.status_code, fields, body)

    def _client(self, peer: NodeEntry) -> httpx.Client:
        changed = self._own.identity.stat().st_mtime_ns if self._own is not None else 0
        state = (peer.gateway_url, peer.certificates, changed)
        with self._lock:
            known = self._clients.get(peer.id)
            if known is not None and known[0] == state:
                return known[1]
            client = httpx.Client(
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                verify=client_context(peer.certificates, self._own),
                trust_env=False,
                follow_redirects=False,
            )
            self._clients[peer.id] = (state, client)
            return client


def asked_pause(response: HttpResponse) -> timedelta | None:
    """How long a node that takes no more for now asks to wait, in whole seconds; None when it does not."""
    if response.status not in {429, 503}:
        return None
    said = dict(response.headers).get("retry-after", "")
    return timedelta(seconds=int(said)) if said.isascii() and said.isdigit() and len(said) < 7 else None


def own_transport() -> HttpTransport:
    """How this node delivers, by its configuration."""
    path = this_node().tls_path
    return HttpTransport(TlsFolder(path) if path is not None else None)


def _code_of(error: Exception, peer: NodeEntry) -> Code:
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            log.warning("connection to %s: its certificate is refused: %s", peer.id, cause.verify_message)
            return Code.PEER_UNTRUSTED
        if isinstance(cause, ssl.SSLError) and "ALERT" in (cause.reason or ""):
            log.warning("connection to %s: it refuses this node's certificate: %s", peer.id, cause.reason)
            return Code.CERTIFICATE_REFUSED
    return Code.TRY_LATER


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _body(response: httpx.Response) -> bytes:
    received = bytearray()
    for part in response.iter_raw():
        received += part
        if len(received) > RESPONSE_LIMIT:
            raise Unreachable
    return bytes(received)
