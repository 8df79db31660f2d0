"""Carrying a signed request to another node's gateway and its response back.

Whatever goes wrong on the way is one error, Unreachable: the question waits and is delivered again.
"""

from typing import Protocol

import httpx

from tongban.protocol import HttpRequest, HttpResponse

CONNECT_SECONDS = 3.0
READ_SECONDS = 15.0
RESPONSE_LIMIT = 4 * 1024 * 1024


class Unreachable(Exception):
    """The other node did not give a whole response."""


class Transport(Protocol):
    """Something that delivers a request to a node's gateway."""

    def __call__(self, gateway_url: str, request: HttpRequest) -> HttpResponse:
        """The response; Unreachable when there is none."""


class HttpTransport:
    """Delivery over HTTP; the node's environment (proxies) is left out of it."""

    def __init__(self) -> None:
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        self._client = httpx.Client(timeout=timeout, trust_env=False, follow_redirects=False)

    def __call__(self, gateway_url: str, request: HttpRequest) -> HttpResponse:
        """The response; Unreachable when the connection fails or the response is too large."""
        headers = (*request.headers, ("host", request.authority), ("accept-encoding", "identity"))
        try:
            with self._client.stream(
                request.method, gateway_url + request.path, headers=headers, content=request.body
            ) as response:
                body = _body(response)
        except httpx.HTTPError:
            raise Unreachable from None
        fields = tuple((name.lower(), value) for name, value in response.headers.multi_items())
        return HttpResponse(response.status_code, fields, body)


def _body(response: httpx.Response) -> bytes:
    received = bytearray()
    for part in response.iter_raw():
        received += part
        if len(received) > RESPONSE_LIMIT:
            raise Unreachable
    return bytes(received)
