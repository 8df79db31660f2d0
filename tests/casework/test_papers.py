"""Files that evidence brings along: on the officer's page with their state, opened with a record."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from tests.casework.conftest import POST
from tests.casework.walk import Walk, answered
from tests.pages.files import pdf, picture
from tongban.node.casework import sorting
from tongban.node.casework.models import Case
from tongban.node.exchange import attachments
from tongban.node.exchange.attachments import Attachments
from tongban.node.exchange.models import PurgedFile
from tongban.node.people.models import AccessRecord, Officer, Person
from tongban.node.people.register import create_officer
from tongban.protocol import EvidenceFile
from tongban.services import Service

pytestmark = pytest.mark.django_db

SCAN = pdf()
DIGEST = hashlib.sha256(SCAN).hexdigest()


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attachments:
    """This node's attachments."""
    own = Attachments(tmp_path / "attachments")
    monkeypatch.setattr(attachments, "own", lambda: own)
    return own


@pytest.fixture
def case(walk: Walk) -> Case:
    """A case whose evidence from Chongqing names a scan."""
    opened = walk.submitted()
    told = answered(opened, walk.message(opened, "500000"), "500000")
    records = tuple({**record, "scan": DIGEST} for record in told.records)
    file = EvidenceFile(sha256=DIGEST, size=len(SCAN), name="scan-1.pdf")
    with transaction.atomic():
        sorting.settle([replace(told, records=records, files=(file,))])
    return walk.again(opened)


def come(here: Attachments, content: bytes = SCAN, peer: str = "chongqing") -> None:
    """The file has come from the other node."""
    sha256, _ = here.store(iter((content,)))
    here.offered(sha256, "SC-2026-000001", peer)


def at_the_desk(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer.account)
    return client


def address(case: Case, sha256: str = DIGEST) -> str:
    return f"/cases/{case.number}/received/{sha256}/"


def page(officer: Officer, case: Case) -> str:
    return at_the_desk(officer).get(f"/workbench/cases/{case.number}/").content.decode()


def test_the_page_names_the_file_and_says_that_it_is_what_was_signed(
    case: Case, officer: Officer, here: Attachments
) -> None:
    come(here)
    shown = page(officer, case)
    assert address(case) in shown
    assert "scan-1.pdf" in shown
    assert "与签名的答复一致" in shown
    assert f"{DIGEST} " not in shown


def test_one_that_is_still_on_its_way_cannot_be_opened_yet(case: Case, officer: Officer) -> None:
    shown = page(officer, case)
    assert "scan-1.pdf" in shown
    assert "正在传送" in shown
    assert address(case) not in shown
    assert at_the_desk(officer).get(address(case)).status_code == 404


def test_opening_it_is_recorded_as_a_look_at_that_field(
    case: Case, officer: Officer, here: Attachments
) -> None:
    come(here)
    answer = at_the_desk(officer).get(address(case))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    looked = AccessRecord.objects.filter(direction="read").latest("at")
    assert (looked.fields, looked.officer_id, looked.case_ref) == (["scan"], officer.pk, case.number)


def test_one_that_was_changed_on_the_disk_is_not_shown_and_no_look_is_recorded(
    case: Case, officer: Officer, here: Attachments
) -> None:
    come(here)
    here.path(DIGEST).write_bytes(picture())
    before = AccessRecord.objects.count()
    assert at_the_desk(officer).get(address(case)).status_code == 404
    assert AccessRecord.objects.count() == before


def test_a_file_that_crossed_with_another_node_is_not_that_of_this_evidence(
    case: Case, officer: Officer, here: Attachments
) -> None:
    come(here, peer="hubei")
    assert at_the_desk(officer).get(address(case)).status_code == 404


def test_one_that_no_message_of_the_case_names_is_not_found(
    case: Case, officer: Officer, here: Attachments
) -> None:
    come(here, picture())
    digest = hashlib.sha256(picture()).hexdigest()
    assert at_the_desk(officer).get(address(case, digest)).status_code == 404


def test_the_applicant_opens_it_as_their_own(case: Case, woman: Person, here: Attachments) -> None:
    come(here)
    client = Client()
    assert woman.account is not None
    client.force_login(woman.account)
    before = AccessRecord.objects.count()
    assert client.get(address(case)).status_code == 200
    assert AccessRecord.objects.count() == before


def test_another_agencys_officer_finds_nothing(case: Case, here: Attachments, published: Service) -> None:
    come(here)
    other = create_officer("other", "a long password", "500000-yb", "冉立新", POST).officer
    assert at_the_desk(other).get(address(case)).status_code == 404


def test_the_page_says_on_which_day_a_file_was_purged(case: Case, officer: Officer) -> None:
    PurgedFile.objects.create(
        sha256=DIGEST,
        size=len(SCAN),
        rule="files-that-crossed",
        rule_since=date(2020, 1, 1),
        days=100,
        is_verified=True,
        at=datetime(2026, 1, 2, 4, tzinfo=UTC),
    )
    shown = page(officer, case)
    assert "已过保存期限，2026-01-02 清除" in shown
    assert "正在传送" not in shown
