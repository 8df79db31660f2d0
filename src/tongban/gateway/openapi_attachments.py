"""What the OpenAPI document says of attachments: offered and asked for by signed messages, bytes beside."""

from tongban.gateway.openapi_parts import Json, body, header, json_of, not_served, refusals, signed
from tongban.protocol import MEANINGS, Code
from tongban.protocol.attachments import ATTACHMENTS_PATH, FETCH_PATH, Fetch, Held, Offer
from tongban.protocol.model import LARGEST_ATTACHMENT

ATTACHMENT_MODELS = (Offer, Held, Fetch)
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
_OF_BYTES = (Code.MALFORMED, Code.NOT_COVERED, Code.TOO_LARGE, Code.BAD_DIGEST, Code.TRY_LATER)


def attachment_paths(codes: tuple[Code, ...]) -> Json:
    """The addresses by path; `codes` are the refusals that a signed message can get."""
    return {
        ATTACHMENTS_PATH: {"post": _offer(codes)},
        FETCH_PATH: {"post": _fetch(codes)},
        f"{ATTACHMENTS_PATH}/{{sha256}}": {"put": _put()},
    }


def _offer(codes: tuple[Code, ...]) -> Json:
    return {
        "operationId": "offerAttachment",
        "parameters": signed(),
        "requestBody": body("Offer", "What is to come, named by its SHA-256"),
        "responses": {
            "200": json_of("How many bytes are held already; signed, bound to this request", "Held"),
            **refusals(codes),
            "405": not_served(),
        },
    }


def _fetch(codes: tuple[Code, ...]) -> Json:
    told = {"required": True, "schema": {"type": "string"}}
    return {
        "operationId": "fetchAttachment",
        "parameters": signed(),
        "requestBody": body("Fetch", "An attachment that crossed between the two nodes"),
        "responses": {
            "200": {
                "description": "Its bytes from the offset on; they count if their SHA-256 is the name",
                "headers": {"content-range": told, "repr-digest": told},
                "content": _BYTES,
            },
            **refusals(codes),
            "405": not_served(),
        },
    }


def _put() -> Json:
    name = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
    held = {
        "type": "object",
        "properties": {"held": {"type": "integer", "minimum": 0, "maximum": LARGEST_ATTACHMENT}},
        "required": ["held"],
    }
    return {
        "operationId": "sendAttachment",
        "parameters": [
            {"name": "sha256", "in": "path", "required": True, "schema": name},
            header(
                "content-range", "bytes FIRST-LAST/SIZE, from the first byte that is not held to the last"
            ),
        ],
        "requestBody": {
            "required": True,
            "description": "The bytes, of something offered",
            "content": _BYTES,
        },
        "responses": {
            "200": {
                "description": "How many bytes are held now",
                "content": {"application/json": {"schema": held}},
            },
            **refusals(tuple(code for code in MEANINGS if code in _OF_BYTES)),
            "405": not_served(),
        },
    }
