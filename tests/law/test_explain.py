"""One person's decision: outcomes, reasons, parameters, and facts that cannot be used."""

from datetime import date
from typing import TypedDict

import pytest

from tongban.law import Date, FactsRefused, NoLaw, RuleSet

ON = date(2026, 6, 30)


class Step(TypedDict):
    """A step as it is published."""

    rule: str
    inputs: dict[str, object]
    cites: str
    depends: list[str]
    title: dict[str, str]
    reason: dict[str, str]
    parameters: list[dict[str, object]]


def steps(ruleset: RuleSet, facts: dict[str, object], on: date = ON) -> dict[str, Step]:
    found = ruleset.explain(facts, on).to_json()["steps"]
    assert isinstance(found, list)
    return {step["rule"]: step for step in found}


def test_outcomes_stand_in_the_order_of_the_file_and_in_the_contracts_forms(
    ruritania: RuleSet, clerk: dict[str, object]
) -> None:
    assert ruritania.explain(clerk, ON).outcomes == {
        "pension_month": "2026-05",
        "months_990100": 300,
        "months_990200": 0,
        "months_worked": 300,
        "months_required": 240,
        "entitled": True,
        "pension": "999.00",
        "days_to_decide": 30,
    }


def test_json_names_rule_set_version_and_day(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    found = ruritania.explain(clerk, ON).to_json()
    assert (found["ruleset"], found["version"], found["on"]) == ("ruritania", "3", "2026-06-30")


def test_a_step_tells_inputs_citation_and_what_it_depends_on(
    ruritania: RuleSet, clerk: dict[str, object]
) -> None:
    step = steps(ruritania, clerk)["entitled"]
    assert step["inputs"] == {
        "claim_month": "2026-05",
        "pension_month": "2026-05",
        "months_worked": 300,
        "months_required": 240,
    }
    assert step["cites"] == "Pension Act s. 3"
    assert step["depends"] == ["pension_month", "months_worked", "months_required"]


def test_a_sentence_is_filled_with_the_values_of_its_branch(
    ruritania: RuleSet, clerk: dict[str, object]
) -> None:
    short = {**clerk, "work": [{"place": "990101", "from": "2020-01", "to": "2024-12"}]}
    assert steps(ruritania, short)["entitled"]["reason"] == {
        "zh": "还差 180 个月",
        "en": "180 months are missing",
    }


def test_a_month_in_a_sentence_is_written_for_people(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    early = {**clerk, "claim_month": "2026-04"}
    assert steps(ruritania, early)["entitled"]["reason"]["zh"] == "2026年5月才到年龄"


def test_a_branch_without_a_sentence_says_its_condition(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    early = {**clerk, "claim_month": "2026-04"}
    assert steps(ruritania, early)["pension"]["reason"]["en"] == "not entitled: 0.00 yuan"


def test_a_used_parameter_tells_since_source_and_confidence(
    ruritania: RuleSet, clerk: dict[str, object]
) -> None:
    used = steps(ruritania, clerk)["months_required"]["parameters"]
    assert [{k: one[k] for k in ("name", "value", "since", "source", "confidence")} for one in used] == [
        {
            "name": "required_months",
            "value": 240,
            "since": "2026-01-01",
            "source": "hearsay",
            "confidence": "low",
        }
    ]


def test_low_confidence_is_listed_as_unverified(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert ruritania.explain(clerk, ON).to_json()["unverified"] == ["required_months"]


def test_a_dated_parameter_is_taken_at_the_month_the_rule_says(
    ruritania: RuleSet, clerk: dict[str, object]
) -> None:
    assert ruritania.explain({**clerk, "claim_month": "2025-12"}, ON).outcomes["months_required"] == 180


def test_a_rule_is_replaced_from_its_day_on(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert ruritania.explain(clerk, date(2026, 7, 1)).outcomes["days_to_decide"] == 10


def test_a_rule_that_ended_gives_no_outcome(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert "old_grant" not in ruritania.explain(clerk, date(2026, 1, 1)).outcomes


def test_the_last_day_of_a_rule_belongs_to_it(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    early = {**clerk, "birth_month": "1960-05", "claim_month": "2025-05"}
    assert ruritania.explain(early, date(2025, 12, 31)).outcomes["old_grant"] == 2025


def test_a_title_for_each_place_carries_its_name(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    found = steps(ruritania, clerk)
    assert found["months_990100"]["title"]["zh"] == "在斯特雷尔绍工作的月数"
    assert found["months_990200"]["title"]["en"] == "months worked in 990200"


def test_the_fact_on_goes_before_the_date_asked_for(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    found = ruritania.explain({**clerk, "on": "2026-07-01"}, ON)
    assert found.outcomes["days_to_decide"] == 10


def test_an_optional_fact_may_be_missing_or_null(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert ruritania.explain({**clerk, "bonus": None}, ON).outcomes["pension"] == "999.00"


def test_an_optional_fact_counts_when_given(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert ruritania.explain({**clerk, "bonus": 1000}, ON).outcomes["pension"] == "1332.00"


def test_a_default_stands_for_a_missing_fact(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert ruritania.explain({**clerk, "children": 2}, ON).outcomes["pension"] == "1024.00"


def test_no_parameter_before_its_first_value(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    with pytest.raises(NoLaw, match="required_months: no value in force on 1980-05-01"):
        ruritania.explain({**clerk, "birth_month": "1920-05", "claim_month": "1980-05"}, ON)


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"birth_month": "1966-13"}, "birth_month", "wrong-form"),
        ({"birth_month": "2026-07"}, "birth_month", "in-future"),
        ({"birth_month": "1899-12"}, "birth_month", "out-of-range"),
        ({"birth_month": None}, "birth_month", "wrong-form"),
        ({"trade": "king"}, "trade", "unknown-choice"),
        ({"wage": "12.345"}, "wage", "wrong-form"),
        ({"wage": 12.5}, "wage", "wrong-form"),
        ({"wage": "1000000.01"}, "wage", "out-of-range"),
        ({"wage": True}, "wage", "wrong-form"),
        ({"children": "2"}, "children", "wrong-form"),
        ({"children": -1}, "children", "out-of-range"),
        ({"wages": "1"}, "wages", "unknown-fact"),
        ({"work": {}}, "work", "wrong-type"),
        ({"work": [{"place": "990101", "from": "2000-01"}]}, "work[0].to", "missing"),
        ({"work": [{"place": "99", "from": "2000-01", "to": "2000-01"}]}, "work[0].place", "wrong-form"),
        (
            {"work": [{"place": "990101", "from": "2000-02", "to": "2000-01"}]},
            "work[0].to",
            "ends-before-begin",
        ),
        (
            {"work": [{"place": "990101", "from": "2000-02", "to": "2000-03", "until": 1}]},
            "work[0].until",
            "unknown-fact",
        ),
        ({"claim_month": "1966-05"}, "claim_month", "check-claim_after_birth"),
    ],
)
def test_a_fact_that_cannot_be_used_is_refused_with_its_path(
    ruritania: RuleSet, clerk: dict[str, object], change: dict[str, object], path: str, code: str
) -> None:
    with pytest.raises(FactsRefused) as caught:
        ruritania.explain({**clerk, **change}, ON)
    assert [(problem.path, problem.code) for problem in caught.value.problems] == [(path, code)]


def test_a_missing_fact_is_refused_with_what_is_expected(
    ruritania: RuleSet, clerk: dict[str, object]
) -> None:
    del clerk["trade"]
    with pytest.raises(FactsRefused, match="trade: is missing; expected one of miner, clerk"):
        ruritania.explain(clerk, ON)


def test_overlapping_spells_of_one_place_are_refused(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    spell = {"place": "990101", "from": "2000-01", "to": "2000-05"}
    with pytest.raises(FactsRefused, match=r"work\[1\].from: overlaps work\[0\]"):
        ruritania.explain({**clerk, "work": [spell, {**spell, "from": "2000-05"}]}, ON)


def test_all_problems_are_told_at_once(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    with pytest.raises(FactsRefused) as caught:
        ruritania.explain({**clerk, "trade": "king", "wage": "x"}, ON)
    assert [problem.path for problem in caught.value.problems] == ["trade", "wage"]


def test_a_near_miss_in_a_fact_name_is_pointed_out(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    with pytest.raises(FactsRefused, match="did you mean trade"):
        ruritania.explain({**clerk, "trad": "clerk"}, ON)


def test_text_gives_outcomes_reasons_and_the_warning(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    text = ruritania.explain(clerk, ON).to_text("en")
    assert "monthly pension: 999.00 yuan" in text
    assert "age and months suffice" in text
    assert "Not verified, so the result is indicative: months required" in text


def test_text_does_not_say_a_value_twice(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    text = ruritania.explain(clerk, ON).to_text("en")
    assert "days to decide: 30\n     Law: Office Act s. 9" in text


FAR = """
from tongban.law import Date, Month, fact, rule, ruleset
ruleset("far", version="1", zh="远", en="far")
born = fact(Month, zh="出生", en="born")
@rule(zh="次月", en="next month", cites="s. 1", outcome=True)
def following(born: Month) -> Month:
    return born + 1
@rule(zh="首日", en="first day", cites="s. 2", outcome=True)
def first_day(following: Month) -> Date:
    return following.first_day
"""


def test_a_date_that_grew_too_great_names_its_rule() -> None:
    far = RuleSet.from_files({"far/rules.py": FAR}, "far")
    with pytest.raises(NoLaw, match=r"^first_day: a date or number grew too great"):
        far.decide({"born": 10_000 * 12}, Date.from_date(ON))
