"""The log's addresses at the gateway: what C2SP tlog-tiles serves, and the witness' add-checkpoint.

Bodies are small and read up to a limit only.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import anyio
from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from tongban.gateway import door
from tongban.node.translog.serving import PREFIX
from tongban.node.translog.witness import REQUEST_LIMIT
from tongban.protocol.tlog.witnessing import ADD_CHECKPOINT_PATH

THREADS = 4
"""Requests to the log that are worked on at the same time, apart from messages."""

Given = TypeVar("Given")
_threads = anyio.CapacityLimiter(THREADS)


async def add_checkpoint(request: Request) -> Response:
    """Cosign another node's checkpoint."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > REQUEST_LIMIT:
                return PlainTextResponse(f"a request has at most {REQUEST_LIMIT} bytes\n", status_code=413)
    except ClientDisconnect:
        return PlainTextResponse("the request is incomplete\n", status_code=400)
    reply = await _in_thread(partial(door.add_checkpoint, bytes(body)))
    return Response(reply.body, reply.status, media_type=reply.content_type)


async def shown(request: Request) -> Response:
    """Give a checkpoint, a tile, an entry bundle."""
    found = await _in_thread(partial(door.log_at, request.path_params["path"]))
    if found is None:
        return PlainTextResponse("the log has nothing at this address\n", status_code=404)
    return Response(found.body, media_type=found.content_type, headers={"Cache-Control": found.caching})


async def _in_thread(call: Callable[[], Given]) -> Given:
    return await to_thread.run_sync(call, limiter=_threads)


LOG_ROUTES = (
    Route(ADD_CHECKPOINT_PATH, add_checkpoint, methods=["POST"]),
    Route(PREFIX + "{path:path}", shown),
)
