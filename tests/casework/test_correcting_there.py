"""Corrections across two sides, asked by Chongqing: the applicant answers on Sichuan's portal."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.casework.corrections import GIVEN, PLEASE, UNTIL, Do, answer, ask, heard, status_of, tells, topics
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
from tests.pages.files import picture
from tongban.node.casework import cases, catalogue, enclosures, log, tidings, timers
from tongban.node.casework.answered import answers_of
from tongban.node.casework.models import Case, Notice, Timer
from tongban.node.clock import now
from tongban.node.exchange.conversing import receiving
from tongban.node.exchange.models import Enclosure
from tongban.node.people.models import Officer, Person
from tongban.node.portal.uploads import store
from tongban.protocol import conversations as talk
from tongban.services.rows import digest_of

__all__ = ["_replays", "clerk", "do", "moving", "moving_with_a_paper", "offered_services"]
pytestmark = pytest.mark.django_db(transaction=True)


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
