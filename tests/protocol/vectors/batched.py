"""Batches for the test vectors: two questions with their replies, and batches refused whole."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.protocol.vectors.documents import moment_text, request_document
from tests.protocol.vectors.federation import NOW, directory
from tests.protocol.vectors.refused import NONCE, Sender
from tongban import protocol
from tongban.protocol import Code, HttpRequest, HttpResponse, SigningKey
from tongban.protocol.batches import BATCHES_PATH, open_batch, seal_batch, seal_replies
from tongban.protocol.signature import (
    REQUEST_COVER,
    RESPONSE_COVER,
    request_values,
    response_values,
    sign_request,
    signature_base,
)

RECORDS: tuple[dict[str, str | int], ...] = ({"place": "500000", "from": "2003-04", "to": "2012-12"},)
ANSWER = UUID("00010203-0405-4607-8809-0a0b0c0d0e10")
MANY = [f"{n:03}" for n in range(129)]
UNCOVERED = UUID("0f0e0d0c-0b0a-4908-8706-050403020101")


def batches_document(keys: dict[str, SigningKey]) -> dict[str, Any]:
    """One batch with its replies, and batches that the node chongqing must refuse as a whole."""
    sender = Sender(keys, directory(keys))
    request, response = _exchange(sender)
    return {
        "now": moment_text(NOW),
        "receiver": "chongqing",
        "exchange": {
            "request": request_document(request),
            "request_signature_base": _base(request, request_values(request), REQUEST_COVER),
            "response": {
                "status": response.status,
                "headers": [list(pair) for pair in response.headers],
                "body": response.body.decode(),
            },
            "response_signature_base": _base(response, response_values(response, request), RESPONSE_COVER),
        },
        "refused": [
            {"name": name, "request": request_document(refused), "code": code.value, "path": path}
            for name, refused, code, path in _refused(sender)
        ],
    }


def _exchange(sender: Sender) -> tuple[HttpRequest, HttpResponse]:
    good = sender.body()
    uncovered = sender.body(id=UNCOVERED, service="school-enrolment")
    request = seal_batch(
        [good, uncovered],
        "chongqing",
        sender.directory,
        sender.keys["sichuan-ed25519"],
        now=NOW,
        nonce=NONCE,
    )
    opened = open_batch(request, sender.directory, "chongqing", now=NOW)
    received = [
        protocol.authenticate_body(body, opened.verified, sender.directory, "chongqing")
        for body in opened.bodies
    ]
    later = NOW + timedelta(seconds=1)
    answer = protocol.answer(received[0].message, RECORDS, later).model_copy(update={"id": ANSWER})
    refused = protocol.Refused(Code.NOT_COVERED, "service", "no agreement between the two agencies")
    refusal = protocol.refusal(refused, "chongqing", UNCOVERED, later)
    replies = [protocol.encode(answer), protocol.encode(refusal)]
    key = sender.keys["chongqing-ed25519"]
    return request, seal_replies(replies, "chongqing", request, key, now=later)


def _refused(sender: Sender) -> list[tuple[str, HttpRequest, Code, str]]:
    body = sender.body().decode()
    return [
        ("no message", _signed(sender, messages=[]), Code.SCHEMA_VIOLATED, "messages"),
        ("a message twice", _signed(sender, messages=[body, body]), Code.SCHEMA_VIOLATED, "messages"),
        ("not as text", _signed(sender, messages=[json.loads(body)]), Code.SCHEMA_VIOLATED, "messages.0"),
        (
            "one too many",
            _signed(sender, messages=[f"{n:03}" for n in range(129)]),
            Code.SCHEMA_VIOLATED,
            "messages",
        ),
        ("an unknown member", _signed(sender, messages=[body], more=1), Code.SCHEMA_VIOLATED, "body"),
        ("another version", _signed(sender, messages=[body], version="2"), Code.UNKNOWN_VERSION, "version"),
        ("another kind", _signed(sender, messages=[body], kind="batches"), Code.UNKNOWN_KIND, "kind"),
    ]


def _signed(sender: Sender, **members: object) -> HttpRequest:
    document = {"version": "1", "kind": "batch"} | members
    body = json.dumps(document, ensure_ascii=False).encode()
    headers = (("content-type", "application/json"),)
    unsigned = HttpRequest("POST", "chongqing.example", BATCHES_PATH, headers, body)
    return sign_request(unsigned, sender.keys["sichuan-ed25519"], now=NOW, nonce=NONCE)


def _base(message: HttpRequest | HttpResponse, values: tuple[str, ...], cover: tuple[str, ...]) -> str:
    parameters = dict(message.headers)["signature-input"].removeprefix("tongban=")
    return signature_base(cover, values, parameters).decode()
