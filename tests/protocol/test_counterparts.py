"""Signed messages held against two other implementations of RFC 9421: one from npm, one from PyPI."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import InvalidSignature

from tests.counterparts.counterpart import ask
from tests.protocol.federation_of_two import RECORDS, directory, question
from tongban import protocol
from tongban.protocol import Directory, HttpRequest, HttpResponse, Refused, SigningKey, Suite

REQUEST_FIELDS = ["@method", "@authority", "@path", "content-type", "content-digest"]
RESPONSE_FIELDS = [
    "@status",
    "content-type",
    "content-digest",
    '"signature";req;key="tongban"',
    '"content-digest";req',
]
suites = pytest.mark.parametrize("suite", list(Suite))
registered = pytest.mark.parametrize("suite", [Suite.ED25519, Suite.ES256])


@pytest.fixture
def now() -> datetime:
    """The other implementations look at the machine's clock themselves, and a signature lives for minutes."""
    return datetime.now(UTC).replace(microsecond=0)


@cache
def key(node: str, suite: Suite) -> SigningKey:
    return protocol.new_signing_key(f"{node}-2026", suite)


def listing(suite: Suite, now: datetime) -> Directory:
    known = directory(around=now)

    def with_key(node: protocol.NodeEntry) -> protocol.NodeEntry:
        old = node.keys[0]
        entry = protocol.key_entry(key(node.id, suite), old.not_before, old.not_after)
        return node.model_copy(update={"keys": (entry,)})

    return known.model_copy(update={"nodes": tuple(with_key(node) for node in known.nodes)})


def sent(suite: Suite, now: datetime) -> HttpRequest:
    return protocol.seal_request(
        protocol.encode(question(at=now)),
        "chongqing",
        listing(suite, now),
        key("sichuan", suite),
        now=now,
        nonce="n" * 22,
    )


def answered(request: HttpRequest, suite: Suite, now: datetime) -> HttpResponse:
    reply = protocol.answer(question(at=now), RECORDS, now)
    return protocol.seal_reply(reply, request, key("chongqing", suite), now=now)


def as_message(message: HttpRequest | HttpResponse) -> dict[str, Any]:
    """The message as a client of another make holds it."""
    shown: dict[str, Any] = {"headers": dict(message.headers), "body": message.body.decode()}
    if isinstance(message, HttpRequest):
        return shown | {"method": message.method, "url": f"http://{message.authority}{message.path}"}
    return shown | {"status": message.status}


def public(signing: SigningKey) -> dict[str, str]:
    if signing.suite is Suite.SM2:
        return {"id": signing.keyid, "alg": signing.suite.value, "public": signing.public_key.hex()}
    pem = load_pem_private_key(signing.to_pem(), None).public_key()
    text = pem.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return {"id": signing.keyid, "alg": signing.suite.value, "public": text}


def private(signing: SigningKey) -> dict[str, str]:
    held = signing.to_pem().decode()
    if signing.suite is Suite.SM2:
        command = ["openssl", "pkey", "-noout", "-text"]
        done = subprocess.run(command, input=held, capture_output=True, text=True, check=True)
        scalar = done.stdout.partition("priv:")[2].partition("pub:")[0]
        held = "".join(scalar.split()).replace(":", "")
    return {"id": signing.keyid, "alg": signing.suite.value, "private": held}


def parameters(signing: SigningKey, now: datetime, nonce: str | None = None) -> dict[str, Any]:
    created = int(now.timestamp())
    known = {"created": created, "expires": created + 300, "keyid": signing.keyid, "tag": "tongban-exchange"}
    return known | ({"nonce": nonce} if nonce else {})


@suites
def test_npm_verifies_what_is_signed_here(suite: Suite, now: datetime) -> None:
    request = sent(suite, now)
    response = answered(request, suite, now)
    changed = response._replace(status=201)
    said = ask(
        "messages.mjs",
        {
            "verify": [
                {"message": as_message(request), "key": public(key("sichuan", suite))},
                {
                    "message": as_message(response),
                    "request": as_message(request),
                    "key": public(key("chongqing", suite)),
                },
                {
                    "message": as_message(changed),
                    "request": as_message(request),
                    "key": public(key("chongqing", suite)),
                },
            ]
        },
    )
    good = {"is_signed": True, "is_digest": True}
    assert said == {"verify": [good, good, good | {"is_signed": False}], "sign": []}


