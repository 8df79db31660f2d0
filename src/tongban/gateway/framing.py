"""Refuses requests that two servers could read differently, before anything else looks at them.

A request that is refused here ends its connection: what follows it on the line may be a part of it.
"""

from collections.abc import Iterable

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tongban.gateway import door
from tongban.node.exchange.receiving import refuse
from tongban.protocol import Code, Refused

ONCE_ONLY = frozenset({b"host", b"content-length", b"content-type", b"transfer-encoding"})


class OneReading:
    """Lets through only requests whose end is told in one way."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request here if its framing is doubtful, else pass it on."""
        if scope["type"] == "http":
            try:
                _check(scope["headers"])
            except Refused as refused:
                reply = door.counted("any", refuse(refused))
                headers = {**dict(reply.headers), "connection": "close"}
                await Response(reply.body, reply.status, headers=headers)(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _check(headers: Iterable[tuple[bytes, bytes]]) -> None:
    fields: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in fields and name in ONCE_ONLY:
            raise Refused(Code.MALFORMED, f"header {name.decode('latin-1')}", "once at most")
        fields[name] = value
    encoding, length = fields.get(b"transfer-encoding"), fields.get(b"content-length")
    if encoding is not None and length is not None:
        raise Refused(Code.MALFORMED, "header transfer-encoding", "not together with content-length")
    if encoding is not None and encoding.lower() != b"chunked":
        raise Refused(Code.MALFORMED, "header transfer-encoding", "chunked or none")
    if length is not None and not length.isdigit():
        raise Refused(Code.MALFORMED, "header content-length", "a number of bytes")
    if b"content-encoding" in fields:
        raise Refused(Code.MALFORMED, "header content-encoding", "bodies are sent plain")
