"""Papers that the origin's own department gives along with its statement of account."""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

from tests.casework.test_misuse import refused
from tests.casework.test_two_sides import Far, apply, clerk, do, leaving, offered_services, statement
from tests.casework.walk import RESIDENT_ID
from tests.pages.files import pdf
from tests.protocol.federation_of_two import text
from tongban.node.casework import enclosures
from tongban.node.casework.models import Case
from tongban.node.config import this_node
from tongban.node.exchange import attachments, connectors, identity
from tongban.node.exchange.attachments import Attachments
from tongban.node.exchange.models import Enclosure, Letter
from tongban.node.people.models import AccessRecord, Officer, Person
from tongban.protocol import EvidenceField, EvidenceType, Shape
from tongban.protocol import conversations as talk
from tongban.protocol.evidence import ValueType

__all__ = ["clerk", "do", "offered_services"]

pytestmark = pytest.mark.django_db(transaction=True)

SCAN = pdf()
DIGEST = hashlib.sha256(SCAN).hexdigest()
STATED = {"months": "120", "months_left": "19", "monthly_benefit": "2097.00"}
RECORD = EvidenceType(
    name="unemployment-record",
    title=text("record"),
    shape=Shape.RECORDS,
    fields=(EvidenceField(name="record_scan", title=text("scan"), type=ValueType.FILE),),
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attachments:
    """This node's attachments."""
    own = Attachments(tmp_path / "attachments")
    monkeypatch.setattr(attachments, "own", lambda: own)
    return own


@pytest.fixture
def department(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """The own department's records, with a connector; call it to put a scan in."""
    with sqlite3.connect(tmp_path / "sy.db") as database:
        database.execute("CREATE TABLE sy (sfzh, smj)")
    raw = {
        "kind": "sql",
        "url": f"sqlite:///{tmp_path}/sy.db",
        "table": "sy",
        "evidence_type": "unemployment-record",
        "agency": "510100-rs",
        "key": "sfzh",
        "fields": {"record_scan": {"column": "smj", "convert": "file"}},
    }
    known = identity.current()
    types = (*known.directory.evidence_types, RECORD)
    now = replace(known, directory=known.directory.model_copy(update={"evidence_types": types}))
    monkeypatch.setattr(identity, "current", lambda: now)
    config = this_node().model_copy(update={"connectors": (raw,)})
    monkeypatch.setattr(connectors, "this_node", lambda: config)

    def put(scan: bytes) -> None:
        with sqlite3.connect(tmp_path / "sy.db") as database:
            database.execute("INSERT INTO sy VALUES (?, ?)", (RESIDENT_ID, scan))

    return put


@pytest.fixture
def leaves(clerk: Officer) -> Case:
    """A case in which Chongqing asks for a relation that is here."""
    return leaving(Far("CQ-2026-0000009"))


def said() -> dict[str, object]:
    contents: dict[str, object] = json.loads(bytes(Letter.objects.get(is_own=True).body))["body"]["contents"]
    return contents


def test_the_statement_names_the_departments_papers_and_has_them_sent(
    leaves: Case, department: Callable[[bytes], None], do: Callable[..., Case]
) -> None:
    department(SCAN)
    do(leaves, "state", **STATED)
    expected = {"file_1_name": "record_scan-1.pdf", "file_1_sha256": DIGEST, "file_1_size": len(SCAN)}
    assert expected.items() <= said().items()
    assert (Enclosure.objects.get().sha256, Enclosure.objects.get().peer) == (DIGEST, "chongqing")
    looked = AccessRecord.objects.get(direction="own")
    assert (looked.fields, looked.agency, looked.case_ref) == (["record_scan"], "510100-rs", leaves.number)


def test_without_papers_there_it_goes_without(
    leaves: Case, department: Callable[[bytes], None], do: Callable[..., Case]
) -> None:
    do(leaves, "state", **STATED)
    assert "file_1_sha256" not in said()


def test_without_a_connector_it_goes_without_and_nobody_looks(leaves: Case, do: Callable[..., Case]) -> None:
    do(leaves, "state", **STATED)
    assert "file_1_sha256" not in said()
    assert not AccessRecord.objects.filter(direction="own").exists()


def test_faulty_papers_are_told_and_nothing_is_stated(
    leaves: Case, department: Callable[[bytes], None], do: Callable[..., Case]
) -> None:
    department(b"<html>")
    assert refused(lambda: do(leaves, "state", **STATED)) == "papers-unreadable"
    leaves.refresh_from_db()
    assert leaves.status == "stating"
    assert not Letter.objects.filter(is_own=True).exists()


def test_the_other_sides_papers_are_with_the_case_that_asked(
    woman: Person, offered_services: None, clerk: Officer, here: Attachments
) -> None:

    moving = apply(
        woman, "unemployment-transfer", situation="employed", last_month="2026-08", phone="13800000000"
    )
    here.store(iter((SCAN,)))
    here.offered(DIGEST, moving.number, "chongqing")
    body = statement()
    named = enclosures.naming([("record_scan-1.pdf", DIGEST, len(SCAN))])
    far = Far(moving.number)
    far.says(
        "transfer-stated",
        talk.Statement(amount=body.amount, months=body.months, contents={**body.contents, **named}),
    )
    moving.refresh_from_db()
    event = moving.events.get(kind="transfer-stated")
    assert event.data["stated"] == dict(body.contents)
    desk = Client()
    desk.force_login(clerk.account)
    address = f"/cases/{moving.number}/received/{DIGEST}/"
    assert address in desk.get(f"/workbench/cases/{moving.number}/").content.decode()
    assert desk.get(address).status_code == 200