@suites
def test_what_npm_signs_verifies_here(suite: Suite, now: datetime) -> None:
    plain = {
        "method": "POST",
        "url": "http://chongqing.example:8200/exchange/v1/messages",
        "headers": {"content-type": "application/json"},
        "body": protocol.encode(question(at=now)).decode(),
    }
    asked = {
        "message": plain,
        "fields": REQUEST_FIELDS,
        "params": parameters(key("sichuan", suite), now, "a nonce of another make"),
        "key": private(key("sichuan", suite)),
    }
    said: Any = ask("messages.mjs", {"sign": [asked]})
    request = HttpRequest(
        "POST",
        "chongqing.example:8200",
        protocol.MESSAGES_PATH,
        tuple(said["sign"][0].items()),
        protocol.encode(question(at=now)),
    )
    received = protocol.authenticate(request, listing(suite, now), "chongqing", now=now)
    assert received.message == question(at=now)
    assert received.verified.nonce == "a nonce of another make"


@suites
def test_an_answer_that_npm_signs_is_read_here(suite: Suite, now: datetime) -> None:
    request, reply = sent(suite, now), protocol.answer(question(at=now), RECORDS, now)
    plain = {
        "status": 200,
        "headers": {"content-type": "application/json"},
        "body": protocol.encode(reply).decode(),
    }
    asked = {
        "message": plain,
        "request": as_message(request),
        "fields": RESPONSE_FIELDS,
        "params": parameters(key("chongqing", suite), now),
        "key": private(key("chongqing", suite)),
    }
    said: Any = ask("messages.mjs", {"sign": [asked]})
    response = HttpResponse(200, tuple(said["sign"][0].items()), protocol.encode(reply))
    assert protocol.open_reply(response, request, question(at=now), listing(suite, now), now=now) == reply


@dataclass
class Message:
    """A message as the PyPI library takes it."""

    headers: dict[str, str]
    method: str
    url: str


@dataclass
class Reply:
    """A response as the PyPI library takes it."""

    headers: dict[str, str]
    status_code: int
    request: Message


class Keys(HTTPSignatureKeyResolver):
    """The keys of both sides in one suite."""

    def __init__(self, suite: Suite) -> None:
        self.suite = suite

    def resolve_public_key(self, key_id: str) -> bytes:
        return public(key(key_id.removesuffix("-2026"), self.suite))["public"].encode()

    def resolve_private_key(self, key_id: str) -> bytes:
        return key(key_id.removesuffix("-2026"), self.suite).to_pem()


ALGORITHMS = {Suite.ED25519: algorithms.ED25519, Suite.ES256: algorithms.ECDSA_P256_SHA256}


def verifier(suite: Suite) -> HTTPMessageVerifier:
    return HTTPMessageVerifier(signature_algorithm=ALGORITHMS[suite], key_resolver=Keys(suite))


def view(request: HttpRequest) -> Message:
    url = f"http://{request.authority}{request.path}"
    return Message(dict(request.headers), request.method, url)


@registered
def test_the_pypi_library_verifies_what_is_signed_here(suite: Suite, now: datetime) -> None:
    request = sent(suite, now)
    response = answered(request, suite, now)
    seen = verifier(suite).verify(view(request), expect_tag="tongban-exchange", body=request.body)
    assert len(seen) == 1
    reply = Reply(dict(response.headers), response.status, view(request))
    assert len(verifier(suite).verify(reply, expect_tag="tongban-exchange", body=response.body)) == 1


@registered
def test_the_pypi_library_and_this_one_refuse_the_same_reply(suite: Suite, now: datetime) -> None:
    request = sent(suite, now)
    forged = answered(request, suite, now)._replace(status=500)
    reply = Reply(dict(forged.headers), forged.status, view(request))
    with pytest.raises(InvalidSignature):
        verifier(suite).verify(reply, expect_tag="tongban-exchange", body=forged.body)
    with pytest.raises(Refused):
        protocol.open_reply(forged, request, question(at=now), listing(suite, now), now=now)


@registered
def test_what_the_pypi_library_signs_verifies_here(suite: Suite, now: datetime) -> None:
    body = protocol.encode(question(at=now))
    message = Message(
        {"content-type": "application/json"}, "POST", "http://chongqing.example:8200/exchange/v1/messages"
    )
    signer = HTTPMessageSigner(signature_algorithm=ALGORITHMS[suite], key_resolver=Keys(suite))
    signer.sign(
        message,
        key_id="sichuan-2026",
        created=now,
        expires=now + timedelta(seconds=200),
        nonce="n" * 30,
        label="tongban",
        tag="tongban-exchange",
        covered_component_ids=("@method", "@authority", "@path", "content-type"),
        body=body,
    )
    headers = tuple((name.lower(), value) for name, value in message.headers.items())
    request = HttpRequest("POST", "chongqing.example:8200", protocol.MESSAGES_PATH, headers, body)
    assert protocol.authenticate(request, listing(suite, now), "chongqing", now=now).message == question(
        at=now
    )
