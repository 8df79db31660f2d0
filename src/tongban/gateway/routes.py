"""The gateway's addresses: messages, health, directory, log.

A body is read up to the limit only.
"""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

import anyio
from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ExceptionHandler

from tongban.gateway import door, openapi
from tongban.gateway.attachment_routes import ATTACHMENT_ROUTES
from tongban.gateway.framing import OneReading
from tongban.gateway.gathering import Gathering
from tongban.gateway.log_routes import LOG_ROUTES
from tongban.node.exchange.receiving import BODY_LIMIT, refuse
from tongban.protocol import DIRECTORY_TYPE, MESSAGES_PATH, Code, Headers, HttpRequest, HttpResponse, Refused
from tongban.protocol.batches import BATCHES_PATH
from tongban.protocol.conversations import CONVERSATIONS_PATH
from tongban.protocol.recall import RECALL_PATH

THREADS = 64
"""Messages that one process works on at the same time; what they store goes to the database in groups."""
MOST_WAITING = 512
"""Messages that queue for a thread; what comes beyond is refused, to be delivered again."""

Given = TypeVar("Given")
_threads = anyio.CapacityLimiter(THREADS)
_ASKED = re.compile(rb'"(?:receiver_agency|evidence_type)":"([a-z0-9.-]{1,80})"')
_ASKED_WITHIN = 4096
"""Bytes at the start of a body in which it is looked for whom it asks."""


async def messages(request: Request) -> Response:
    """Take a question, give its reply; what is asked of the same department is answered together."""
    whole = await _whole(request)
    if isinstance(whole, Response):
        return whole
    questions: Gathering[HttpRequest, HttpResponse] = request.app.state.questions
    if questions.waiting >= MOST_WAITING:
        return _too_many_wait(whole)
    department = tuple(_ASKED.findall(whole.body[:_ASKED_WITHIN])[:2])
    return _response(await questions.give(whole, department))


async def batches(request: Request) -> Response:
    """Take several questions, give a reply to each."""
    return await _reply(request, door.receive_batch)


async def conversations(request: Request) -> Response:
    """Take a message of a conversation, give its receipt."""
    return await _reply(request, door.hear)


async def _reply(request: Request, give: Callable[[HttpRequest], HttpResponse]) -> Response:
    whole = await _whole(request)
    if isinstance(whole, Response):
        return whole
    if _threads.statistics().tasks_waiting >= MOST_WAITING:
        return _too_many_wait(whole)
    return _response(await _in_thread(partial(give, whole)))


async def _whole(request: Request) -> HttpRequest | Response:
    """The request with its body; the response when it is refused before it is whole."""
    try:
        _check_query(request)
        body = await _read_body(request)
    except Refused as refused:
        return _response(door.counted(request.scope["path"], refuse(refused)))
    authority = request.headers.get("host", "").lower()
    return HttpRequest(request.method, authority, request.scope["path"], _headers(request), body)


def _too_many_wait(whole: HttpRequest) -> Response:
    return _response(door.counted(whole.path, refuse(Refused(Code.TRY_LATER, "", "too many wait"))))


async def recall(request: Request) -> Response:
    """Tell a node what crossed between us since a moment."""
    return await _reply(request, door.recall)


async def health(_request: Request) -> Response:
    """Say whether the node can work: 200, or 503 when its database does not answer."""
    if await _in_thread(door.is_healthy):
        return JSONResponse({"status": "ok"})
    return JSONResponse({"status": "unavailable", "problem": "database"}, status_code=503)


async def alive(_request: Request) -> Response:
    """Say that the process answers, whatever its database does."""
    return JSONResponse({"status": "ok"})


async def directory(request: Request) -> Response:
    """Give the signed directory that the node goes by; its version is the entity tag."""
    try:
        known = await _in_thread(door.directory)
    except Refused as refused:
        return _response(refuse(refused))
    tag = {"etag": f'"{known.directory.version}"'}
    if request.headers.get("if-none-match") == tag["etag"]:
        return Response(status_code=304, headers=tag)
    return Response(known.document, media_type=DIRECTORY_TYPE, headers=tag)


async def offered_directory(request: Request) -> Response:
    """Take a directory that is newer and signed; say which version is in force then."""
    try:
        _check_query(request)
        body = await _read_body(request)
        taken = await _in_thread(partial(door.offer_directory, body))
    except Refused as refused:
        return _response(refuse(refused))
    return JSONResponse({"version": taken.directory.version})


async def evidence_type(request: Request) -> Response:
    """Give the JSON Schema of the records of an evidence type of the directory."""
    try:
        schema = await _in_thread(partial(door.evidence_schema, request.path_params["name"]))
    except Refused as refused:
        return _response(refuse(refused))
    if schema is None:
        raise HTTPException(404)
    return JSONResponse(schema, media_type="application/schema+json")


async def described(_request: Request) -> Response:
    """Give the OpenAPI document."""
    return JSONResponse(openapi.document())


async def not_served(_request: Request, error: Exception) -> Response:
    """Say in JSON that an address or method is not served."""
    status, headers = (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
    return JSONResponse({"status": status, "see": "/openapi.json"}, status_code=status, headers=headers)


def _headers(request: Request) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)


def _check_query(request: Request) -> None:
    if request.scope["query_string"]:
        raise Refused(Code.MALFORMED, "query", "none is expected")


async def _read_body(request: Request) -> bytes:
    declared = request.headers.get("content-length", "0")
    too_large = Refused(Code.TOO_LARGE, "body", f"at most {BODY_LIMIT} bytes")
    if len(declared) > 12 or int(declared) > BODY_LIMIT:
        raise too_large
    received = bytearray()
    try:
        async for part in request.stream():
            received += part
            if len(received) > BODY_LIMIT:
                raise too_large
    except ClientDisconnect:
        raise Refused(Code.MALFORMED, "body", "incomplete") from None
    return bytes(received)


def _response(response: HttpResponse) -> Response:
    return Response(response.body, response.status, headers=dict(response.headers))


async def _in_thread(call: Callable[[], Given]) -> Given:
    return await to_thread.run_sync(call, limiter=_threads)


ROUTES = (
    Route(MESSAGES_PATH, messages, methods=["POST"]),
    Route(BATCHES_PATH, batches, methods=["POST"]),
    Route(RECALL_PATH, recall, methods=["POST"]),
    Route(CONVERSATIONS_PATH, conversations, methods=["POST"]),
    Route("/health", health),
    Route("/health/live", alive),
    Route("/health/ready", health),
    Route("/directory", directory),
    Route("/directory", offered_directory, methods=["POST"]),
    Route("/evidence-types/{name}", evidence_type),
    Route("/openapi.json", described),
    *ATTACHMENT_ROUTES,
    *LOG_ROUTES,
)
MIDDLEWARE = (Middleware(OneReading),)
EXCEPTION_HANDLERS: Mapping[int | type[Exception], ExceptionHandler] = {HTTPException: not_served}


def application() -> Starlette:
    """All of it as one application."""
    served = Starlette(routes=ROUTES, middleware=MIDDLEWARE, exception_handlers=EXCEPTION_HANDLERS)
    served.state.questions = Gathering(door.receive_each, threads=THREADS)
    return served
