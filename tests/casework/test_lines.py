"""The home side asks a hospital's system about single lines of a bill; the answer replaces those alone."""

import json
from typing import Any

import pytest

from tests.casework.test_points import BILL as POINTS_BILL
from tests.casework.test_points import System, system
from tests.casework.test_points import body as bill_body
from tests.casework.test_points import lines as bill_lines
from tests.casework.test_reversing import do, gives, heard, settlement
from tests.casework.test_settling import (
    Care,
    _offered,
    _replays,
    adjudication,
    bill,
    care,
    finance,
    line,
    provide,
    relation,
)
from tests.casework.test_two_sides import Far
from tongban.node.casework import log, tidings
from tongban.node.casework.billed import lines_in
from tongban.node.casework.models import Case, LedgerEntry
from tongban.node.casework.refusals import InputsRefused
from tongban.node.exchange.conversing import receiving
from tongban.node.people.models import Officer, Person
from tongban.protocol import Text
from tongban.protocol import conversations as talk
from tongban.services.rows import digest_of

__all__ = ["_offered", "_replays", "bill", "care", "finance", "system"]
pytestmark = pytest.mark.django_db

WHY = Text(zh="医院级别不对", en="the level is wrong")


def says(tiding: tidings.Tiding) -> talk.Told:
    return talk.Told(subject=None, text=WHY, contents=tiding.model_dump(mode="json"))


def corrected(far: Far, at: int, old: dict[str, Any], new: dict[str, Any]) -> talk.Told:
    return says(
        tidings.LineCorrected(
            conversation=settlement(far).id,
            path=f"/lines/{at}",
            old=digest_of(old),
            new=digest_of(new),
            line=json.dumps(new, ensure_ascii=False),
        )
    )


@pytest.fixture
def held(care: Care, woman: Person) -> Case:
    return provide(
        care.claims(line("500.00", hospital_level=9), line("100.00", hospital_level=9)), relation()
    )


def ask(officer: Officer, case: Case, about: str) -> Case:
    return do(officer, case, "ask-about-lines", about=about, reason=WHY.zh)


def test_once_all_lines_are_answered_the_bill_is_settled_by_them(
    held: Case, care: Care, finance: Officer
) -> None:
    old = lines_in(log.history(held))
    assert ask(finance, held, "/lines/0 /lines/1").status == "asking-care"
    assert heard(care) == ["lines-asked"]
    new = [one | {"hospital_level": 2} for one in old]
    gives(care, corrected(care, 1, old[1], new[1]), times=2)
    held.refresh_from_db()
    assert held.status == "asking-care"
    assert lines_in(log.history(held)) == [old[0], new[1]]
    gives(care, corrected(care, 0, old[0], new[0]))
    held.refresh_from_db()
    care.deliver()
    assert (held.status, settlement(care).state) == ("owed", "adjudicated")
    assert LedgerEntry.objects.get().amount == 24_000


@pytest.mark.parametrize("about", ["/lines/2", "/lines", "/lines/x", "/jobs/0"])
def test_a_line_that_does_not_exist_is_not_asked_about(held: Case, finance: Officer, about: str) -> None:
    with pytest.raises(InputsRefused):
        ask(finance, held, about)


def test_the_officer_goes_on_without_an_answer_and_a_late_one_is_kept(
    held: Case, care: Care, finance: Officer
) -> None:
    old = lines_in(log.history(held))
    ask(finance, held, "/lines/0")
    assert do(finance, held, "let-lines-be").status == "held"
    gives(care, corrected(care, 0, old[0], old[0] | {"hospital_level": 2}))
    held.refresh_from_db()
    assert held.status == "held"
    assert lines_in(log.history(held))[0]["hospital_level"] == 2


@pytest.mark.parametrize(
    "changed",
    [{"new": "0"}, {"line": "{"}, {"line": "[1]"}, {"line": '{"amount": 1.5}'}, {"line": "{}"}],
    ids=["digest", "no-json", "no-line", "values", "names"],
)
def test_an_answer_that_cannot_be_used_changes_nothing_and_stops_nothing(
    held: Case, care: Care, finance: Officer, changed: dict[str, str]
) -> None:
    old = lines_in(log.history(held))
    ask(finance, held, "/lines/0")
    told = corrected(care, 0, old[0], old[0] | {"hospital_level": 2})
    if "line" in changed and changed["line"] != "{":
        changed |= {"new": digest_of(json.loads(changed["line"]))}
    gives(care, told.model_copy(update={"contents": dict(told.contents) | changed}))
    assert lines_in(log.history(held)) == old
    gives(care, told)
    assert lines_in(log.history(held))[0]["hospital_level"] == 2


@pytest.fixture
def asked(system: System) -> Far:
    """A bill of two lines about whose second line Chongqing asks."""
    _, taken = system.put(bill_body(lines=bill_lines("500.00", "70.00")))
    far = Far(taken["case"])
    far.deliver()
    gives(far, says(tidings.LinesAsked(conversation=settlement(far).id, about="/lines/1 /lines/7")))
    return far


def test_the_system_sees_the_lines_that_are_asked_about_and_answers_each(asked: Far, system: System) -> None:
    (question,) = system.send("GET")[1]["questions"]
    assert (question["path"], question["reason"]["zh"]) == ("/lines/1", WHY.zh)
    assert question["line"]["amount"] == "70.00"
    right = question["line"] | {"amount": "71.00"}
    given = {"line": right}
    assert [system.send("PUT", f"{POINTS_BILL}/lines/1", given)[0] for _ in range(2)] == [200, 200]
    assert heard(asked) == ["line-corrected"]
    case = Case.objects.get(number=asked.side.case_ref)
    assert [one["amount"] for one in lines_in(log.history(case))] == ["500.00", "71.00"]
    assert system.send("GET")[1]["questions"][0]["is_answered"]
    asked.says("settlement-adjudicated", adjudication(18_000))
    for message in asked.side.said:
        receiving.receive(asked.side.delivery(message))
    found = system.send("GET")[1]
    assert (found["decision"]["billed"], found["questions"]) == ("571.00", [])
    assert system.send("PUT", f"{POINTS_BILL}/lines/1", given)[1]["code"] == "line-not-asked"


@pytest.mark.parametrize(
    ("position", "changed", "code"),
    [
        (0, {}, "line-not-asked"),
        (7, {}, "line-not-asked"),
        (1, {"amount": "x"}, "bill-unusable"),
        (1, {"disease": "糖尿病"}, "bill-unusable"),
        (1, {"more": "x"}, "bill-unusable"),
    ],
)
def test_what_was_not_asked_or_does_not_fit_replaces_nothing(
    asked: Far, system: System, position: int, changed: dict[str, str], code: str
) -> None:
    right = bill_lines("70.00")[0] | changed
    status, refused = system.send("PUT", f"{POINTS_BILL}/lines/{position}", {"line": right})
    assert (status, refused["code"]) == (422 if code == "bill-unusable" else 409, code)
    case = Case.objects.get(number=asked.side.case_ref)
    assert not case.events.filter(kind="line-corrected").exists()


def test_where_no_system_submitted_the_bill_the_question_comes_back(bill: Any) -> None:
    case = provide(bill("CQ-MZ-1"), line("500.00"))
    far = Far(case.number)
    far.deliver()
    gives(far, says(tidings.LinesAsked(conversation=settlement(far).id, about="/lines/0")))
    assert heard(far)[-1] == "lines-unanswered"
    case.refresh_from_db()
    assert case.status == "claimed"
