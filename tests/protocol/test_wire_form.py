"""What goes over the wire is what RFC 9421 and RFC 9530 say, put together here by hand."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime

from tests.protocol.federation_of_two import (
    CHONGQING_KEY,
    NOW,
    RECORDS,
    SICHUAN_KEY,
    SUBJECT,
    Delivery,
    deliver,
    question,
)
from tongban import protocol


def parameters_of(value: str) -> str:
    return value.removeprefix("tongban=")


def signature_of(value: str) -> bytes:
    found = re.fullmatch(r"tongban=:([A-Za-z0-9+/=]+):", value)
    assert found is not None
    return base64.b64decode(found[1])


def digest_of(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def test_the_signature_of_a_request_is_over_the_base_of_the_rfc() -> None:
    sent = deliver()
    parameters = parameters_of(sent.header("signature-input"))
    base = (
        '"@method": POST\n'
        '"@authority": chongqing.example:8200\n'
        '"@path": /exchange/v1/messages\n'
        '"content-type": application/json\n'
        f'"content-digest": {digest_of(sent.request.body)}\n'
        f'"@signature-params": {parameters}'
    )
    signature = signature_of(sent.header("signature"))
    assert SICHUAN_KEY.verifying_key.verifies(signature, base.encode())


def test_the_signature_of_a_response_covers_the_requests() -> None:
    sent = deliver()
    response = protocol.seal_reply(
        protocol.answer(question(), RECORDS, NOW), sent.request, CHONGQING_KEY, now=NOW
    )
    headers = dict(response.headers)
    base = (
        '"@status": 200\n'
        '"content-type": application/json\n'
        f'"content-digest": {digest_of(response.body)}\n'
        f'"signature";req;key="tongban": {sent.header("signature").removeprefix("tongban=")}\n'
        f'"content-digest";req: {digest_of(sent.request.body)}\n'
        f'"@signature-params": {parameters_of(headers["signature-input"])}'
    )
    assert CHONGQING_KEY.verifying_key.verifies(signature_of(headers["signature"]), base.encode())


def test_the_parameters_are_times_nonce_key_and_tag() -> None:
    created = int(NOW.timestamp())
    assert parameters_of(deliver().header("signature-input")) == (
        '("@method" "@authority" "@path" "content-type" "content-digest")'
        f";created={created};expires={created + 300}"
        ';keyid="sichuan-2026";tag="tongban-exchange";nonce="nonce-for-one-delivery"'
    )


def test_another_order_of_cover_and_parameters_is_as_good() -> None:
    sent = deliver()
    digest = digest_of(sent.request.body)
    created = int(NOW.timestamp())
    parameters = (
        '("content-digest" "@path" "@authority" "content-type" "@method")'
        f';tag="tongban-exchange";keyid="sichuan-2026";alg="ed25519";nonce="{"n" * 16}"'
        f";expires={created + 60};created={created}"
    )
    base = (
        f'"content-digest": {digest}\n"@path": /exchange/v1/messages\n'
        '"@authority": chongqing.example:8200\n"content-type": application/json\n"@method": POST\n'
        f'"@signature-params": {parameters}'
    )
    signature = base64.b64encode(SICHUAN_KEY.sign(base.encode())).decode()
    foreign: Delivery = sent.with_header("signature-input", f"tongban={parameters}").with_header(
        "signature", f"tongban=:{signature}:"
    )
    assert foreign.received().verified.nonce == "n" * 16


def test_the_body_is_plain_json_that_others_can_write() -> None:
    members = json.loads(protocol.encode(question()))
    assert members["version"] == "1"
    assert members["kind"] == "evidence-request"
    assert members["body"] == {
        "subject": SUBJECT,
        "evidence_type": "contribution-spells",
        "fields": ["place", "from", "to", "kind"],
    }
    assert datetime.fromisoformat(members["created"]).astimezone(UTC) == question().created


def test_a_signed_document_is_a_dsse_envelope() -> None:
    members = json.loads(protocol.encode(question()))["legal_basis"]["consent"]
    assert set(members) == {"payload", "payloadType", "signatures"}
    payload = base64.b64decode(members["payload"])
    kind = members["payloadType"].encode()
    signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    signature = base64.b64decode(members["signatures"][0]["sig"])
    assert SICHUAN_KEY.verifying_key.verifies(signature, signed)
