"""One application from draft to decision."""

from collections.abc import Callable, Mapping
from datetime import date

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.casework.walk import SPELLS, Walk, inbox
from tongban.node.casework import actions, cases, drafts, log, proposing
from tongban.node.casework.models import Case
from tongban.node.exchange.models import Outbox
from tongban.node.people.access import accesses_of
from tongban.node.people.models import Account, Officer, Person
from tongban.places.agencies import agency
from tongban.places.calendar import add_working_days
from tongban.services import NotComputable, Service, Text

OTHER = agency("500000-rs").name


def test_a_submitted_application_asks_both_sides_and_waits(walk: Walk) -> None:
    case = walk.submitted()
    assert case.status == "gathering"
    assert sorted(Outbox.objects.values_list("place", flat=True)) == ["500000", "510100"]
    view = cases.for_citizen(walk.person, case.number)
    assert view.waiting_for is not None
    assert "重庆市医疗保障局" in view.waiting_for.zh


def test_a_case_number_has_prefix_year_and_seven_digits(walk: Walk) -> None:
    case = walk.submitted()
    prefix, year, count = case.number.split("-")
    assert (prefix, len(year), len(count)) == ("SC", 4, 7)


def test_when_both_sides_have_answered_the_law_proposes_and_an_officer_has_a_task(
    walk: Walk, officer: Officer
) -> None:
    case = walk.proposed()
    assert case.status == "deciding"
    (line,) = inbox(officer)
    assert (line.number, line.task) == (case.number, "decide")
    limit = add_working_days(date.fromisoformat(log.history(case)[0].data["applied_on"]), 15)
    assert line.due_on == limit.on


def test_the_law_gets_both_sides_spells_and_what_the_node_knows_of_the_person(walk: Walk) -> None:
    case = walk.proposed()
    proposal = cases.for_citizen(walk.person, case.number).proposal
    assert proposal is not None
    facts = proposal.explanation["facts"]
    assert facts["spells"] == [*SPELLS["510100"], *SPELLS["500000"]]
    assert (facts["birth_month"], facts["sex"], facts["category"]) == ("1976-02", "female", "female50")
    assert "contribution_base" not in facts


def test_the_proposal_is_told_in_both_languages_with_its_numbers(walk: Walk) -> None:
    proposal = cases.for_citizen(walk.person, walk.proposed().number).proposal
    assert proposal is not None
    assert proposal.title.zh == "您可以在成都办理医保退休"
    assert "283" in proposal.text.zh
    assert "240" in proposal.text.en


def test_a_person_short_of_months_is_told_how_many(walk: Walk, law: Callable[..., None]) -> None:
    law(eligible_510100=False, shortfall_months_510100=5, earliest_eligible_month="2027-04")
    proposal = cases.for_citizen(walk.person, walk.proposed().number).proposal
    assert proposal is not None
    assert proposal.outcome == "refused"
    assert "还差 5 个月" in proposal.text.zh
    assert "April 2027" in proposal.text.en


def test_who_wishes_the_other_sides_pool_is_sent_there(walk: Walk) -> None:
    proposal = cases.for_citizen(walk.person, walk.proposed(pool="500000").number).proposal
    assert proposal is not None
    assert (proposal.outcome, proposal.pool) == ("elsewhere", "500000")


def test_who_wishes_the_better_pool_gets_the_recommended_one(walk: Walk) -> None:
    proposal = cases.for_citizen(walk.person, walk.proposed(pool="better").number).proposal
    assert proposal is not None
    assert (proposal.outcome, proposal.pool) == ("granted", "510100")


def test_a_decision_names_the_agency_that_the_case_is_with(walk: Walk, officer: Officer) -> None:
    case = walk.proposed()
    actions.confirm(officer, case.number, case.revision)
    Case.objects.filter(pk=case.pk).update(agency="500000-rs")
    decision = cases.for_citizen(walk.person, case.number).decision
    assert decision is not None
    assert decision.agency == Text(zh=OTHER.zh, en=OTHER.en)


def test_a_confirmed_proposal_is_the_decision(walk: Walk, officer: Officer) -> None:
    case = walk.proposed()
    actions.confirm(officer, case.number, case.revision)
    view = cases.for_citizen(walk.person, case.number)
    assert view.decision is not None
    assert (view.status, view.decision.outcome, view.decision.agrees) == ("granted", "granted", True)
    assert view.waiting_for is None
    assert inbox(officer) == []
    assert [line.number for line in inbox(officer, "done")] == [case.number]


def test_a_refusal_carries_the_officers_words(walk: Walk, officer: Officer) -> None:
    case = walk.proposed()
    actions.refuse(officer, case.number, case.revision, " 档案与系统不符 ")
    view = cases.for_citizen(walk.person, case.number)
    assert view.decision is not None
    assert (view.status, view.decision.words, view.decision.agrees) == ("refused", "档案与系统不符", False)


def test_evidence_that_is_refused_becomes_an_officers_task_once_nothing_else_is_awaited(
    walk: Walk, officer: Officer
) -> None:
    case = walk.submitted()
    assert walk.decline(case, "500000").status == "gathering"
    assert inbox(officer) == []
    assert walk.answer(case, "510100").status == "held"
    assert [line.task for line in inbox(officer)] == ["resolve-evidence"]


def test_an_officer_reads_what_exactly_was_wrong_with_evidence(walk: Walk, officer: Officer) -> None:
    case = walk.submitted()
    walk.answer(case, "510100")
    walk.decline(case, "500000")
    details = {piece.place: piece.detail for piece in cases.for_officer(officer, case.number).evidence}
    assert details["510100"] is None
    assert details["500000"] == Text(zh="第 2 段止月早于起月", en="Spell 2 ends before it begins")


