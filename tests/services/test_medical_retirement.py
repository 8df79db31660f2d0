"""Medical retirement on both sides' months: the story of the first crossing, and what holds for everybody."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.law import Explanation, RuleSet

TODAY = date(2026, 11, 22)
APPLY = 2026 * 12 + 10  # 2026-11 as a count of months
CHONGQING, CHENGDU = "500000", "510100"


def month(count: int) -> str:
    return f"{count // 12}-{count % 12 + 1:02d}"


def spell(place: str, first: str, last: str, kind: str = "actual") -> dict[str, str]:
    return {"place": place, "from": first, "to": last, "kind": kind}


WOMAN = {"birth_month": "1976-02", "category": "female50", "sex": "female", "apply_month": "2026-11"}
STORY = WOMAN | {
    "spells": [spell(CHONGQING, "2003-04", "2012-12"), spell(CHENGDU, "2012-11", "2026-10")],
}


@pytest.fixture(scope="module")
def law(rulesets: Mapping[str, RuleSet]) -> RuleSet:
    return rulesets["medical-retirement"]


def reason(explanation: Explanation, rule: str, lang: str = "zh") -> str:
    return next(explanation.reason(one, lang) for one in explanation.taken if one.rule.name == rule)


def test_the_woman_of_the_first_crossing_qualifies_in_chengdu(law: RuleSet) -> None:
    assert law.explain(STORY, TODAY).outcomes == {
        "insured_months_500000": 117,
        "insured_months_510100": 168,
        "insured_months": 283,
        "reached_age": True,
        "required_months_500000": 300,
        "required_months_510100": 240,
        "shortfall_months_500000": 17,
        "shortfall_months_510100": 0,
        "eligible_500000": False,
        "eligible_510100": True,
        "top_up_500000": "8127.11",
        "top_up_510100": "0.00",
        "recommended_pool": CHENGDU,
        "earliest_eligible_month": "2026-11",
    }


def test_the_sum_of_both_sides_is_told_as_a_citizen_counts_it(law: RuleSet) -> None:
    explanation = law.explain(STORY, TODAY)
    assert reason(explanation, "insured_months") == "两地缴费合计 283 个月：重庆 117 + 成都 168 − 重复 2"


def test_months_of_a_third_place_are_told_too(law: RuleSet) -> None:
    facts = STORY | {"spells": [spell("510700", "2001-01", "2001-12"), spell(CHENGDU, "2012-11", "2026-10")]}
    assert reason(law.explain(facts, TODAY), "insured_months").endswith("+ 其他地区 12")


def test_pools_are_called_by_their_names(law: RuleSet) -> None:
    explanation = law.explain(STORY, TODAY)
    assert reason(explanation, "shortfall_months_500000").startswith("重庆要求 300 个月")
    assert reason(explanation, "recommended_pool", "en") == "Only Chengdu can be used now"


def test_the_pools_requirements_are_marked_unverified(law: RuleSet) -> None:
    assert {
        "required_total",
        "required_continuous",
        "required_actual",
        "counts_deemed",
        "top_up_rate",
    } == set(law.explain(STORY, TODAY).unverified)


def test_the_answer_holds_every_day_of_the_month(law: RuleSet) -> None:
    first, last = law.explain(STORY, date(2026, 11, 1)), law.explain(STORY, date(2026, 11, 30))
    assert first.outcomes == last.outcomes


@st.composite
def histories(draw: st.DrawFn) -> list[dict[str, str]]:
    """Spells of both sides that end before the application; those of one place do not touch."""
    found = []
    for place in (CHONGQING, CHENGDU):
        at = APPLY - 480
        for _ in range(draw(st.integers(0, 3))):
            first = at + draw(st.integers(0, 60))
            last = first + draw(st.integers(0, 200))
            if last >= APPLY:
                break
            kind = draw(st.sampled_from(["actual", "actual", "deemed"]))
            found.append(spell(place, month(first), month(last), kind))
            at = last + 2
    return found


def covered(spells: list[dict[str, str]], place: str = "", kind: str = "") -> set[int]:
    def count(text: str) -> int:
        return int(text[:4]) * 12 + int(text[5:]) - 1

    return {
        at
        for one in spells
        if one["place"].startswith(place) and one["kind"].startswith(kind)
        for at in range(count(one["from"]), count(one["to"]) + 1)
    }


def decide(law: RuleSet, spells: list[dict[str, str]], **facts: Any) -> dict[str, Any]:
    return law.explain(WOMAN | {"spells": spells} | facts, TODAY).outcomes


@given(spells=histories())
@settings(max_examples=60, deadline=None)
def test_months_are_counted_as_sets_of_months(law: RuleSet, spells: list[dict[str, str]]) -> None:
    outcomes = decide(law, spells)
    assert outcomes["insured_months"] == len(covered(spells))
    assert outcomes["insured_months_500000"] == len(covered(spells, CHONGQING))
    assert outcomes["insured_months_510100"] == len(covered(spells, CHENGDU))


@given(spells=histories())
@settings(max_examples=60, deadline=None)
def test_chongqing_asks_for_all_months_and_for_actual_ones(
    law: RuleSet, spells: list[dict[str, str]]
) -> None:
    missing = max(300 - len(covered(spells)), 120 - len(covered(spells, kind="actual")), 0)
    assert decide(law, spells)["shortfall_months_500000"] == missing


@given(spells=histories())
@settings(max_examples=60, deadline=None)
def test_the_earliest_month_is_the_first_in_which_going_on_would_do(
    law: RuleSet, spells: list[dict[str, str]]
) -> None:
    earliest = decide(law, spells)["earliest_eligible_month"]
    went_on = [*spells, spell(CHENGDU, month(APPLY), earliest)]
    went_on = [one for one in went_on if one["from"] <= one["to"]]
    then = law.explain(
        WOMAN | {"spells": went_on, "apply_month": earliest}, date(int(earliest[:4]), int(earliest[5:]), 1)
    ).outcomes
    assert then["eligible_500000"] or then["eligible_510100"]


@given(spells=histories(), base=st.integers(1, 30000))
@settings(max_examples=40, deadline=None)
def test_a_pool_that_qualifies_is_never_passed_over(
    law: RuleSet, spells: list[dict[str, str]], base: int
) -> None:
    outcomes = decide(law, spells, contribution_base=str(base))
    other = CHENGDU if outcomes["recommended_pool"] == CHONGQING else CHONGQING
    assert outcomes[f"eligible_{outcomes['recommended_pool']}"] or not outcomes[f"eligible_{other}"]


def test_the_order_of_the_spells_makes_no_difference(law: RuleSet) -> None:
    spells = STORY["spells"]
    assert isinstance(spells, list)
    assert decide(law, spells) == decide(law, list(reversed(spells)))
