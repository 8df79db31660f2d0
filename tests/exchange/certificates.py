"""Certificates with their scans, which a department gives as evidence."""

import hashlib
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.pages.files import pdf
from tests.protocol.federation_of_two import SUBJECT, text
from tongban import protocol
from tongban.node.exchange import attachments
from tongban.node.exchange.attachments import Attachments
from tongban.protocol import EvidenceField, EvidenceType, Shape
from tongban.protocol.evidence import ValueType

TODAY = date(2026, 11, 22)
FIELDS = ("number", "scan")
SCAN = pdf()
DIGEST = hashlib.sha256(SCAN).hexdigest()
CERTIFICATE = EvidenceType(
    name="certificate",
    title=text("certificate"),
    shape=Shape.RECORDS,
    fields=(
        EvidenceField(name="number", title=text("number"), type=ValueType.TEXT),
        EvidenceField(name="scan", title=text("scan"), type=ValueType.FILE),
    ),
)


def with_certificates(known: protocol.Directory) -> protocol.Directory:
    """The directory in which the two agencies agree on certificates with their scans."""
    about = {"evidence_type": "certificate"}
    held = known.holds[0].model_copy(update=about)
    agreed = known.agreements[0].model_copy(update={**about, "id": "CY-2026-02", "fields": FIELDS})
    return known.model_copy(
        update={
            "evidence_types": (*known.evidence_types, CERTIFICATE),
            "holds": (*known.holds, held),
            "agreements": (*known.agreements, agreed),
        }
    )


def declaration(**declared: object) -> dict[str, Any]:
    return {
        "evidence_type": "certificate",
        "agency": "500000-yb",
        "key": "sfzh",
        "fields": {"number": "zsbh", "scan": {"column": "smj", "convert": "file"}},
        **declared,
    }


def sqlite(folder: Path, *scans: object) -> dict[str, object]:
    """A department's database with a certificate for each scan."""
    with sqlite3.connect(folder / "zs.db") as database:
        database.execute("CREATE TABLE zs (sfzh, zsbh, smj)")
        rows = [(SUBJECT, f"no {n}", scan) for n, scan in enumerate(scans)]
        database.executemany("INSERT INTO zs VALUES (?, ?, ?)", rows)
    return {"kind": "sql", "url": f"sqlite:///{folder}/zs.db", "table": "zs"}


def own_attachments(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Attachments:
    """This node's attachments, in `folder` while the test runs."""
    own = Attachments(folder / "attachments")
    monkeypatch.setattr(attachments, "own", lambda: own)
    return own