def test_refused_evidence_that_is_asked_again_and_comes_leads_on_to_the_proposal(
    walk: Walk, officer: Officer
) -> None:
    case = walk.submitted()
    walk.answer(case, "510100")
    case = walk.decline(case, "500000")
    case = actions.ask_again(officer, case.number, case.revision, "spells-chongqing")
    assert (case.status, inbox(officer)) == ("gathering", [])
    assert walk.answer(case, "500000").status == "deciding"


@pytest.mark.usefixtures("no_question_is_covered")
def test_a_question_that_no_agreement_covers_is_an_officers_task(
    walk: Walk,
) -> None:
    case = walk.again(walk.submitted())
    assert case.status == "held"
    assert [one.status for one in log.state_of(case).evidence] == ["refused", "refused"]


def test_evidence_that_the_law_cannot_use_is_an_officers_task_with_the_reason(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(service: Service, facts: object, on: object) -> Mapping[str, object]:
        raise NotComputable(Text(zh="止月早于起月", en="It ends before it begins"))

    monkeypatch.setattr(proposing, "explain", cannot)
    case = walk.proposed()
    assert (case.status, [task.kind for task in case.tasks.all()]) == ("held", ["resolve-evidence"])
    assert "止月早于起月" in cases.for_citizen(walk.person, case.number).timeline[-1].text.zh


def test_an_answer_told_twice_takes_effect_once(walk: Walk) -> None:
    case = walk.submitted()
    first = walk.answer(case, "500000")
    assert walk.answer(case, "500000").revision == first.revision


def test_an_answer_after_the_withdrawal_changes_nothing(walk: Walk) -> None:
    case = walk.submitted()
    actions.withdraw(walk.person, case.number, case.revision)
    assert walk.answer(case, "500000").status == "withdrawn"


def test_a_withdrawn_case_waits_for_nothing_and_goes_nowhere(walk: Walk) -> None:
    case = walk.submitted()
    actions.withdraw(walk.person, case.number, case.revision)
    view = cases.for_citizen(walk.person, case.number)
    assert view.waiting_for is None
    assert [station.state for station in view.passage] == ["done"]


def test_withdrawing_stops_the_questions(walk: Walk) -> None:
    case = walk.submitted()
    actions.withdraw(walk.person, case.number, case.revision)
    assert set(Outbox.objects.values_list("state", flat=True)) == {"stopped"}


def test_the_timeline_tells_each_step_on_its_side(walk: Walk, officer: Officer) -> None:
    case = walk.proposed()
    actions.confirm(officer, case.number, case.revision)
    timeline = cases.for_citizen(walk.person, case.number).timeline
    assert [(entry.kind, entry.side) for entry in timeline] == [
        ("opened", "sichuan"),
        ("evidence-received", "sichuan"),
        ("evidence-received", "chongqing"),
        ("proposed", "sichuan"),
        ("decided", "sichuan"),
    ]
    assert timeline[2].text.zh == "重庆市医疗保障局提供了：重庆的职工医保缴费起止月份"


def test_both_sides_are_awaited_at_once(walk: Walk) -> None:
    passage = cases.for_citizen(walk.person, walk.submitted().number).passage
    assert [station.state for station in passage] == ["done", "now", "now", "next", "next"]


def test_the_passage_shows_what_is_done_what_is_now_and_what_comes(walk: Walk) -> None:
    case = walk.submitted()
    walk.answer(case, "510100")
    passage = cases.for_citizen(walk.person, case.number).passage
    assert [(station.side, station.state) for station in passage] == [
        ("sichuan", "done"),
        ("sichuan", "done"),
        ("chongqing", "now"),
        ("sichuan", "next"),
        ("sichuan", "next"),
    ]


def test_the_citizen_gets_a_notice_of_proposal_and_decision_once_each(
    walk: Walk, citizen: Account, officer: Officer
) -> None:
    case = walk.proposed()
    actions.confirm(officer, case.number, case.revision)
    assert [notice.event and notice.event.kind for notice in cases.notices(citizen).lines] == [
        "decided",
        "proposed",
    ]


def test_an_officers_reading_leaves_an_access_record(walk: Walk, woman: Person, officer: Officer) -> None:
    case = walk.proposed()
    cases.for_officer(officer, case.number)
    (access,) = accesses_of(woman)
    assert (access.direction, access.agency, access.case_ref) == ("read", "510100-yb", case.number)
    assert "from" in access.fields


def test_a_citizens_list_has_a_constant_number_of_queries(
    walk: Walk, woman: Person, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    walk.submitted()
    second = walk.submitted()
    assert Case.objects.count() == 2
    with django_assert_max_num_queries(2):
        assert cases.of_person(woman).lines[0].number == second.number


def test_an_officers_list_has_a_constant_number_of_queries(
    walk: Walk, officer: Officer, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(3):
        walk.proposed()
    with django_assert_max_num_queries(2):
        assert len(inbox(officer)) == 3


def test_a_draft_that_is_given_up_is_gone_and_the_next_one_is_empty(walk: Walk) -> None:
    drafts.discard(walk.draft())
    assert drafts.open_drafts(walk.person) == []
    assert drafts.begin(walk.person, "medical-retirement").answers == {}


def test_the_answers_are_shown_in_words_for_checking(walk: Walk) -> None:
    shown = {question.key: text.zh for question, text in drafts.answered(walk.draft(base="4699.5"))}
    assert (shown["work"], shown["paying"], shown["base"]) == ("工人岗位", "是", "4,699.50 元")
