"""Two sides that may ask each other: keys, directory, a question with consent, ready to be bent by a test."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from tongban import protocol
from tongban.protocol import Text

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SUBJECT = "51010419760214002X"
FIELDS = ("place", "from", "to", "kind")
NONCE = "nonce-for-one-delivery"

FEDERATION_KEY = protocol.new_signing_key("federation-2026")
SICHUAN_KEY = protocol.new_signing_key("sichuan-2026")
CHONGQING_KEY = protocol.new_signing_key("chongqing-2026")
STRANGER_KEY = protocol.new_signing_key("stranger-2026")


LOG_KEY = protocol.new_signing_key("sichuan-log")


def with_log_key(
    known: protocol.Directory, key: protocol.SigningKey = LOG_KEY, around: datetime = NOW
) -> protocol.Directory:
    """The directory in which Sichuan's log has a key of its own."""
    start, end = around - timedelta(days=1), around + timedelta(days=300)
    entry = protocol.key_entry(key, start, end, use=protocol.KeyUse.LOG)
    nodes = [
        node.model_copy(update={"keys": (*node.keys, entry)}) if node.id == "sichuan" else node
        for node in known.nodes
    ]
    return known.model_copy(update={"nodes": tuple(nodes)})


def text(words: str) -> Text:
    return Text(zh=words, en=words)


def directory(version: int = 1, around: datetime = NOW) -> protocol.Directory:
    """The two sides' directory, its keys and agreements in force `around` a moment."""
    key_from, key_until = around - timedelta(days=30), around + timedelta(days=300)
    start, end = (around - timedelta(days=300)).date(), (around + timedelta(days=400)).date()

    def node(node_id: str, place: str, key: protocol.SigningKey) -> protocol.NodeEntry:
        return protocol.NodeEntry(
            id=node_id,
            jurisdiction=place,
            title=text(node_id),
            gateway_url=f"http://{node_id}.example:8200",
            keys=(protocol.key_entry(key, key_from, key_until),),
        )

    def agency(code: str, node_id: str, place: str) -> protocol.AgencyEntry:
        return protocol.AgencyEntry(code=code, title=text(code), node=node_id, place=place)

    return protocol.Directory(
        version=version,
        issued=key_from,
        nodes=(node("sichuan", "510000", SICHUAN_KEY), node("chongqing", "500000", CHONGQING_KEY)),
        agencies=tuple(
            agency(f"{place}-{field}", node_id, place)
            for node_id, place in (("sichuan", "510100"), ("chongqing", "500000"))
            for field in ("yb", "rs")
        ),
        handles=(
            protocol.Handles(
                service="medical-retirement", place="510100", agency="510100-yb", valid_from=start
            ),
        ),
        holds=(
            protocol.Holds(
                evidence_type="contribution-spells", place="500000", agency="500000-yb", valid_from=start
            ),
        ),
        evidence_types=(protocol.CONTRIBUTION_SPELLS,),
        agreements=(
            protocol.Agreement(
                id="CY-2026-01",
                title=text("agreement"),
                asking_agency="510100-yb",
                holding_agency="500000-yb",
                service="medical-retirement",
                evidence_type="contribution-spells",
                fields=FIELDS,
                legal_bases=("consent",),
                valid_from=start,
                valid_to=end,
            ),
        ),
    )


def consent(at: datetime = NOW, **changes: object) -> protocol.Consent:
    given = protocol.Consent(
        id=UUID(int=7),
        subject=SUBJECT,
        asking_agency="510100-yb",
        holding_agency="500000-yb",
        service="medical-retirement",
        case_ref="SC-2026-000001",
        evidence_type="contribution-spells",
        fields=FIELDS,
        purpose=text("count the months"),
        given_at=at - timedelta(minutes=1),
        expires=at + timedelta(days=30),
    )
    return given.model_copy(update=changes)


def by_consent(given: protocol.Consent, key: protocol.SigningKey = SICHUAN_KEY) -> protocol.ConsentBasis:
    return protocol.ConsentBasis(consent=protocol.sign_consent(given, key))


def question(at: datetime = NOW, **changes: object) -> protocol.EvidenceRequest:
    asked = protocol.EvidenceRequest(
        id=UUID(int=1),
        sender="sichuan",
        receiver="chongqing",
        sender_agency="510100-yb",
        receiver_agency="500000-yb",
        service="medical-retirement",
        case_ref="SC-2026-000001",
        created=at - timedelta(minutes=1),
        expires=at + timedelta(days=30),
        legal_basis=by_consent(consent(at)),
        purpose=text("count the months"),
        body=protocol.Question(subject=SUBJECT, evidence_type="contribution-spells", fields=FIELDS),
    )
    return asked.model_copy(update=changes)


RECORDS: tuple[dict[str, str | int], ...] = (
    {"place": "500000", "from": "2003-04", "to": "2012-12", "kind": "actual"},
)


@dataclass(frozen=True)
class Delivery:
    """A request on its way from Sichuan to Chongqing."""

    request: protocol.HttpRequest

    def with_header(self, name: str, value: str) -> "Delivery":
        headers = tuple((n, value if n == name else v) for n, v in self.request.headers)
        return Delivery(self.request._replace(headers=headers))

    def without_header(self, name: str) -> "Delivery":
        headers = tuple((n, v) for n, v in self.request.headers if n != name)
        return Delivery(self.request._replace(headers=headers))

    def header(self, name: str) -> str:
        return dict(self.request.headers)[name]

    def received(self, at: datetime = NOW) -> protocol.Authenticated:
        return protocol.authenticate(self.request, directory(), "chongqing", now=at)


def signed_by_hand(parameters: str) -> Delivery:
    """A delivery whose signature is valid over just these parameters, put together without the library."""
    sent = deliver()
    values = {
        "@method": "POST",
        "@authority": sent.request.authority,
        "@path": sent.request.path,
        "content-type": "application/json",
        "content-digest": sent.header("content-digest"),
    }
    cover = " ".join(f'"{name}"' for name in values)
    lines = [f'"{name}": {value}' for name, value in values.items()]
    base = "\n".join([*lines, f'"@signature-params": ({cover}){parameters}'])
    signature = base64.b64encode(SICHUAN_KEY.sign(base.encode())).decode()
    foreign = sent.with_header("signature-input", f"tongban=({cover}){parameters}")
    return foreign.with_header("signature", f"tongban=:{signature}:")


def deliver(
    body: bytes | None = None,
    *,
    key: protocol.SigningKey = SICHUAN_KEY,
    at: datetime = NOW,
    receiver: str = "chongqing",
    nonce: str = NONCE,
) -> Delivery:
    bytes_sent = protocol.encode(question()) if body is None else body
    sealed = protocol.seal_request(bytes_sent, receiver, directory(around=at), key, now=at, nonce=nonce)
    return Delivery(sealed)
