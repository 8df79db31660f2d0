"""The gateway's OpenAPI 3.1 document: its addresses, the messages' schemas, every refusal.

Made from the protocol's own models and table of refusals, so that it cannot say anything else than they do.
"""

from functools import cache

from pydantic.json_schema import models_json_schema

from tongban import __version__
from tongban.gateway.openapi_attachments import ATTACHMENT_MODELS, attachment_paths
from tongban.gateway.openapi_log import log_paths
from tongban.gateway.openapi_parts import Json, body, header, json_of, not_served, refusals, signed
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
from tongban.protocol.batches import BATCHES_PATH, Batch, BatchReplies
from tongban.protocol.conversations import CONVERSATIONS_PATH, Receipt
from tongban.protocol.conversations.memories import RecallAsked, Remembered
from tongban.protocol.conversations.messages import MODELS
from tongban.protocol.recall import RECALL_PATH, Recall, Recalled

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
            BATCHES_PATH: {"post": _message("askForEvidenceTogether", "Batch", "BatchReplies")},
            CONVERSATIONS_PATH: {"post": _message("sayInConversation", "Utterance", "Receipt")},
            RECALL_PATH: {"post": _message("recallWhatCrossed", "AnyRecall", "AnyRecalled")},
            "/directory": {"get": _directory(), "post": _offer()},
            "/evidence-types/{name}": {"get": _evidence_type()},
            "/health": {"get": _health("getHealth")},
            "/health/ready": {"get": _health("getReadiness")},
            "/health/live": {"get": _alive()},
            "/openapi.json": {"get": _this_document()},
            **attachment_paths(_OF_A_MESSAGE),
            **log_paths(),
        },
        "components": {"schemas": _schemas()},
    }


def _schemas() -> Json:
    models = (
        EvidenceRequest,
        EvidenceAnswer,
        Refusal,
        Batch,
        BatchReplies,
        Receipt,
        Recall,
        Recalled,
        RecallAsked,
        Remembered,
        SignedDocument,
        *_UTTERANCES,
        *ATTACHMENT_MODELS,
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
        "parameters": signed(),
        "requestBody": body(request, f"At most {BODY_LIMIT} bytes"),
        "responses": {
            "200": json_of("The signed reply, bound to this request", reply),
            **refusals(_OF_A_MESSAGE),
            "405": not_served(),
        },
    }


def _directory() -> Json:
    return {
        "operationId": "getDirectory",
        "parameters": [
            {**header("if-none-match", "The version known already, in quotation marks"), "required": False}
        ],
        "responses": {
            "200": {
                "description": "The signed directory that the node goes by; its entity tag is its version",
                "headers": {"etag": {"schema": {"type": "string"}}},
                "content": {DIRECTORY_TYPE: {"schema": {"$ref": "#/components/schemas/SignedDocument"}}},
            },
            "304": {"description": "That version is in force"},
            **refusals((Code.TRY_LATER,)),
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
            **refusals(_OF_A_DIRECTORY),
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
            "404": not_served(),
            **refusals((Code.TRY_LATER,)),
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
