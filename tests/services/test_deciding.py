"""From answers and evidence to a proposed decision, by the law of the service's own bundle."""

from datetime import date

import pytest

from tests.services.shipped import SHIPPED
from tongban.services import (
    Definition,
    Known,
    NotComputable,
    Proposed,
    Service,
    explain,
    facts,
    lacking,
    lists_needed,
    load,
    propose,
)
from tongban.services.definition import EvidenceFact

CHENGDU = {"place": "510100", "from": "2012-11", "to": "2026-10", "kind": "actual"}
CHONGQING = {"place": "500000", "from": "2003-04", "to": "2012-12", "kind": "actual"}
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def service() -> Service:
    return load(SHIPPED)["medical-retirement"]


def known(*spells: dict[str, str], pool: str = "better", sex: str = "female", work: str = "worker") -> Known:
    answers: dict[str, str | bool] = {"paying": True, "pool": pool, "phone": "13800000000"}
    return Known(
        person={"birth_month": "1976-02", "sex": sex},
        case={"apply_month": "2026-11"},
        answers=answers | ({"work": work} if sex == "female" else {}),
        evidence={"contribution-spells": spells},
    )


def proposed(service: Service, knowing: Known, place: str = "510100") -> Proposed:
    outcomes = explain(service, facts(service.definition, knowing), DAY)["outcomes"]
    return propose(service.definition, outcomes, knowing.answers, place)


def test_the_woman_of_the_story_qualifies_in_chengdu_by_both_sides_months(service: Service) -> None:
    decision = proposed(service, known(CHENGDU, CHONGQING))
    assert (decision.outcome, decision.pool) == ("granted", "510100")
    assert "共缴费 283 个月" in decision.text.zh


def test_chongqings_node_sends_her_to_chengdu_when_she_wants_the_better_pool(service: Service) -> None:
    decision = proposed(service, known(CHENGDU, CHONGQING), place="500000")
    assert (decision.outcome, decision.pool) == ("elsewhere", "510100")


def test_at_chongqing_she_is_seventeen_months_short(service: Service) -> None:
    decision = proposed(service, known(CHENGDU, CHONGQING, pool="500000"), place="500000")
    assert decision.outcome == "refused"
    assert "还差 17 个月" in decision.text.zh


def test_a_mans_category_needs_no_question(service: Service) -> None:
    assert facts(service.definition, known(CHENGDU, sex="male"))["category"] == "male60"


def test_a_manager_is_in_the_category_of_fifty_five(service: Service) -> None:
    assert facts(service.definition, known(CHENGDU, work="manager"))["category"] == "female55"


def test_an_answer_that_was_left_out_is_no_fact(service: Service) -> None:
    assert "contribution_base" not in facts(service.definition, known(CHENGDU))


@pytest.mark.parametrize(
    "spell",
    [
        CHENGDU | {"from": "2026-11", "to": "2026-10"},
        CHENGDU | {"to": "2027-10"},
        CHENGDU | {"place": "999999x"},
    ],
)
def test_spells_that_cannot_be_are_not_computable_and_the_reason_names_them(
    service: Service, spell: dict[str, str]
) -> None:
    with pytest.raises(NotComputable) as refused:
        explain(service, facts(service.definition, known(spell)), DAY)
    assert "contribution months" in refused.value.text.en
    assert "职工医保缴费记录" in refused.value.text.zh


def test_overlapping_spells_of_one_place_are_not_computable(service: Service) -> None:
    with pytest.raises(NotComputable):
        explain(service, facts(service.definition, known(CHENGDU, CHENGDU)), DAY)


@pytest.mark.parametrize(("code", "title"), [("credit-bank", "学习成果"), ("work-injury", "工伤")])
def test_evidence_that_the_law_needs_and_no_side_has_is_named(code: str, title: str) -> None:
    needing = load(SHIPPED)[code]
    nothing = Known(person={}, case={}, answers={}, evidence={})
    (named,) = lacking(needing.definition, nothing, lists_needed(needing))
    assert title in named.zh


def test_a_day_before_the_law_is_not_computable(service: Service) -> None:
    with pytest.raises(NotComputable):
        explain(service, facts(service.definition, known(CHENGDU)), date(1999, 1, 1))


def test_an_outcome_that_the_law_does_not_give_is_told_as_not_known(service: Service) -> None:
    outcomes = {"eligible_510100": False, "recommended_pool": None, "earliest_eligible_month": None}
    decision = propose(service.definition, outcomes, {"pool": "better"}, "510100")
    assert decision.outcome == "refused"
    assert "最早可以办理的月份：尚不能确定" in decision.text.zh


def of_latest(field: str) -> EvidenceFact:
    return EvidenceFact(evidence="contribution-spells", field=field, latest_by="from")


def with_facts(service: Service, **changes: object) -> Definition:
    assert service.definition.decision
    decision = service.definition.decision.model_copy(update=changes)
    return service.definition.model_copy(update={"decision": decision})


def test_a_fact_may_be_a_field_of_the_record_that_comes_last(service: Service) -> None:
    definition = with_facts(service, facts={"place": of_latest("place")})
    assert facts(definition, known(CHENGDU, CHONGQING)) == {"place": "510100"}
    assert facts(definition, known()) == {}


@pytest.mark.parametrize(
    ("eligible", "outcome"), [("reached_age", "granted"), ("eligible_500000", "refused"), (None, "granted")]
)
def test_without_a_choice_of_pool_the_case_is_decided_where_the_person_applies(
    service: Service, eligible: str | None, outcome: str
) -> None:
    definition = with_facts(service, pool_question=None, recommended=None, eligible=eligible)
    outcomes = explain(service, facts(service.definition, known(CHENGDU, CHONGQING)), DAY)["outcomes"]
    decision = propose(definition, outcomes, {}, "500000")
    assert (decision.outcome, decision.pool) == (outcome, "500000")
