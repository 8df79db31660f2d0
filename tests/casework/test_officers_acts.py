"""Correction, consultation, four eyes, objection and reopening: who acts when, and who sees what."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.casework.test_misuse import refused
from tests.casework.walk import Walk, inbox
from tests.services.shipped import copy_shipped, edit
from tongban.node.casework import acting, cases, catalogue, limits, log, procedures, timers
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import InputsRefused
from tongban.node.clock import now, today
from tongban.node.people.models import Officer, Person

LATER = (today() + timedelta(days=5)).isoformat()
ASKED = {"reason": "请补充缴费凭证", "until": LATER}


def do(who: Officer | Person, case: Case, code: str, **given: str) -> Case:
    case.refresh_from_db()
    return acting.perform(who, case.number, case.revision, code, given)


def test_a_correction_is_asked_for_given_and_the_case_goes_on_where_it_was(
    walk: Walk, officer: Officer
) -> None:
    case = walk.proposed()
    do(officer, case, "request-correction", **ASKED)
    case.refresh_from_db()
    assert (case.status, case.awaits, case.due_on) == ("correcting", "citizen", None)
    assert inbox(officer) == []
    do(walk.person, case, "correct", words="已补交")
    case.refresh_from_db()
    assert (case.status, case.awaits) == ("deciding", "officer")
    assert "已补交" in cases.for_citizen(walk.person, case.number).timeline[-1].text.zh


def test_who_does_not_correct_in_time_leaves_the_case_to_the_officer(
    walk: Walk, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = do(officer, walk.proposed(), "request-correction", **ASKED)
    late = now() + timedelta(days=7)
    monkeypatch.setattr(timers, "now", lambda: late)
    assert (timers.fire_due(), timers.fire_due()) == (1, 0)
    case.refresh_from_db()
    assert case.status == "deciding"


def test_what_an_action_asks_for_is_said_field_by_field(walk: Walk, officer: Officer) -> None:
    case = walk.proposed()
    with pytest.raises(InputsRefused) as caught:
        do(officer, case, "request-correction", reason=" ", until="yesterday")
    assert set(caught.value.fields) == {"reason", "until"}
    assert walk.again(case).revision == case.revision


def test_a_consulted_agency_sees_the_case_until_it_has_given_its_opinion(
    walk: Walk, officer: Officer, stranger: Officer
) -> None:
    case = walk.proposed()
    assert refused(lambda: cases.for_officer(stranger, case.number)) == "not-found"
    do(officer, case, "ask-opinion", consulted=stranger.agency, question="就诊记录是否一致？")
    (line,) = inbox(stranger)
    assert (line.number, line.task) == (case.number, "give-opinion")
    assert [one.code for one in cases.for_officer(stranger, case.number).actions] == ["give-opinion"]
    assert refused(lambda: do(stranger, case, "confirm")) == "not-available"
    assert refused(lambda: do(officer, case, "give-opinion", opinion="一致")) == "not-available"
    do(stranger, case, "give-opinion", opinion="一致")
    assert refused(lambda: cases.for_officer(stranger, case.number)) == "not-found"
    assert inbox(stranger) == []
    assert [line.task for line in inbox(officer)] == ["decide"]


def test_one_opinion_is_asked_for_at_a_time(walk: Walk, officer: Officer, stranger: Officer) -> None:
    case = do(officer, walk.proposed(), "ask-opinion", consulted=stranger.agency, question="？")
    again = {"consulted": "510100-rs", "question": "？"}
    assert refused(lambda: do(officer, case, "ask-opinion", **again)) == "not-available"


def test_an_agency_does_not_consult_itself(walk: Walk, officer: Officer) -> None:
    own = {"consulted": officer.agency, "question": "？"}
    assert refused(lambda: do(officer, walk.proposed(), "ask-opinion", **own)) == "not-available"


def test_a_decision_says_where_and_until_when_it_may_be_reviewed(walk: Walk, officer: Officer) -> None:
    case = do(officer, walk.proposed(), "confirm")
    decision = cases.for_citizen(walk.person, case.number).decision
    assert decision is not None
    assert decision.remedy is not None
    assert "60 日内向成都市人民政府申请行政复议" in decision.remedy.text.zh
    assert not decision.remedy.is_verified


def test_who_objects_gets_a_second_look_by_another_officer(
    walk: Walk, officer: Officer, colleague: Officer
) -> None:
    case = do(officer, walk.proposed(), "confirm")
    do(walk.person, case, "object", reason="少算了两个月")
    assert [line.task for line in inbox(colleague)] == ["answer-objection"]
    assert refused(lambda: do(officer, case, "uphold", reason="无误")) == "not-available"
    do(colleague, case, "uphold", reason="已核对，无误")
    assert walk.again(case).status == "granted"
    assert refused(lambda: do(walk.person, case, "object", reason="再来")) == "not-available"


def test_an_objection_comes_too_late_after_sixty_days(
    walk: Walk, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = do(officer, walk.proposed(), "confirm")
    day = today() + timedelta(days=61)
    monkeypatch.setattr(acting, "today", lambda: day)
    assert refused(lambda: do(walk.person, case, "object", reason="少算了")) == "not-available"


def test_a_reopened_case_is_decided_anew(walk: Walk, officer: Officer) -> None:
    case = do(officer, walk.proposed(), "confirm")
    do(officer, case, "reopen", reason="发现重复计算")
    assert cases.for_citizen(walk.person, case.number).decision is None
    assert do(officer, case, "refuse", reason="差一个月").status == "refused"


@pytest.fixture
def four_eyes(walk: Walk, tmp_path: Path) -> Walk:
    root = copy_shipped(tmp_path / "four-eyes")
    edit(root, 'kind = "recognition"', 'kind = "recognition"\noptions = ["four-eyes"]')
    edit(root, 'version = "2026.11.3"', 'version = "2026.11.77"')
    catalogue.publish(root)
    return walk


def test_where_four_eyes_are_asked_for_one_officer_cannot_decide(
    four_eyes: Walk, officer: Officer, colleague: Officer
) -> None:
    case = four_eyes.proposed()
    assert refused(lambda: do(officer, case, "confirm")) == "not-available"
    assert refused(lambda: do(officer, case, "refuse", reason="x")) == "not-available"
    do(officer, case, "endorse")
    assert refused(lambda: do(officer, case, "check")) == "not-available"
    assert do(colleague, case, "check").status == "granted"


def test_a_refusal_by_four_eyes_carries_the_first_officers_words(
    four_eyes: Walk, officer: Officer, colleague: Officer
) -> None:
    case = do(officer, four_eyes.proposed(), "endorse-refusal", refusal="材料不符")
    assert do(colleague, case, "check").status == "refused"
    decision = cases.for_citizen(four_eyes.person, case.number).decision
    assert decision is not None
    assert decision.words == "材料不符"


def test_the_second_officer_may_send_it_back(four_eyes: Walk, officer: Officer, colleague: Officer) -> None:
    case = do(officer, four_eyes.proposed(), "endorse")
    assert do(colleague, case, "send-back", note="请再算").status == "deciding"
    assert do(colleague, case, "endorse").status == "checking"


def test_a_replay_needs_no_calendar(
    walk: Walk, officer: Officer, monkeypatch: pytest.MonkeyPatch, law: Callable[..., None]
) -> None:
    case = do(officer, walk.proposed(), "request-correction", **ASKED)
    procedure, events = procedures.of(case), log.history(case)
    monkeypatch.setattr(limits, "calendar", None)
    replayed = log.replay(procedure, events)
    assert replayed is not None
    assert replayed.to_json() == case.snapshot
