"""Requests that must be refused, each made from the good question by one change."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.protocol.vectors.federation import NOW, consent, question
from tongban import protocol
from tongban.protocol import Code, HttpRequest, SigningKey
from tongban.protocol.signature import sign_request

NONCE = "example-nonce-0001"


@dataclass(frozen=True)
class Refused:
    """A request, and why it is refused."""

    name: str
    request: HttpRequest
    code: Code
    path: str


@dataclass(frozen=True)
class Sender:
    """Sichuan, able to send anything."""

    keys: dict[str, SigningKey]
    directory: protocol.Directory

    def basis(self, **changes: object) -> protocol.ConsentBasis:
        signed = protocol.sign_consent(consent(**changes), self.keys["sichuan-ed25519"])
        return protocol.ConsentBasis(consent=signed)

    def body(self, **changes: object) -> bytes:
        return protocol.encode(question(self.basis(), **changes))

    def members(self, **changes: object) -> bytes:
        return json.dumps(json.loads(self.body()) | changes, ensure_ascii=False).encode()

    def send(
        self,
        body: bytes,
        key: str = "sichuan-ed25519",
        *,
        authority: str = "chongqing.example",
        now: datetime = NOW,
        nonce: str = NONCE,
    ) -> HttpRequest:
        unsigned = HttpRequest(
            "POST",
            authority,
            protocol.MESSAGES_PATH,
            (("content-type", "application/json"),),
            body,
        )
        return sign_request(unsigned, self.keys[key], now=now, nonce=nonce)

    def altered(self, name: str, change: Callable[[str], str]) -> HttpRequest:
        sent = self.send(self.body())
        headers = tuple((n, change(v) if n == name else v) for n, v in sent.headers)
        return sent._replace(headers=headers)


def refused_requests(sender: Sender) -> Iterator[Refused]:
    """Every case, in the order in which a receiver checks."""
    good = sender.body()
    send = sender.send
    yield Refused(
        "sent to another host", send(good, authority="sichuan.example"), Code.WRONG_RECEIVER, "header host"
    )
    yield Refused(
        "no content type that is JSON",
        sender.altered("content-type", lambda _v: "text/plain"),
        Code.MALFORMED,
        "header content-type",
    )
    yield Refused(
        "signature-input is no structured dictionary",
        sender.altered("signature-input", lambda v: v.replace("tongban=(", "tongban=((")),
        Code.MALFORMED,
        "header signature-input",
    )
    yield Refused(
        "signature is no byte sequence",
        sender.altered("signature", lambda _v: 'tongban="abc"'),
        Code.MALFORMED,
        "header signature",
    )
    yield Refused(
        "the digest is not covered",
        sender.altered("signature-input", lambda v: v.replace(' "content-digest"', "")),
        Code.BAD_SIGNATURE,
        "header signature-input",
    )
    yield Refused(
        "the nonce is too short", send(good, nonce="short"), Code.MALFORMED, "signature parameter nonce"
    )
    yield Refused(
        "the signature has expired",
        send(good, now=NOW - timedelta(minutes=7)),
        Code.EXPIRED,
        "signature parameter expires",
    )
    yield Refused(
        "the signature is dated in the future",
        send(good, now=NOW + timedelta(minutes=2)),
        Code.NOT_YET_VALID,
        "signature parameter created",
    )
    for keyid in ("stranger", "sichuan-revoked", "sichuan-expired", "sichuan-log"):
        path = "signature parameter keyid"
        yield Refused(f"signed with the key {keyid}", send(good, keyid), Code.UNKNOWN_KEY, path)
    yield Refused(
        "the message names another algorithm",
        sender.altered("signature-input", lambda v: f'{v};alg="sm2-sm3"'),
        Code.BAD_SIGNATURE,
        "signature parameter alg",
    )
    yield Refused(
        "the body was changed",
        send(good)._replace(body=good + b" "),
        Code.BAD_DIGEST,
        "header content-digest",
    )
    other = base64.b64encode(sender.keys["stranger"].sign(b"something else")).decode()
    yield Refused(
        "the signature is another's",
        sender.altered("signature", lambda _v: f"tongban=:{other}:"),
        Code.BAD_SIGNATURE,
        "header signature",
    )
    yield from _refused_bodies(sender)


def _refused_bodies(sender: Sender) -> Iterator[Refused]:
    send, members = sender.send, sender.members
    yield Refused("no JSON", send(b"{"), Code.MALFORMED, "body")
    twice = sender.body().replace(b'{"version"', b'{"version":"1","version"', 1)
    yield Refused("a member stands twice", send(twice), Code.MALFORMED, "body")
    yield Refused("another version", send(members(version="2")), Code.UNKNOWN_VERSION, "version")
    yield Refused("another kind", send(members(kind="greeting")), Code.UNKNOWN_KIND, "kind")
    demanding = members(extensions={"urgency": 3}, critical=["urgency"])
    yield Refused("an extension is demanded", send(demanding), Code.UNKNOWN_CRITICAL, "critical[0]")
    yield Refused("an unknown member", send(members(priority=1)), Code.SCHEMA_VIOLATED, "body")
    yield Refused("a number where text stands", send(members(service=7)), Code.SCHEMA_VIOLATED, "service")
    yield Refused("for another node", send(members(receiver="sichuan")), Code.WRONG_RECEIVER, "receiver")
    yield Refused("from another node", send(members(sender="chongqing")), Code.UNKNOWN_KEY, "sender")
    yield Refused("from nobody", send(members(sender="nobody")), Code.UNKNOWN_SENDER, "sender")
    past = sender.body(expires=NOW - timedelta(seconds=1))
    yield Refused("the message has expired", send(past), Code.EXPIRED, "expires")
    future = sender.body(created=NOW + timedelta(minutes=2))
    yield Refused("the message is dated in the future", send(future), Code.NOT_YET_VALID, "created")
    wide = protocol.Question(
        subject="11010519491231002X", evidence_type="contribution-spells", fields=("place", "kind")
    )
    yield Refused(
        "a field that the agreement does not list",
        send(sender.body(body=wide)),
        Code.NOT_COVERED,
        "body.fields[1]",
    )
    yield Refused(
        "a service that no agreement names",
        send(members(service="housing-loan")),
        Code.NOT_COVERED,
        "service",
    )
    by_statute = protocol.StatuteBasis(citation=protocol.Text(zh="某法第一条", en="Some Act, art. 1"))
    yield Refused(
        "a statute where consent is agreed",
        send(sender.body(legal_basis=by_statute)),
        Code.CONSENT_MISSING,
        "legal_basis",
    )
    ended = sender.basis(expires=NOW - timedelta(seconds=1))
    yield Refused(
        "the consent has expired",
        send(sender.body(legal_basis=ended)),
        Code.CONSENT_EXPIRED,
        "legal_basis.consent.expires",
    )
    for name, value in (
        ("case_ref", "SC-2026-0000002"),
        ("service", "other"),
        ("subject", "51010419760214002X"),
    ):
        elsewhere = sender.basis(**{name: value})
        yield Refused(
            f"the consent has another {name}",
            send(sender.body(legal_basis=elsewhere)),
            Code.CONSENT_MISMATCH,
            f"legal_basis.consent.{name}",
        )
