"""Files that go with a case that is handed over: named in the message, sent until held, looked at there."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models.functions import Now
from django.test import Client

from tests.casework.conftest import POST
from tests.casework.test_two_sides import REQUEST, WHY, Far, clerk, do, offered_services
from tests.casework.walk import RESIDENT_ID
from tests.pages.files import pdf, picture
from tongban.node.casework import catalogue, drafts, submission
from tongban.node.casework.models import Case
from tongban.node.exchange import attachments, enclosing
from tongban.node.exchange.models import Enclosure, Letter
from tongban.node.exchange.transport import HttpTransport
from tongban.node.people.models import AccessRecord, Officer, Person
from tongban.node.people.register import create_officer
from tongban.node.portal.uploads import store
from tongban.protocol import conversations as talk

__all__ = ["clerk", "do", "offered_services"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(woman: Person, offered_services: None) -> Case:
    """A request with a picture."""
    draft = drafts.begin(woman, "hotline-handover")
    question = catalogue.of(draft).form.question("material")
    assert question is not None
    sent = SimpleUploadedFile("合同.jpg", picture(), "image/jpeg")
    draft = drafts.answer(draft, "request", REQUEST)
    draft = drafts.answer(draft, "about", "500000")
    draft = drafts.answer(draft, "material", store.keep(draft, question, sent))
    draft = drafts.answer(draft, "phone", "13800000000")
    return submission.submit(woman, draft.pk, frozenset())


@pytest.fixture
def moving_with_a_paper(woman: Person, offered_services: None) -> Case:
    """A transfer with a paper."""
    draft = drafts.begin(woman, "unemployment-transfer")
    for key, given in (("situation", "employed"), ("last_month", "2026-08"), ("phone", "13800000000")):
        draft = drafts.answer(draft, key, given)
    question = catalogue.of(draft).form.question("material")
    assert question is not None
    sent = SimpleUploadedFile("证明.jpg", picture(), "image/jpeg")
    draft = drafts.answer(draft, "material", store.keep(draft, question, sent))
    return submission.submit(woman, draft.pk, frozenset())


def came_with(content: bytes, tmp_path: Path, *, has_come: bool = True) -> Case:
    """A case that Chongqing handed over with this file."""
    contents = {"name": "测试女士", "category": "wages", "answer_request": REQUEST} | named(content)
    if has_come:
        keep(content, tmp_path)
    body = talk.CaseContents(subject=RESIDENT_ID, title=WHY, contents=contents)
    return Far("CQ-2026-0000007").opens("handover-offered", body, "hotline-handover")


def named(content: bytes) -> dict[str, str | int]:
    sha256 = hashlib.sha256(content).hexdigest()
    return {"file_1_name": "合同.jpg", "file_1_sha256": sha256, "file_1_size": len(content)}


def keep(content: bytes, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(content)
    attachments.own().keep(source, "CQ-2026-0000007", "chongqing")


def address(case: Case, content: bytes) -> str:
    return f"/cases/{case.number}/received/{hashlib.sha256(content).hexdigest()}/"


def at_the_desk(officer: Officer) -> Client:
    client = Client()
    client.force_login(officer.account)
    return client


def test_the_message_names_the_file_by_its_digest(asked: Case, do: Callable[..., Case]) -> None:
    do(asked, "hand-over", reason="用人单位在重庆")
    letter = Letter.objects.get()
    said = json.loads(bytes(letter.body))["body"]["contents"]
    kept = Enclosure.objects.get()
    assert (said["file_1_name"], said["file_1_sha256"]) == ("合同.jpg", kept.sha256)
    assert attachments.own().path(kept.sha256).stat().st_size == said["file_1_size"]


def test_a_contact_letter_names_the_file_and_has_it_sent(moving_with_a_paper: Case) -> None:
    said = json.loads(bytes(Letter.objects.get().body))["body"]["contents"]
    kept = Enclosure.objects.get()
    assert (said["file_1_name"], said["file_1_sha256"]) == ("证明.jpg", kept.sha256)
    assert kept.case_ref == moving_with_a_paper.number


def test_a_file_that_came_with_a_contact_letter_is_with_the_case(
    clerk: Officer, tmp_path: Path, offered_services: None
) -> None:
    content = picture(size=(13, 13))
    contents = {"name": "测试女士", "answer_situation": "employed"} | named(content)
    body = talk.ContactLetter(subject=RESIDENT_ID, fund="unemployment-insurance", contents=contents)
    keep(content, tmp_path)
    case = Far("CQ-2026-0000007").opens("transfer-asked", body, "unemployment-transfer")
    desk = at_the_desk(clerk)
    assert address(case, content) in desk.get(f"/workbench/cases/{case.number}/").content.decode()
    assert desk.get(address(case, content)).status_code == 200


def test_a_file_that_does_not_arrive_is_tried_again(asked: Case, do: Callable[..., Case]) -> None:
    do(asked, "hand-over", reason="用人单位在重庆")
    assert enclosing.send_due(HttpTransport()) == 0
    waiting = Enclosure.objects.get()
    assert (waiting.tries, waiting.sent_at) == (1, None)
    assert enclosing.send_due(HttpTransport()) == 0
    assert Enclosure.objects.get().tries == 1
    Enclosure.objects.update(next_try=Now())
    enclosing.send_due(HttpTransport())
    assert Enclosure.objects.get().tries == 2


def test_an_officer_looks_at_what_came_and_the_look_is_recorded(
    clerk: Officer, tmp_path: Path, offered_services: None
) -> None:
    case = came_with(picture(), tmp_path)
    desk = at_the_desk(clerk)
    assert address(case, picture()) in desk.get(f"/workbench/cases/{case.number}/").content.decode()
    before = AccessRecord.objects.filter(direction="read").count()
    shown = desk.get(address(case, picture()))
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert AccessRecord.objects.filter(direction="read").count() == before + 1


def test_a_file_that_is_still_on_its_way_is_said_to_be(
    clerk: Officer, tmp_path: Path, offered_services: None
) -> None:
    case = came_with(picture(size=(9, 9)), tmp_path, has_come=False)
    desk = at_the_desk(clerk)
    assert "正在传送" in desk.get(f"/workbench/cases/{case.number}/").content.decode()
    assert desk.get(address(case, picture(size=(9, 9)))).status_code == 404


def test_a_file_with_a_script_in_it_is_not_shown(
    clerk: Officer, tmp_path: Path, offered_services: None
) -> None:
    case = came_with(pdf(script=True), tmp_path)
    shown = at_the_desk(clerk).get(address(case, pdf(script=True)))
    assert shown.status_code == 422
    assert "文件里有脚本" in shown.content.decode()


def test_a_file_that_was_changed_on_the_disk_is_not_shown(
    clerk: Officer, tmp_path: Path, offered_services: None
) -> None:
    content = picture(size=(11, 11))
    case = came_with(content, tmp_path)
    path = attachments.own().path(hashlib.sha256(content).hexdigest())
    path.write_bytes(picture(size=(12, 12)))
    assert at_the_desk(clerk).get(address(case, content)).status_code == 404
    path.unlink()


def test_it_is_not_there_for_another_agency_and_under_another_name(
    clerk: Officer, tmp_path: Path, offered_services: None
) -> None:
    case = came_with(picture(), tmp_path)
    other = create_officer("other", "a long password", "500000-yb", "冉立新", POST).officer
    assert at_the_desk(other).get(address(case, picture())).status_code == 404
    assert at_the_desk(clerk).get(address(case, b"another")).status_code == 404


def test_what_is_not_named_in_full_is_left_out(tmp_path: Path, offered_services: None) -> None:
    contents: dict[str, str | int] = {"file_1_name": "a.pdf", "file_1_sha256": "../../etc", "file_1_size": 1}
    body = talk.CaseContents(subject=RESIDENT_ID, title=WHY, contents={"name": "测试女士", **contents})
    case = Far("CQ-2026-0000007").opens("handover-offered", body, "hotline-handover")
    assert case.events.get(revision=1).data["files"] == []
