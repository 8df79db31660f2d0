"""What the OpenAPI document says of the log's addresses: tlog-tiles, tlog-witness, and what is beside them.

All are text or bytes; who reads them finds their form in the log's own documentation.
"""

from typing import Any

from tongban.node.translog.serving import PREFIX
from tongban.node.translog.witness import REQUEST_LIMIT
from tongban.protocol.tlog.witnessing import ADD_CHECKPOINT_PATH, SIZE_TYPE

Json = dict[str, Any]

_TEXT = "text/plain"
_BYTES = "application/octet-stream"
_SHOWN: dict[str, tuple[str, str, str]] = {
    "checkpoint": ("getCheckpoint", "The newest head with its cosignatures, a signed note", _TEXT),
    "tile/{level}/{number}": ("getTile", "A full tile of hashes", _BYTES),
    "tile/entries/{number}": ("getEntries", "A full bundle of entries, each after its length", _BYTES),
    "checkpoints/{number}": ("getCheckpoints", "256 signed heads, each after its length", _BYTES),
    "timestamps/index": ("getTimestamped", "The sizes of the heads that have a timestamp", _TEXT),
    "timestamps/{size}.tsr": (
        "getTimestamp",
        "The RFC 3161 response for the head of that size",
        "application/timestamp-reply",
    ),
    "witnessed/{node}": ("getWitnessed", "The head of another log that this node cosigned last", _TEXT),
}
_PARAMETERS: dict[str, Json] = {
    "level": {"type": "integer", "minimum": 0, "maximum": 63},
    "number": {"type": "string", "pattern": "^[0-9]{3}$"},
    "size": {"type": "integer", "minimum": 1},
    "node": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{0,20}$"},
}


def log_paths() -> Json:
    """The addresses by path."""
    shown = {PREFIX + path: {"get": _shown(path, *about)} for path, about in _SHOWN.items()}
    return shown | {ADD_CHECKPOINT_PATH: {"post": _add_checkpoint()}}


def _shown(path: str, operation: str, description: str, media_type: str) -> Json:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema}
        for name, schema in _PARAMETERS.items()
        if f"{{{name}}}" in path
    ]
    return {
        "operationId": operation,
        "parameters": parameters,
        "responses": {
            "200": _said(description, media_type),
            "404": _said("The log has nothing at this address", _TEXT),
        },
    }


def _add_checkpoint() -> Json:
    return {
        "operationId": "addCheckpoint",
        "requestBody": {
            "required": True,
            "description": f"A C2SP tlog-witness request, at most {REQUEST_LIMIT} bytes",
            "content": {_TEXT: {"schema": {"type": "string"}}},
        },
        "responses": {
            "200": _said("The cosignature of this node", _TEXT),
            "400": _said("The request is malformed", _TEXT),
            "403": _said("The head is not signed by a key of its log", _TEXT),
            "404": _said("No log of this name is known", _TEXT),
            "409": _said("The size that this node cosigned last, which is not the old one", SIZE_TYPE),
            "413": _said("The request is too large", _TEXT),
            "422": _said("The head does not continue the one that was cosigned last", _TEXT),
        },
    }


def _said(description: str, media_type: str) -> Json:
    return {"description": description, "content": {media_type: {"schema": {"type": "string"}}}}
