"""The OpenAPI 3.1 document of the door of points of service.

Made from what the door itself reads and from its table of refusals, so that it cannot say anything else.
"""

from typing import Any

from tongban import __version__
from tongban.node.points import register
from tongban.node.points.refusals import MEANINGS, Code

Json = dict[str, Any]

_ALWAYS: tuple[Code, ...] = ("malformed", "token-unusable", "try-later")
_TEXT: Json = {
    "type": "object",
    "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
    "required": ["zh", "en"],
    "additionalProperties": False,
}
_YUAN: Json = {"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "description": "Yuan"}
_STATES = (
    "gathering",
    "held",
    "claimed",
    "withdrawing",
    "charged",
    "cleared",
    "reversing",
    "reversed",
    "refused",
    "withdrawn",
)
_DECISION: Json = {
    "type": "object",
    "properties": {
        "outcome": {"enum": ["granted", "refused"]},
        "billed": _YUAN,
        "fund_pays": _YUAN,
        "person_pays": _YUAN,
        "title": _TEXT,
        "text": _TEXT,
        "remedy": {"type": ["object", "null"], "description": "Where the person may have it reviewed"},
    },
    "required": ["outcome", "billed", "fund_pays", "person_pays", "title", "text", "remedy"],
    "additionalProperties": False,
}
_BILL: Json = {
    "type": "object",
    "properties": {
        "bill": {"type": "string"},
        "case": {"type": "string", "description": "The number by which the person finds the case"},
        "state": {"enum": list(_STATES)},
        "meaning": _TEXT,
        "decision": {"oneOf": [{"$ref": "#/components/schemas/Decision"}, {"type": "null"}]},
        "questions": {
            "type": "array",
            "description": "Lines that the home side asks about, to be answered one by one",
            "items": {"$ref": "#/components/schemas/LineQuestion"},
        },
    },
    "required": ["bill", "case", "state", "meaning", "decision", "questions"],
    "additionalProperties": False,
}
_QUESTION: Json = {
    "type": "object",
    "properties": {
        "path": {"type": "string", "description": "Where the line is in the bill, as a JSON Pointer"},
        "line": {"type": "object", "description": "The line as it is now"},
        "reason": _TEXT,
        "is_answered": {"type": "boolean"},
    },
    "required": ["path", "line", "reason", "is_answered"],
    "additionalProperties": False,
}
_REFUSAL: Json = {
    "type": "object",
    "properties": {
        "code": {"enum": sorted(MEANINGS)},
        "path": {"type": "string", "description": "Where in the request the fault is"},
        "hint": {"type": "string"},
        "sentence": _TEXT,
    },
    "required": ["code", "path", "hint", "sentence"],
    "additionalProperties": False,
}


def document() -> Json:
    """The whole document."""
    from tongban.node.points.door import (  # noqa: PLC0415 - the door serves this document
        MOST_BYTES,
        GivenBill,
        GivenLine,
    )

    given = GivenBill.model_json_schema(ref_template="#/components/schemas/{model}")
    parts = given.pop("$defs")
    number = {"name": "number", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 60}}
    body = {
        "required": True,
        "description": f"At most {MOST_BYTES} bytes. Lines are the service's records of bills "
        "(`/evidence-types/{name}` at the gateway), without the bill's number",
        **_json("GivenBill"),
    }
    submitting: tuple[Code, ...] = (
        "bill-number-foreign",
        "bill-unusable",
        "bill-differs",
        "person-unusable",
        "person-differs",
        "not-offered",
        "too-large",
        "too-many",
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tongban points of service",
            "version": __version__,
            "description": "A hospital's or pharmacy's own system submits bills, reads decisions, cancels.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "security": [{"point": [register.SCOPE]}],
        "paths": {
            "/points/v1/bills/{number}": {
                "parameters": [number],
                "put": {
                    "operationId": "submitBill",
                    "description": "The same number with the same content is one bill, however often sent",
                    "requestBody": body,
                    "responses": {
                        "201": _ok("Taken and claimed"),
                        "200": _ok("Taken before"),
                        **_refusals((*_ALWAYS, *submitting)),
                    },
                },
                "get": {
                    "operationId": "getBill",
                    "responses": {"200": _ok("How it stands"), **_refusals((*_ALWAYS, "bill-unknown"))},
                },
            },
            "/points/v1/bills/{number}/lines/{position}": {
                "parameters": [
                    number,
                    {"name": "position", "in": "path", "required": True, "schema": {"type": "integer"}},
                ],
                "put": {
                    "operationId": "answerLine",
                    "requestBody": _json("GivenLine"),
                    "responses": {
                        "200": _ok("Answered; the same again changes nothing"),
                        **_refusals(
                            (*_ALWAYS, "bill-unknown", "bill-unusable", "line-not-asked", "too-large")
                        ),
                    },
                },
            },
            "/points/v1/bills/{number}/cancel": {
                "parameters": [number],
                "post": {
                    "operationId": "cancelBill",
                    "responses": {
                        "200": _ok(
                            "Cancelled; `withdrawing` until the home side stops, `reversing` if settled"
                        ),
                        **_refusals((*_ALWAYS, "bill-unknown", "bill-decided")),
                    },
                },
            },
        },
        "components": {
            "schemas": {
                **parts,
                "GivenBill": given,
                "GivenLine": GivenLine.model_json_schema(),
                "Bill": _BILL,
                "Decision": _DECISION,
                "LineQuestion": _QUESTION,
                "Refusal": _REFUSAL,
            },
            "securitySchemes": {
                "point": {
                    "type": "oauth2",
                    "flows": {
                        "clientCredentials": {
                            "tokenUrl": "/identity/o/api/token",
                            "scopes": {register.SCOPE: "Submit bills, read decisions, cancel"},
                        }
                    },
                }
            },
        },
    }


def _json(schema: str) -> Json:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _ok(description: str) -> Json:
    return {
        "description": f"{description}. Retry-After says when to ask again for one that is not decided",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Bill"}}},
    }


def _refusals(codes: tuple[Code, ...]) -> Json:
    by_status: dict[str, list[Code]] = {}
    for code in codes:
        by_status.setdefault(str(MEANINGS[code].status), []).append(code)
    return {
        status: {
            "description": " / ".join(f"{code}: {MEANINGS[code].sentence.en}" for code in listed),
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
        }
        for status, listed in sorted(by_status.items())
    }
