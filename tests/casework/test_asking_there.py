"""Corrections across two sides, asked by Sichuan's officers of an applicant who applied in Chongqing."""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.casework.corrections import GIVEN, PLEASE, UNTIL, Do, heard, status_of, tells, topics
from tests.casework.test_misuse import refused
from tests.casework.test_two_sides import (
    REQUEST,
    WHY,
    Far,
    _replays,
    clerk,
    do,
    offered_services,
)
from tests.casework.walk import RESIDENT_ID, inbox
from tongban.node.casework import cases, enclosures, log, tidings
from tongban.node.casework.answered import answers_of
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import InputsRefused
from tongban.node.clock import today
from tongban.node.exchange import attachments
from tongban.node.exchange.conversing import receiving
from tongban.node.people.models import Officer
from tongban.protocol import conversations as talk
from tongban.services.rows import digest_of

__all__ = ["_replays", "clerk", "do", "offered_services"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def far() -> Far:
    """Chongqing, where somebody asks for the transfer of what they have here."""
    return Far("CQ-2026-0000009")


@pytest.fixture
def left(far: Far, offered_services: None) -> Case:
    letter: dict[str, str | int] = {
        "name": "测试女士",
        "answer_last_month": "2026-08",
        "answer_phone": "13800000000",
    }
    body = talk.ContactLetter(subject=RESIDENT_ID, fund="unemployment", contents=letter)
    return far.opens("transfer-asked", body, "unemployment-transfer")


def please(do: Do, case: Case, about: str = "/last_month") -> Case:
    return do(case, "ask-applicant", reason=PLEASE.zh, about=about, until=UNTIL.isoformat())


def corrects(far: Far, changed: Mapping[str, str] | None = None, times: int = 1) -> None:
    digests = {"old": digest_of("2026-08"), "new": digest_of("2026-07")}
    members: dict[str, Any] = {"path": "/last_month", "answer": '"2026-07"', **digests, **(changed or {})}
    tells(far, tidings.AnswerCorrected, times=times, **members)


def test_an_officer_asks_an_applicant_of_the_other_side_and_states_by_what_is_answered(
    left: Case, far: Far, clerk: Officer, do: Do
) -> None:
    assert left.due_on is not None
    please(do, left)
    assert (left.status, left.awaits) == ("asking-applicant", "other-side")
    assert not left.timers.filter(fired_at=None).exists()
    assert inbox(clerk) == []
    asked = {"topic": "answers-asked", "round": 1, "about": "/last_month", "until": UNTIL.isoformat()}
    assert heard(far) == [asked]
    corrects(far, times=2)
    tells(far, tidings.AnswersGiven, GIVEN, times=2, round=1)
    assert status_of(left) == "stating"
    assert answers_of(left) == {"last_month": "2026-07", "phone": "13800000000"}
    timeline = [entry.text.zh for entry in cases.for_officer(clerk, left.number).timeline]
    assert timeline[-1] == f"申请人作了补正：{GIVEN.zh}"
    assert [line.task for line in inbox(clerk)] == ["state"]
    do(left, "state", months="120", months_left="19", monthly_benefit="2097.00")
    far.deliver()
    assert far.side.of_kind("transfer").amount == 5_976_450


def test_the_other_sides_applicant_is_not_asked_on_this_nodes_portal(left: Case, do: Do) -> None:
    ask_here = {"reason": "请补充", "until": UNTIL.isoformat()}
    assert refused(lambda: do(left, "request-correction", **ask_here)) == "not-available"


def test_an_officer_waits_no_longer_and_late_answers_are_kept(left: Case, far: Far, do: Do) -> None:
    please(do, left)
    assert do(left, "let-applicant-be").status == "stating"
    assert topics(far) == ["answers-asked", "answers-let-be"]
    corrects(far)
    tells(far, tidings.AnswersGiven, GIVEN, round=1)
    assert status_of(left) == "stating"
    assert answers_of(left)["last_month"] == "2026-07"
    assert [event.kind for event in log.history(left)][-2:] == [
        "applicant-corrected",
        "applicant-answered-late",
    ]


def test_an_answer_to_a_question_before_does_not_answer_this_one(left: Case, far: Far, do: Do) -> None:
    please(do, left)
    do(left, "let-applicant-be")
    please(do, left, about="/phone")
    tells(far, tidings.AnswersGiven, GIVEN, round=1)
    tells(far, tidings.AnswersMissing, round=1)
    assert status_of(left) == "asking-applicant"
    tells(far, tidings.AnswersMissing, WHY, round=2)
    assert status_of(left) == "stating"
    assert WHY.zh in log.history(left)[-1].data["reason"]["zh"]


def test_a_transfer_that_is_taken_back_while_its_applicant_is_asked_is_taken_back(
    left: Case, far: Far, do: Do
) -> None:
    please(do, left)
    far.says("transfer-withdrawn", talk.Reason(reason=WHY))
    assert status_of(left) == "taken-back"
    far.deliver()
    assert far.side.of_kind("transfer").state == "withdrawn"


@pytest.mark.parametrize(
    "changed",
    [{"new": "0" * 64}, {"answer": "{"}, {"answer": "[1]"}, {"path": "/nothing"}, {"path": "/material"}],
    ids=["digest", "no-json", "no-answer", "unknown", "file"],
)
def test_an_answer_that_cannot_be_used_changes_nothing_and_stops_nothing(
    left: Case, far: Far, do: Do, changed: dict[str, str]
) -> None:
    please(do, left)
    corrects(far, changed)
    assert answers_of(left)["last_month"] == "2026-08"
    corrects(far)
    assert answers_of(left)["last_month"] == "2026-07"


def test_the_day_is_before_the_other_side_gives_up(left: Case, do: Do) -> None:
    late = (today() + timedelta(days=31)).isoformat()
    with pytest.raises(InputsRefused) as wrong:
        do(left, "ask-applicant", reason="请核对", until=late)
    assert set(wrong.value.fields) == {"until"}


@pytest.mark.parametrize("about", ["/situation", "/nothing", "/phone/0"])
def test_what_was_not_told_is_not_asked_about(left: Case, do: Do, about: str) -> None:
    with pytest.raises(InputsRefused) as wrong:
        please(do, left, about)
    assert set(wrong.value.fields) == {"about"}


def test_a_file_that_came_is_asked_about_and_the_new_one_looked_at(
    far: Far, clerk: Officer, offered_services: None, do: Do
) -> None:
    first, second = (hashlib.sha256(content).hexdigest() for content in (b"blurred", b"sharp"))
    letter = {"name": "测试女士"} | enclosures.naming([("模糊.png", first, 7)])
    body = talk.ContactLetter(subject=RESIDENT_ID, fund="unemployment", contents=letter)
    case = far.opens("transfer-asked", body, "unemployment-transfer")
    rows = cases.for_officer(clerk, case.number).rows
    assert [(row.path, row.shown.zh) for row in rows] == [("/material", "模糊.png")]
    please(do, case, "/material")
    digests: dict[str, Any] = {"old": digest_of("x"), "new": digest_of("y")}
    files = json.dumps(enclosures.naming([("清楚.png", second, 5)]))
    tells(far, tidings.AnswerCorrected, path="/material", files=files, **digests)
    assert [file.sha256 for file in enclosures.received(case)] == [first, second]
    assert not attachments.own().is_whole(second)


def test_a_request_that_was_taken_is_asked_about_and_goes_on(clerk: Officer, do: Do) -> None:
    far = Far("CQ-2026-0000011")
    contents: dict[str, str | int] = {"name": "测试女士", "category": "wages", "answer_request": REQUEST}
    body = talk.CaseContents(subject=RESIDENT_ID, title=WHY, contents=contents)
    case = far.opens("handover-offered", body, "hotline-handover")
    assert refused(lambda: please(do, case, "/request")) == "not-available"
    do(case, "take")
    please(do, case, "/request")
    new = REQUEST + "，单位在渝中区"
    digests: dict[str, Any] = {"old": digest_of(REQUEST), "new": digest_of(new)}
    tells(far, tidings.AnswerCorrected, path="/request", answer=json.dumps(new), **digests)
    tells(far, tidings.AnswersGiven, round=1)
    assert status_of(case) == "handling"
    assert cases.for_officer(clerk, case.number).answers[0][1].zh == new
    assert do(case, "answer", text="已责令用人单位支付").status == "answered"


def test_a_notice_about_a_case_of_nobody_changes_nothing(left: Case, far: Far, do: Do) -> None:
    please(do, left)
    body = tidings.AnswersGiven(conversation=UUID(int=9), round=1)
    told = talk.Told(subject=None, text=WHY, contents=body.model_dump(mode="json"))
    far.deliver()
    receiving.receive(far.side.open("notice-given", told, far.matter("unemployment-transfer")))
    assert status_of(left) == "asking-applicant"
