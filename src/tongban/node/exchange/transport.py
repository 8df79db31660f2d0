"""Carrying a signed request to another node's gateway and its response back.

Whatever goes wrong on the way is one error, Unreachable: the question waits and is delivered again.
"""

import http.client
import logging
import ssl
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Protocol
from urllib.parse import urlsplit

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

    def __call__(self, peer: NodeEntry, request: HttpRequest, /) -> HttpResponse:
        """The response; Unreachable when there is none."""


class HttpTransport:
    """Delivery over HTTP, with TLS as the directory says; the node's environment (proxies) is left out of it.

    Each thread keeps a connection to each peer; all are made anew when the peer's certificates or this
    node's own have changed. Redirects are not followed.
    """

    def __init__(self, own: TlsFolder | None = None) -> None:
        """`own` is what this node proves itself with."""
        self._own = own
        self._lock = threading.Lock()
        self._contexts: dict[str, tuple[object, ssl.SSLContext]] = {}
        self._mine = threading.local()

    def __call__(self, peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        """The response; Unreachable when the connection fails or the response is too large."""
        try:
            state = self._state(peer)
            connection = self._kept(peer, state)
            if connection is not None:
                try:
                    return self._exchange(connection, request)
                except (http.client.RemoteDisconnected, ConnectionError, ssl.SSLEOFError):
                    self._drop(peer)  # closed while it was idle: the request has not been answered
            connection = self._connect(peer, state)
            return self._exchange(connection, request)
        except (http.client.HTTPException, OSError, ValueError) as error:
            self._drop(peer)
            raise Unreachable(_code_of(error, peer)) from None
        except Unreachable:
            self._drop(peer)
            raise

    def stream(
        self, peer: NodeEntry, path: str, headers: Mapping[str, str], body: Iterator[bytes]
    ) -> tuple[int, bytes]:
        """PUT a body that is too large for memory; status and body of the response. Raises Unreachable."""
        try:
            connection = self._connect(peer, self._state(peer))
            connection.request("PUT", path, body=body, headers=dict(headers))
            response = connection.getresponse()
            return response.status, response.read(RESPONSE_LIMIT)
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise Unreachable(_code_of(error, peer)) from None
        finally:
            self._drop(peer)

    def _exchange(self, connection: http.client.HTTPConnection, request: HttpRequest) -> HttpResponse:
        connection.putrequest(request.method, request.path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("host", request.authority)
        for name, value in (*request.headers, *tracing.outgoing_headers()):
            connection.putheader(name, value)
        connection.putheader("content-length", str(len(request.body)))
        try:
            connection.endheaders(request.body)
        except OSError:
            _raise_alert(connection)
            raise
        response = connection.getresponse()
        body = response.read(RESPONSE_LIMIT + 1)
        if len(body) > RESPONSE_LIMIT:
            raise Unreachable
        if response.length:
            raise http.client.IncompleteRead(body, response.length)
        fields = tuple((name.lower(), value) for name, value in response.getheaders())
        return HttpResponse(response.status, fields, body)

    def _state(self, peer: NodeEntry) -> object:
        changed = self._own.identity.stat().st_mtime_ns if self._own is not None else 0
        return (peer.gateway_url, peer.certificates, changed)

    def _connections(self) -> dict[str, tuple[object, http.client.HTTPConnection]]:
        known: dict[str, tuple[object, http.client.HTTPConnection]] | None
        known = getattr(self._mine, "connections", None)
        if known is None:
            known = self._mine.connections = {}
        return known

    def _kept(self, peer: NodeEntry, state: object) -> http.client.HTTPConnection | None:
        known = self._connections().get(peer.id)
        if known is None:
            return None
        if known[0] != state:
            self._drop(peer)
            return None
        return known[1]

    def _connect(self, peer: NodeEntry, state: object) -> http.client.HTTPConnection:
        address = urlsplit(peer.gateway_url)
        connection: http.client.HTTPConnection
        if address.scheme == "https":
            connection = http.client.HTTPSConnection(
                address.hostname or "",
                address.port,
                timeout=CONNECT_SECONDS,
                context=self._context(peer, state),
            )
        else:
            connection = http.client.HTTPConnection(
                address.hostname or "", address.port, timeout=CONNECT_SECONDS
            )
        connection.connect()
        connection.sock.settimeout(READ_SECONDS)
        self._connections()[peer.id] = (state, connection)
        return connection

    def _context(self, peer: NodeEntry, state: object) -> ssl.SSLContext:
        with self._lock:
            known = self._contexts.get(peer.id)
            if known is None or known[0] != state:
                known = self._contexts[peer.id] = (state, client_context(peer.certificates, self._own))
            return known[1]

    def _drop(self, peer: NodeEntry) -> None:
        known = self._connections().pop(peer.id, None)
        if known is not None:
            known[1].close()


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


def _raise_alert(connection: http.client.HTTPConnection) -> None:
    """Raise the SSLError that says why the peer closed the connection, if it said so before it did."""
    if connection.sock is None:
        return  # it was closed with the answer before, and could not be opened again
    try:
        connection.sock.recv(1)
    except ssl.SSLEOFError:
        return
    except ssl.SSLError:
        raise
    except OSError:
        return


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
