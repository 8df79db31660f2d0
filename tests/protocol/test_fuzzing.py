"""Broken copies of good input, a fixed number of them: each is read or refused, never anything else.

The seed is fixed, so a failure comes again; it prints the input that broke the parser.
"""

import base64
import json
import random
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import pytest

from tests.protocol.breaking import broken
from tests.protocol.vectors import making
from tests.protocol.vectors.federation import FOLDER, NOW, directory, stored_keys
from tongban import protocol
from tongban.protocol import (
    DirectoryError,
    HttpRequest,
    KeyFileError,
    Refused,
    SignedDocument,
    SigningKey,
    VerifyingKey,
)
from tongban.protocol.attachments import Offer
from tongban.protocol.dsse import DocumentError
from tongban.protocol.messages import read_document
from tongban.protocol.recall import Recall

BUDGET = 1500
KEYS = stored_keys()
DIRECTORY = directory(KEYS)
MESSAGES = json.loads((FOLDER / "messages.json").read_text(encoding="utf-8"))
EXCHANGE = MESSAGES["exchanges"][0]
REQUEST = making.request_of(EXCHANGE["request"])
RESPONSE = making.response_of(EXCHANGE["response"])
QUESTION = protocol.parse_request(REQUEST.body)
CONSENT = json.dumps(MESSAGES["consent"]["document"]).encode()
SIGNED = protocol.sign_directory(DIRECTORY, KEYS["federation"])


def broken_headers(request: HttpRequest, chance: random.Random) -> HttpRequest:
    """The request with one header broken, doubled or left out."""
    headers = list(request.headers)
    place = chance.randrange(len(headers))
    name, value = headers[place]
    match chance.randint(0, 3):
        case 0:
            del headers[place]
        case 1:
            headers.append((name, value))
        case _:
            headers[place] = (name, broken(value.encode(), chance).decode("latin-1"))
    return request._replace(headers=tuple(headers))


def open_consent(document: bytes) -> None:
    with suppress(DocumentError):
        protocol.open_consent(SignedDocument.from_json(document), DIRECTORY.node("sichuan").keys, NOW)


def open_any_payload(payload: bytes) -> None:
    """A directory that says something strange although the right key has signed it."""
    signed = protocol.SignedDocument.from_json(SIGNED)
    document = protocol.dsse.sign_document(signed.payload_type, payload, KEYS["federation"])
    protocol.open_directory(document.to_json(), KEYS["federation"].verifying_key)


def open_body(body: bytes) -> None:
    """A request that says something strange although the right key has signed it."""
    unsigned = REQUEST._replace(headers=(("content-type", "application/json"),), body=body)
    signed = protocol.signature.sign_request(unsigned, KEYS["sichuan-ed25519"], now=NOW, nonce="n" * 16)
    received = protocol.authenticate(signed, DIRECTORY, "chongqing", now=NOW)
    protocol.authorise(received.message, DIRECTORY, now=NOW)


OFFER = protocol.encode(
    Offer(
        id=UUID(int=3),
        sender="sichuan",
        receiver="chongqing",
        created=NOW,
        case_ref="SC-1",
        sha256="0" * 64,
        size=5,
    )
)
RECALL = protocol.encode(
    Recall(id=UUID(int=3), sender="sichuan", receiver="chongqing", created=NOW, since=NOW, skip=0)
)
PARSERS: dict[str, tuple[bytes, Callable[[bytes], object]]] = {
    "a question": (REQUEST.body, protocol.parse_request),
    "a question that is signed": (REQUEST.body, open_body),
    "an answer": (RESPONSE.body, protocol.parse_reply),
    "an offer of a file": (OFFER, lambda body: read_document(Offer, body)),
    "a recall": (RECALL, lambda body: read_document(Recall, body)),
    "a consent": (CONSENT, open_consent),
    "a directory": (
        SIGNED,
        lambda document: protocol.open_directory(document, KEYS["federation"].verifying_key),
    ),
    "a directory that is signed": (DIRECTORY.model_dump_json().encode(), open_any_payload),
    "a public key": (KEYS["sichuan-sm2"].verifying_key.to_json(), VerifyingKey.from_json),
    "a private key": (KEYS["sichuan-p256"].to_pem(), lambda pem: SigningKey.from_pem("one", pem)),
    "a private SM2 key": (KEYS["sichuan-sm2"].to_pem(), lambda pem: SigningKey.from_pem("one", pem)),
}


@pytest.mark.parametrize("parser", PARSERS)
def test_broken_input_is_read_or_refused(parser: str) -> None:
    good, parse = PARSERS[parser]
    chance = random.Random(parser)
    for _ in range(BUDGET):
        given = broken(good, chance)
        try:
            parse(given)
        except (Refused, DirectoryError, KeyFileError):
            continue
        except Exception as error:
            raise AssertionError(f"{parser}: {base64.b64encode(given).decode()}") from error


def test_a_request_with_broken_headers_is_taken_or_refused() -> None:
    chance = random.Random("headers")
    for _ in range(BUDGET):
        given = broken_headers(REQUEST, chance)
        try:
            protocol.authenticate(given, DIRECTORY, "chongqing", now=NOW)
        except Refused:
            continue
        except Exception as error:
            raise AssertionError(f"headers: {given.headers}") from error


def test_a_response_with_broken_headers_is_read_or_refused() -> None:
    chance = random.Random("response")
    for _ in range(BUDGET):
        broken_one = broken_headers(REQUEST._replace(headers=RESPONSE.headers), chance)
        try:
            protocol.open_reply(
                RESPONSE._replace(headers=broken_one.headers), REQUEST, QUESTION, DIRECTORY, now=NOW
            )
        except Refused:
            continue
        except Exception as error:
            raise AssertionError(f"headers: {broken_one.headers}") from error
