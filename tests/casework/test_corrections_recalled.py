"""Corrections across two sides that were forgotten with an old backup come back, and nothing is said anew."""

import pytest

from tests.casework.corrections import GIVEN, UNTIL, Do, answer, ask, status_of, tells, topics
from tests.casework.test_asking_there import corrects, far, left, please
from tests.casework.test_old_backup import catch_up, forgotten, kinds
from tests.casework.test_two_sides import Far, _replays, clerk, do, moving, offered_services, statement, told
from tongban.node.casework import log, tidings
from tongban.node.casework.answered import answers_of
from tongban.node.casework.models import Case
from tongban.node.people.models import Person

__all__ = ["_replays", "clerk", "do", "far", "left", "moving", "offered_services"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_question_of_an_officer_is_asked_again_and_its_answers_are_known(
    left: Case, far: Far, do: Do
) -> None:
    with forgotten():
        please(do, left)
        corrects(far)
        tells(far, tidings.AnswersGiven, GIVEN, round=1)
        far.deliver()
    catch_up(far)
    assert kinds(left)[1:] == ["applicant-asked", "applicant-corrected", "applicant-answered"]
    assert answers_of(left)["last_month"] == "2026-07"
    assert status_of(left) == "stating"
    assert topics(far) == ["answers-asked"]


def test_a_question_that_is_not_answered_yet_waits_again(left: Case, far: Far, do: Do) -> None:
    with forgotten():
        please(do, left)
        far.deliver()
    catch_up(far)
    assert status_of(left) == "asking-applicant"
    tells(far, tidings.AnswersGiven, GIVEN, round=1)
    assert status_of(left) == "stating"


def test_that_the_applicant_was_not_waited_for_comes_back(left: Case, far: Far, do: Do) -> None:
    with forgotten():
        please(do, left)
        do(left, "let-applicant-be")
        far.deliver()
    catch_up(far)
    assert kinds(left)[1:] == ["applicant-asked", "applicant-let-be"]
    assert topics(far) == ["answers-asked", "answers-let-be"]


def test_what_the_applicant_corrected_comes_back(moving: Case, woman: Person, do: Do) -> None:
    far = Far(moving.number)
    ask(far)
    with forgotten():
        answer(do, moving, woman, 1, "2026-07")
        do(moving, "correct", woman, words=GIVEN.zh)
        far.deliver()
    assert answers_of(moving)["last_month"] == "2026-08"
    catch_up(far)
    assert kinds(moving)[-2:] == ["answer-recalled", "corrected"]
    assert answers_of(moving)["last_month"] == "2026-07"
    assert GIVEN.zh in told(moving, woman)[-1]
    assert (status_of(moving), topics(far)) == ("asking", ["answer-corrected", "answers-given"])


def test_a_question_of_the_other_side_that_was_forgotten_is_asked_once_and_answered_once(
    moving: Case, woman: Person, do: Do
) -> None:
    far = Far(moving.number)
    with forgotten():
        ask(far)
        answer(do, moving, woman, 1, "2026-07")
        far.deliver()
    catch_up(far)
    assert kinds(moving)[1:] == ["correction-requested-there", "answer-recalled"]
    assert [bool(one.get("is_answered")) for one in log.state_of(moving).facts["about"]] == [True]
    do(moving, "correct", woman)
    assert topics(far) == ["answer-corrected", "answers-given"]


def test_that_nothing_came_in_time_is_not_told_anew(moving: Case, woman: Person, do: Do) -> None:
    far = Far(moving.number)
    with forgotten():
        do(moving, "ask-back", woman)
        ask(far)
        far.deliver()
    catch_up(far)
    assert status_of(moving) == "withdrawn"
    assert topics(far) == ["answers-missing"]


def test_an_answer_that_the_own_officer_had_asked_for_is_as_the_other_side_knows_it(
    moving: Case, woman: Person, do: Do
) -> None:
    far = Far(moving.number)
    far.says("transfer-stated", statement())
    with forgotten():
        do(moving, "request-correction", reason="请核对", about="/last_month", until=UNTIL.isoformat())
        answer(do, moving, woman, 1, "2026-07")
        do(moving, "correct", woman)
        far.deliver()
    catch_up(far)
    assert kinds(moving)[-1] == "answer-recalled"
    assert answers_of(moving)["last_month"] == "2026-07"
    assert status_of(moving) == "checking-statement"
