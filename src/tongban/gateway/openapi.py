"""The gateway's OpenAPI 3.1 document: its addresses, the messages' schemas, every refusal.

Made from the protocol's own models and table of refusals, so that it cannot say anything else than they do.
"""

from functools import cache
from typing import Any

from pydantic.json_schema import models_json_schema

from tongban import __version__
from tongban.gateway.openapi_log import log_paths
from tongban.node.exchange.receiving import BODY_LIMIT
from tongban.protocol import (
    DIRECTORY_TYPE,
    MEANINGS,
    MESSAGES_PATH,
    Code,
    EvidenceAnswer,
    EvidenceRequest,
    Refusal,
    SignedDocument,
)
from tongban.protocol.conversations import CONVERSATIONS_PATH, Receipt
from tongban.protocol.conversations.memories import RecallAsked, Remembered
from tongban.protocol.conversations.messages import MODELS
from tongban.protocol.recall import RECALL_PATH, Recall, Recalled

Json = dict[str, Any]

_AT_THE_DOOR = (Code.MALFORMED, Code.TOO_LARGE, Code.TRY_LATER)
_OF_A_DIRECTORY = (
    *_AT_THE_DOOR,
    Code.DIRECTORY_FORGED,
    Code.DIRECTORY_OLDER,
    Code.DIRECTORY_UNUSABLE,
    Code.SCHEMA_VIOLATED,
)
_UTTERANCES = tuple(dict.fromkeys(MODELS.values()))
_BETWEEN_OPERATORS = {Code.PEER_UNTRUSTED, Code.CERTIFICATE_REFUSED}
_OF_A_MESSAGE = tuple(code for code in MEANINGS if code not in _BETWEEN_OPERATORS)


@cache
def document() -> Json:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tongban gateway",
            "version": __version__,
            "description": "What one node of a federation asks of another. Messages are signed (RFC 9421).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {
            MESSAGES_PATH: {"post": _message("askForEvidence", "EvidenceRequest", "EvidenceAnswer")},
            CONVERSATIONS_PATH: {"post": _message("sayInConversation", "Utterance", "Receipt")},
            RECALL_PATH: {"post": _message("recallWhatCrossed", "AnyRecall", "AnyRecalled")},
            "/directory": {"get": _directory(), "post": _offer()},
            "/evidence-types/{name}": {"get": _evidence_type()},
            "/health": {"get": _health("getHealth")},
            "/health/ready": {"get": _health("getReadiness")},
            "/health/live": {"get": _alive()},
            "/openapi.json": {"get": _this_document()},
            **log_paths(),
        },
        "components": {"schemas": _schemas()},
    }


def _schemas() -> Json:
    models = (
        EvidenceRequest,
        EvidenceAnswer,
        Refusal,
        Receipt,
        Recall,
        Recalled,
        RecallAsked,
        Remembered,
        SignedDocument,
        *_UTTERANCES,
    )
    _, definitions = models_json_schema(
        [(model, "validation") for model in models], ref_template="#/components/schemas/{model}"
    )
    schemas: Json = definitions["$defs"]
    spoken = [{"$ref": f"#/components/schemas/{model.__name__}"} for model in _UTTERANCES]
    recalls = [{"$ref": f"#/components/schemas/{name}"} for name in ("Recall", "RecallAsked")]
    recalled = [{"$ref": f"#/components/schemas/{name}"} for name in ("Recalled", "Remembered")]
    return schemas | {
        "Utterance": {"oneOf": spoken},
        "AnyRecall": {"oneOf": recalls},
        "AnyRecalled": {"oneOf": recalled},
    }


def _message(operation: str, request: str, reply: str) -> Json:
    return {
        "operationId": operation,
        "parameters": [
            _header("content-digest", "The body's digest (RFC 9530): sha-256, or sm3 under an SM2 key"),
            _header("signature-input", "What is signed and by whom, under the label tongban (RFC 9421)"),
            _header("signature", "The signature, under the label tongban"),
        ],
        "requestBody": _body(request, f"At most {BODY_LIMIT} bytes"),
        "responses": {
            "200": _json("The signed reply, bound to this request", reply),
            **_refusals(_OF_A_MESSAGE),
            "405": _not_served(),
        },
    }


def _directory() -> Json:
    return {
        "operationId": "getDirectory",
        "parameters": [
            {**_header("if-none-match", "The version known already, in quotation marks"), "required": False}
        ],
        "responses": {
            "200": {
                "description": "The signed directory that the node goes by; its entity tag is its version",
                "headers": {"etag": {"schema": {"type": "string"}}},
                "content": {DIRECTORY_TYPE: {"schema": {"$ref": "#/components/schemas/SignedDocument"}}},
            },
            "304": {"description": "That version is in force"},
            **_refusals((Code.TRY_LATER,)),
        },
    }


def _offer() -> Json:
    return {
        "operationId": "offerDirectory",
        "requestBody": {
            "required": True,
            "content": {DIRECTORY_TYPE: {"schema": {"$ref": "#/components/schemas/SignedDocument"}}},
        },
        "responses": {
            "200": {
                "description": "The version in force now",
                "content": {
                    "application/json": {
                        "schema": {
                            "type": "object",
                            "properties": {"version": {"type": "integer", "minimum": 1}},
                            "required": ["version"],
                            "additionalProperties": False,
                        }
                    }
                },
            },
            **_refusals(_OF_A_DIRECTORY),
        },
    }


def _evidence_type() -> Json:
    return {
        "operationId": "getEvidenceType",
        "parameters": [{"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {
            "200": {
                "description": "The JSON Schema of the records of this evidence type",
                "content": {"application/schema+json": {"schema": {"type": "object"}}},
            },
            "404": _not_served(),
            **_refusals((Code.TRY_LATER,)),
        },
    }


def _health(operation: str) -> Json:
    states = {
        "type": "object",
        "properties": {"status": {"enum": ["ok", "unavailable"]}},
        "required": ["status"],
    }
    content = {"application/json": {"schema": states}}
    return {
        "operationId": operation,
        "responses": {
            "200": {"description": "The node works", "content": content},
            "503": {"description": "Its database does not answer", "content": content},
        },
    }


def _alive() -> Json:
    state = {"type": "object", "properties": {"status": {"const": "ok"}}, "required": ["status"]}
    content = {"application/json": {"schema": state}}
    return {
        "operationId": "getLiveness",
        "responses": {"200": {"description": "The process answers", "content": content}},
    }


def _this_document() -> Json:
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "getOpenApi",
        "responses": {"200": {"description": "This document", "content": content}},
    }


def _header(name: str, description: str) -> Json:
    schema = {"type": "string", "minLength": 1}
    return {"name": name, "in": "header", "required": True, "description": description, "schema": schema}


def _body(schema: str, description: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"required": True, "description": description, "content": content}


def _json(description: str, schema: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _refusals(codes: tuple[Code, ...]) -> Json:
    by_status: dict[str, list[Code]] = {}
    for code in codes:
        by_status.setdefault(str(MEANINGS[code].status), []).append(code)
    return {
        status: _json(" / ".join(f"{code.value}: {MEANINGS[code].sentence.en}" for code in listed), "Refusal")
        for status, listed in sorted(by_status.items())
    }


def _not_served() -> Json:
    schema = {
        "type": "object",
        "properties": {"status": {"type": "integer"}, "see": {"type": "string"}},
        "required": ["status", "see"],
    }
    return {"description": "Not served here", "content": {"application/json": {"schema": schema}}}
