"""Corrections across two sides: Sichuan's casework with Chongqing at the far end, asked by either."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.casework.test_enclosures import moving_with_a_paper
from tests.casework.test_misuse import refused
from tests.casework.test_two_sides import (
    REQUEST,
    WHY,
    Far,
    _replays,
    apply,
    clerk,
    do,
    moving,
    offered_services,
    statement,
    told,
)
from tests.casework.walk import RESIDENT_ID, inbox
from tests.pages.files import picture
from tongban.node.casework import cases, catalogue, enclosures, log, tidings, timers
from tongban.node.casework.answered import answers_of
from tongban.node.casework.models import Case, Notice, Timer
from tongban.node.casework.refusals import InputsRefused
from tongban.node.clock import now, today
from tongban.node.exchange import attachments
from tongban.node.exchange.conversing import receiving
from tongban.node.exchange.models import Enclosure
from tongban.node.people.models import Officer, Person
from tongban.node.portal.uploads import store
from tongban.protocol import Text
from tongban.protocol import conversations as talk
from tongban.services.rows import digest_of

__all__ = ["_replays", "clerk", "do", "moving", "moving_with_a_paper", "offered_services"]
pytestmark = pytest.mark.django_db(transaction=True)

Do = Callable[..., Case]
UNTIL = today() + timedelta(days=5)
PLEASE = Text(zh="请核对最后缴费的月份", en="请核对最后缴费的月份")
GIVEN = Text(zh="记错了，是七月", en="记错了，是七月")


def tells(far: Far, form: type[Any], words: Text = PLEASE, times: int = 1, **members: object) -> None:
    """Chongqing tells it, after what it said before, and sends the message so often."""
    far.deliver()
    kind = "handover" if any(one.kind.startswith("handover") for one in _spoken(far)) else "transfer"
    tiding = form(conversation=far.side.of_kind(kind).id, **members)
    body = talk.Told(subject=None, text=words, contents=tiding.model_dump(mode="json"))
    service = "hotline-handover" if kind == "handover" else "unemployment-transfer"
    far.side.open("notice-given", body, far.matter(service))
    for message in (*far.side.said, *far.side.said[-1:] * (times - 1)):
        receiving.receive(far.side.delivery(message))


def _spoken(far: Far) -> list[talk.AnyUtterance]:
    return [*(effect.message for effect in far.side.effects), *far.side.said]


def heard(far: Far) -> list[dict[str, str | int]]:
    """What Chongqing was told in notices, besides of which conversation."""
    far.deliver()
    bodies = [one.message.body for one in far.side.effects if one.by is talk.By.PEER]
    said = [dict(body.contents) for body in bodies if isinstance(body, talk.Told)]
    return [{key: value for key, value in one.items() if key != "conversation"} for one in said]


def topics(far: Far) -> list[str]:
    return [str(one["topic"]) for one in heard(far)]


def status_of(case: Case) -> str:
    case.refresh_from_db()
    return case.status


def answer(do: Do, case: Case, person: Person, position: int, sent: object) -> Case:
    return do(case, "correct-answer", person, position=str(position), answer=json.dumps(sent))


def ask(far: Far, about: str = "/last_month", number: int = 1) -> None:
    tells(far, tidings.AnswersAsked, times=2, round=number, about=about, until=UNTIL)


# Where the applicant applied.


def test_the_origin_asks_and_the_applicant_answers_where_they_applied(
    moving: Case, woman: Person, do: Do
) -> None:
    far = Far(moving.number)
    ask(far)
    assert (status_of(moving), moving.awaits, moving.due_on) == ("correcting", "citizen", None)
    assert PLEASE.zh in told(moving, woman)[-1]
    assert Notice.objects.filter(event__case=moving, event__kind="correction-requested-there").exists()
    (asked,) = cases.for_citizen(woman, moving.number).asked_about
    assert asked.row is not None
    assert asked.row.path == "/last_month"
    old = digest_of("2026-08")
    answer(do, moving, woman, 1, "2026-07")
    assert do(moving, "correct", woman, words=GIVEN.zh).status == "asking"
    assert answers_of(moving)["last_month"] == "2026-07"
    new = digest_of("2026-07")
    corrected = {"topic": "answer-corrected", "path": "/last_month", "old": old, "new": new}
    assert heard(far) == [
        {**corrected, "answer": '"2026-07"', "files": ""},
        {"topic": "answers-given", "round": 1},
    ]
    far.says("transfer-stated", statement())
    assert status_of(moving) == "checking-statement"


def test_the_origin_hears_when_the_day_has_passed(moving: Case) -> None:
    far = Far(moving.number)
    ask(far)
    Timer.objects.update(due_at=now() - timedelta(seconds=1))
    assert timers.fire_due() == 1
    assert status_of(moving) == "asking"
    assert heard(far) == [{"topic": "answers-missing", "round": 1}]


def test_when_the_origin_waits_no_longer_nothing_is_asked_of_the_applicant(
    moving: Case, woman: Person, do: Do
) -> None:
    far = Far(moving.number)
    ask(far)
    tells(far, tidings.AnswersLetBe, round=1)
    assert status_of(moving) == "asking"
    assert cases.for_citizen(woman, moving.number).asked_about == ()
    assert not Timer.objects.filter(fired_at=None).exists()
    far.says("transfer-stated", statement())
    assert status_of(moving) == "checking-statement"


def test_a_question_that_cannot_be_asked_any_more_comes_back(moving: Case, woman: Person, do: Do) -> None:
    far = Far(moving.number)
    do(moving, "ask-back", woman)
    ask(far)
    assert status_of(moving) == "withdrawn"
    assert topics(far) == ["answers-missing"]


def test_what_the_applicant_did_not_answer_is_not_asked_about_but_the_words_are(
    moving: Case, woman: Person, do: Do
) -> None:
    ask(Far(moving.number), about="/material /nothing /phone")
    asked = cases.for_citizen(woman, moving.number).asked_about
    assert [one.row.path for one in asked if one.row] == ["/phone"]


def test_the_destination_asks_by_itself_the_origin_is_told_and_the_law_works_it_out_again(
    moving: Case, clerk: Officer, woman: Person, do: Do
) -> None:
    far = Far(moving.number)
    far.says("transfer-stated", statement())
    assert do(moving, "request-correction", reason="请核对", about="/situation", until=UNTIL.isoformat())
    assert (moving.status, moving.due_on) == ("correcting", None)
    answer(do, moving, woman, 1, "unemployed")
    assert do(moving, "correct", woman).status == "checking-statement"
    assert topics(far) == ["answer-corrected"]
    last = cases.for_officer(clerk, moving.number).timeline[-1]
    assert (last.kind, last.detail and last.detail.zh.endswith("与信息表一致")) == ("reckoned-again", True)
    assert log.state_of(moving).facts["amount"] == 2_467_500
    do(moving, "agree")
    far.says("transfer-instructed", talk.Amount(amount=2_467_500, reference="CQ-77"))
    assert do(moving, "confirm-received").status == "transferred"


def test_without_a_changed_answer_the_statement_is_not_worked_out_again(
    moving: Case, woman: Person, do: Do
) -> None:
    far = Far(moving.number)
    far.says("transfer-stated", statement())
    do(moving, "request-correction", reason="请核对", until=UNTIL.isoformat())
    do(moving, "correct", woman, words="没有错")
    assert [event.kind for event in log.history(moving)][-1] == "corrected"
    assert topics(far) == []


@pytest.mark.parametrize("is_there", [True, False])
def test_who_is_asked_may_take_the_application_back(
    moving: Case, woman: Person, do: Do, is_there: bool
) -> None:
    far = Far(moving.number)
    if is_there:
        ask(far)
    else:
        far.says("transfer-stated", statement())
        do(moving, "request-correction", reason="请核对", until=UNTIL.isoformat())
    assert do(moving, "ask-back", woman).status == "withdrawing"
    assert not Timer.objects.filter(fired_at=None).exists()
    far.deliver()
    receiving.receive(far.side.delivery(far.side.said[-1]))
    assert status_of(moving) == "withdrawn"


def test_a_transfer_that_is_declined_while_the_applicant_is_asked_ends(moving: Case) -> None:
    far = Far(moving.number)
    ask(far)
    far.says("transfer-declined", talk.Reason(reason=WHY))
    assert status_of(moving) == "not-transferred"
    assert not Timer.objects.filter(fired_at=None).exists()


def test_a_corrected_file_goes_to_the_other_side(moving_with_a_paper: Case, woman: Person, do: Do) -> None:
    case = moving_with_a_paper
    far = Far(case.number)
    ask(far, about="/material")
    draft, question = cases.draft_of(woman, case.number), catalogue.of(case).form.question("material")
    assert question is not None
    sent = SimpleUploadedFile("清楚的.png", picture("PNG"), "image/png")
    answer(do, case, woman, 1, store.keep(draft, question, sent))
    (corrected,) = heard(far)
    (file,) = enclosures.named_in(json.loads(str(corrected["files"])))
    assert (file["name"], corrected["answer"]) == ("清楚的.png", "")
    assert Enclosure.objects.filter(sha256=file["sha256"], peer="chongqing").exists()


def test_words_that_a_message_cannot_hold_are_refused_where_they_were_written(
    moving: Case, woman: Person, do: Do
) -> None:
    ask(Far(moving.number))
    assert refused(lambda: do(moving, "correct", woman, words="长" * 401)) == "inputs-unusable"
    assert do(moving, "correct", woman, words="长" * 400).status == "asking"


def test_a_request_that_the_other_side_handles_is_asked_about_and_cannot_be_withdrawn(
    woman: Person, offered_services: None, do: Do
) -> None:
    case = apply(woman, "hotline-handover", request=REQUEST, about="500000", phone="13800000000")
    far = Far(case.number)
    do(case, "hand-over", reason="用人单位在重庆")
    far.says("handover-accepted", talk.Nothing())
    ask(far, about="/phone")
    assert status_of(case) == "correcting"
    assert refused(lambda: do(case, "withdraw", woman)) == "not-available"
    answer(do, case, woman, 1, "13800000001")
    assert do(case, "correct", woman).status == "accepted-there"
    assert topics(far) == ["answer-corrected", "answers-given"]
    far.says("handover-answered", talk.CaseAnswer(text=WHY, contents={}))
    assert status_of(case) == "answered"


# Where an officer asks about a case that came from the other side.


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
