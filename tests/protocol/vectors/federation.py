"""The federation of the test vectors: two nodes with a key in every suite, one agreement, one question."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from tongban import protocol
from tongban.protocol import Directory, KeyEntry, KeyUse, SigningKey, Suite, Text

FOLDER = Path(__file__).parent
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
KEYS_FROM, KEYS_UNTIL = datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
SUBJECT = "11010519491231002X"
"""The sample number of the standard GB 11643."""
FIELDS = ("place", "from", "to", "kind")
TITLE = Text(zh="样例", en="Sample")
PURPOSE = Text(zh="办理医保退休", en="Retirement with medical insurance")
SHORT_NAMES = {Suite.ED25519: "ed25519", Suite.ES256: "p256", Suite.SM2: "sm2"}


def key_names() -> dict[str, Suite]:
    """Every key of the vectors with its suite."""
    both = {f"{node}-{SHORT_NAMES[suite]}": suite for node in ("sichuan", "chongqing") for suite in Suite}
    others = ("federation", "stranger", "sichuan-revoked", "sichuan-expired", "sichuan-log")
    return both | dict.fromkeys(others, Suite.ED25519)


def stored_keys() -> dict[str, SigningKey]:
    """The keys of keys.json."""
    listed = json.loads((FOLDER / "keys.json").read_text(encoding="utf-8"))["keys"]
    return {key["keyid"]: SigningKey.from_pem(key["keyid"], key["private_key"].encode()) for key in listed}


def directory(keys: dict[str, SigningKey], version: int = 2) -> Directory:
    """The directory in force."""
    return Directory(
        version=version,
        issued=KEYS_FROM,
        federation_keys=(protocol.key_entry(keys["federation"], KEYS_FROM, KEYS_UNTIL),),
        nodes=(_node("sichuan", "510000", keys), _node("chongqing", "500000", keys)),
        agencies=(
            protocol.AgencyEntry(code="510100-yb", title=TITLE, node="sichuan", place="510100"),
            protocol.AgencyEntry(code="500000-yb", title=TITLE, node="chongqing", place="500000"),
        ),
        handles=(),
        holds=(
            protocol.Holds(
                evidence_type="contribution-spells",
                place="500000",
                agency="500000-yb",
                valid_from=date(2026, 1, 1),
            ),
        ),
        evidence_types=(protocol.CONTRIBUTION_SPELLS,),
        agreements=(
            protocol.Agreement(
                id="SAMPLE-1",
                title=TITLE,
                asking_agency="510100-yb",
                holding_agency="500000-yb",
                service="medical-retirement",
                evidence_type="contribution-spells",
                fields=("place", "from", "to"),
                legal_bases=("consent",),
                valid_from=date(2026, 1, 1),
            ),
        ),
    )


def _node(name: str, jurisdiction: str, keys: dict[str, SigningKey]) -> protocol.NodeEntry:
    return protocol.NodeEntry(
        id=name,
        jurisdiction=jurisdiction,
        title=TITLE,
        gateway_url=f"https://{name}.example",
        keys=tuple(_entry(key) for keyid, key in keys.items() if keyid.startswith(name)),
    )


def _entry(key: SigningKey) -> KeyEntry:
    entry = protocol.key_entry(key, KEYS_FROM, KEYS_UNTIL)
    changes: dict[str, dict[str, object]] = {
        "sichuan-revoked": {"revoked_at": NOW - timedelta(days=1)},
        "sichuan-expired": {"not_after": NOW - timedelta(days=1)},
        "sichuan-log": {"use": KeyUse.LOG},
    }
    return entry.model_copy(update=changes.get(key.keyid, {}))


def consent(**changes: object) -> protocol.Consent:
    """The consent to the question."""
    given = protocol.Consent(
        id=UUID("8f0a9f6e-5e0c-4a4e-9c39-0e2a3c9f7b10"),
        subject=SUBJECT,
        asking_agency="510100-yb",
        holding_agency="500000-yb",
        service="medical-retirement",
        case_ref="SC-2026-0000001",
        evidence_type="contribution-spells",
        fields=("place", "from", "to"),
        purpose=PURPOSE,
        given_at=NOW - timedelta(hours=1),
        expires=NOW + timedelta(days=30),
    )
    return given.model_copy(update=changes)


def question(basis: protocol.LegalBasis, **changes: object) -> protocol.EvidenceRequest:
    """The question about contribution spells."""
    asked = protocol.EvidenceRequest(
        id=UUID("0f0e0d0c-0b0a-4908-8706-050403020100"),
        sender="sichuan",
        receiver="chongqing",
        sender_agency="510100-yb",
        receiver_agency="500000-yb",
        service="medical-retirement",
        case_ref="SC-2026-0000001",
        created=NOW,
        expires=NOW + timedelta(days=30),
        legal_basis=basis,
        purpose=PURPOSE,
        body=protocol.Question(
            subject=SUBJECT, evidence_type="contribution-spells", fields=("place", "from", "to")
        ),
    )
    return asked.model_copy(update=changes)
