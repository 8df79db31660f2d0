"""Attachments at the gateway: offered and fetched by signed messages, their bytes streamed both ways.

A body is written as it comes, piece by piece; what came before a connection broke off is gone on with.
"""

import base64
import re
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TypeVar

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tongban.gateway import door
from tongban.node.exchange import attachments
from tongban.node.exchange.attachments import PIECE, Intake
from tongban.node.exchange.receiving import refuse
from tongban.protocol import Code, HttpRequest, HttpResponse, Refused
from tongban.protocol.attachments import ATTACHMENTS_PATH, FETCH_PATH

THREADS = 4
OFFER_LIMIT = 16 * 1024

_RANGE = re.compile(r"bytes (\d{1,10})-(\d{1,10})/(\d{1,10})")
_threads = anyio.CapacityLimiter(THREADS)
Given = TypeVar("Given")


async def offered(request: Request) -> Response:
    """Be ready for an attachment; say how much of it is held."""
    try:
        whole = await _whole(request)
    except Refused as refused:
        return _response(refuse(refused))
    return _response(await _in_thread(partial(door.offer_attachment, whole)))


async def taken_in(request: Request) -> Response:
    """Take in an attachment's bytes from where it stopped."""
    try:
        offset = _offset(request)
        intake = await _in_thread(partial(attachments.own().take_in, request.path_params["sha256"], offset))
        held = await _poured(request, intake)
    except Refused as refused:
        return _response(refuse(refused))
    return JSONResponse({"held": held})


async def fetched(request: Request) -> Response:
    """Give an attachment's bytes from an offset on."""
    try:
        whole = await _whole(request)
        crossing, offset = await _in_thread(partial(door.fetch_attachment, whole))
    except Refused as refused:
        return _response(refuse(refused))
    digest = base64.b64encode(bytes.fromhex(crossing.sha256)).decode()
    headers = {
        "content-length": str(crossing.size - offset),
        "content-range": f"bytes {offset}-{crossing.size - 1}/{crossing.size}",
        "repr-digest": f"sha-256=:{digest}:",
    }
    path = attachments.own().path(crossing.sha256)
    return StreamingResponse(
        attachments.pieces(path, offset), headers=headers, media_type="application/octet-stream"
    )


async def _poured(request: Request, intake: Intake) -> int:
    """Write the body as it comes; what came before a break stays."""
    opened = intake.opened()
    await _in_thread(opened.__enter__)
    try:
        async for piece in _gathered(request):
            await _in_thread(partial(intake.add, piece))
    except ClientDisconnect:
        await _in_thread(partial(opened.__exit__, None, None, None))
        raise Refused(Code.MALFORMED, "body", f"incomplete; {intake.held} bytes are held") from None
    except Refused as refused:
        await _in_thread(partial(_leave, opened.__exit__, refused))
        raise
    await _in_thread(partial(opened.__exit__, None, None, None))
    return intake.held


def _leave(leave: Callable[..., bool | None], refused: Refused) -> None:
    try:
        leave(type(refused), refused, refused.__traceback__)
    except Refused:
        return


async def _gathered(request: Request) -> AsyncIterator[bytes]:
    gathered = bytearray()
    async for part in request.stream():
        gathered += part
        if len(gathered) >= PIECE:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


def _offset(request: Request) -> int:
    found = _RANGE.fullmatch(request.headers.get("content-range", ""))
    if found is None or int(found[1]) > int(found[2]) or int(found[2]) + 1 != int(found[3]):
        raise Refused(
            Code.MALFORMED, "header content-range", "bytes FIRST-LAST/SIZE up to the last is expected"
        )
    return int(found[1])


async def _whole(request: Request) -> HttpRequest:
    if request.url.query:
        raise Refused(Code.MALFORMED, "query", "none is expected")
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > OFFER_LIMIT:
                raise Refused(Code.TOO_LARGE, "body", f"at most {OFFER_LIMIT} bytes")
    except ClientDisconnect:
        raise Refused(Code.MALFORMED, "body", "incomplete") from None
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    authority = request.headers.get("host", "").lower()
    return HttpRequest(request.method, authority, request.url.path, headers, bytes(body))


def _response(response: HttpResponse) -> Response:
    return Response(response.body, response.status, headers=dict(response.headers))


async def _in_thread(call: Callable[[], Given]) -> Given:
    return await to_thread.run_sync(call, limiter=_threads)


ATTACHMENT_ROUTES = (
    Route(ATTACHMENTS_PATH, offered, methods=["POST"]),
    Route(FETCH_PATH, fetched, methods=["POST"]),
    Route(ATTACHMENTS_PATH + "/{sha256:str}", taken_in, methods=["PUT"]),
)
