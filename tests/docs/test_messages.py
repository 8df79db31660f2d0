"""The example in the reference of messages is byte for byte what the protocol makes of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tongban.protocol import (
    CONTRIBUTION_SPELLS,
    AgencyEntry,
    Directory,
    Evidence,
    EvidenceAnswer,
    EvidenceRequest,
    HttpRequest,
    HttpResponse,
    NodeEntry,
    Question,
    SigningKey,
    StatuteBasis,
    Text,
    encode,
    key_entry,
    open_reply,
    seal_reply,
    seal_request,
)
from tongban.protocol.conversation import authenticate

REFERENCE = (Path(__file__).parents[2] / "docs" / "reference" / "messages.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FIELDS = ("place", "from", "to", "kind")


def key(keyid: str, seed: int) -> SigningKey:
    """The key whose private half is 32 times the same byte; for examples only."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return SigningKey.from_pem(
        keyid, private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )


SICHUAN, CHONGQING = key("sichuan-2026", 1), key("chongqing-2026", 2)


def entry(name: str, jurisdiction: str, own: SigningKey) -> NodeEntry:
    return NodeEntry(
        id=name,
        jurisdiction=jurisdiction,
        title=Text(zh=name, en=name),
        gateway_url=f"https://{name}.example",
        keys=(key_entry(own, NOW - timedelta(days=1), NOW + timedelta(days=1)),),
    )


DIRECTORY = Directory(
    version=1,
    issued=NOW,
    nodes=(entry("sichuan", "510000", SICHUAN), entry("chongqing", "500000", CHONGQING)),
    agencies=(
        AgencyEntry(code="510100-yb", title=Text(zh="成都", en="Chengdu"), node="sichuan", place="510100"),
        AgencyEntry(
            code="500000-yb", title=Text(zh="重庆", en="Chongqing"), node="chongqing", place="500000"
        ),
    ),
    handles=(),
    holds=(),
    evidence_types=(CONTRIBUTION_SPELLS,),
    agreements=(),
)
QUESTION = EvidenceRequest(
    id=UUID("0f0e0d0c-0b0a-4908-8706-050403020100"),
    sender="sichuan",
    receiver="chongqing",
    sender_agency="510100-yb",
    receiver_agency="500000-yb",
    service="medical-retirement",
    case_ref="SC-2026-0000001",
    created=NOW,
    expires=NOW + timedelta(days=30),
    legal_basis=StatuteBasis(citation=Text(zh="社会保险法第三十二条", en="Social Insurance Law, article 32")),
    purpose=Text(zh="办理医保退休", en="Retirement with medical insurance"),
    body=Question(subject="11010519491231002X", evidence_type="contribution-spells", fields=FIELDS),
)
ANSWER = EvidenceAnswer(
    id=UUID("00010203-0405-4607-8809-0a0b0c0d0e0f"),
    in_reply_to=QUESTION.id,
    sender="chongqing",
    receiver="sichuan",
    sender_agency="500000-yb",
    receiver_agency="510100-yb",
    service="medical-retirement",
    case_ref="SC-2026-0000001",
    created=NOW,
    expires=QUESTION.expires,
    body=Evidence(
        evidence_type="contribution-spells",
        fields=FIELDS,
        records=({"place": "500000", "from": "2003-04", "to": "2012-12", "kind": "actual"},),
        as_of=NOW,
    ),
)


def delivery() -> HttpRequest:
    return seal_request(
        encode(QUESTION), "chongqing", DIRECTORY, SICHUAN, now=NOW, nonce="example-nonce-0001"
    )


def reply() -> HttpResponse:
    return seal_reply(ANSWER, delivery(), CHONGQING, now=NOW)


def as_text(first: str, message: HttpRequest | HttpResponse) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in message.headers), "", message.body.decode()]
    return "```http\n" + "\n".join(lines) + "\n```"


def test_the_request_is_the_one_shown() -> None:
    sent = delivery()
    assert as_text(f"{sent.method} {sent.path} HTTP/1.1\nhost: {sent.authority}", sent) in REFERENCE


def test_the_response_is_the_one_shown() -> None:
    assert as_text("HTTP/1.1 200 OK", reply()) in REFERENCE


def test_both_keys_are_the_ones_shown() -> None:
    for node in DIRECTORY.nodes:
        assert f"`{node.keys[0].keyid}` | `{node.keys[0].public_key}`" in REFERENCE


def test_the_example_is_taken_by_both_sides() -> None:
    assert authenticate(delivery(), DIRECTORY, "chongqing", now=NOW).message == QUESTION
    assert open_reply(reply(), delivery(), QUESTION, DIRECTORY, now=NOW) == ANSWER
