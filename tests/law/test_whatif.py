"""When the answer becomes yes, what would make it so, and other law side by side."""

from datetime import date

import pytest

from tongban.law import FactsRefused, LawError, NoLaw, RuleSet
from tongban.law.whatif import Change, Turning, changes, earliest, under_date, under_place

ON = date(2026, 6, 30)


@pytest.fixture
def young(clerk: dict[str, object]) -> dict[str, object]:
    """Forty months are missing, and seven months of age."""
    return {
        **clerk,
        "birth_month": "1966-12",
        "work": [{"place": "990101", "from": "2009-10", "to": "2026-05"}],
    }


def turning(ruleset: RuleSet, facts: dict[str, object]) -> Turning:
    found = earliest(ruleset, facts, ON, "entitled")
    assert found is not None
    return found


def test_an_answer_that_is_yes_needs_no_time(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert turning(ruritania, clerk).months == 0


def test_time_passes_for_the_claim_and_for_work_that_goes_on(
    ruritania: RuleSet, young: dict[str, object]
) -> None:
    found = turning(ruritania, young)
    assert found.months == 40
    assert found.facts["claim_month"] == "2029-09"
    assert found.facts["work"] == [{"place": "990101", "from": "2009-10", "to": "2029-09", "kind": "actual"}]


def test_the_month_before_the_earliest_is_too_early(ruritania: RuleSet, young: dict[str, object]) -> None:
    before = {**young, "claim_month": "2029-08"}
    before["work"] = [{"place": "990101", "from": "2009-10", "to": "2029-08"}]
    assert ruritania.explain(before, ON).outcomes["entitled"] is False


def test_without_work_time_alone_does_not_help(ruritania: RuleSet, young: dict[str, object]) -> None:
    assert earliest(ruritania, {**young, "work": []}, ON, "entitled") is None


def test_only_a_yes_or_no_outcome_can_become_yes(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    with pytest.raises(LawError, match="expected one of entitled"):
        earliest(ruritania, clerk, ON, "pension")


def test_a_single_fact_that_would_suffice_is_found_with_its_threshold(
    ruritania: RuleSet, clerk: dict[str, object]
) -> None:
    short = {**clerk, "work": [{"place": "990101", "from": "2006-06", "to": "2026-04"}]}
    found = changes(ruritania, short, ON, "entitled")
    assert [change.fact for change in found] == ["work"]
    assert found[0].needed == [{"place": "990101", "from": "2006-06", "to": "2026-05", "kind": "actual"}]
    assert found[0].by == 1


def test_the_nearest_value_of_a_number_is_found(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert Change("birth_month", "1966-06", "1966-05", -1) in changes(
        ruritania, {**clerk, "birth_month": "1966-06"}, ON, "entitled"
    )


def test_another_choice_that_would_suffice_is_found(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert Change("trade", "clerk", "miner") in changes(
        ruritania, {**clerk, "birth_month": "1976-05"}, ON, "entitled"
    )


def test_a_yes_needs_no_change(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    assert changes(ruritania, clerk, ON, "entitled") == ()


def test_another_dates_law_stands_beside(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    found = under_date(ruritania, clerk, ON, date(2026, 7, 1))
    assert [(one.rule, one.left, one.right) for one in found.differences] == [("days_to_decide", 30, 10)]


WINTER = """
from tongban.law import PlaceCode, Table, Fen, fact, rule, ruleset
ruleset("heating", version="1", zh="取暖", en="Heating")
home = fact(PlaceCode, zh="住地", en="home")
rooms = fact(int, zh="房间数", en="rooms", at_least=0, at_most=50)
stoves = fact(int, zh="炉数", en="stoves", default=1, at_least=0, at_most=9)
@rule(zh="补贴", en="grant", cites="s. 1", outcome=True)
def grant(home: PlaceCode, per_home: Table[PlaceCode, Fen]) -> Fen:
    return per_home[home]
@rule(zh="补贴", en="grant", cites="s. 2", since="2027-01-01", replaces="grant")
def grant_2027(home: PlaceCode, per_home: Table[PlaceCode, Fen], rooms: int, stoves: int) -> Fen:
    return per_home[home] * rooms * stoves
"""
AMOUNTS = """
[per_home]
zh = "每户"
en = "a home"
type = "yuan"
keys = { home = "place" }
[[per_home.values]]
since = 2020-01-01
source = "s. 1"
confidence = "high"
rows = [["990100", 10], ["990200", 20]]
"""
LATER = date(2027, 1, 1)


@pytest.fixture(scope="module")
def heating() -> RuleSet:
    """Law that asks for more from 2027 on."""
    return RuleSet.from_files({"heating/rules.py": WINTER, "heating/parameters.toml": AMOUNTS}, "heating")


def test_a_fact_that_only_the_other_dates_law_asks_for_is_named(heating: RuleSet) -> None:
    with pytest.raises(FactsRefused) as refused:
        under_date(heating, {"home": "990100"}, ON, LATER)
    assert [(one.path, one.code) for one in refused.value.problems] == [("rooms", "missing")]
    assert "asked for by the law of 2027-01-01" in str(refused.value)
    assert "按 2027-01-01 的规定需要" in refused.value.said("zh")


@pytest.mark.parametrize(("on", "law"), [(ON, LATER), (LATER, ON)])
def test_a_fact_of_one_law_only_is_taken_for_it(heating: RuleSet, on: date, law: date) -> None:
    found = under_date(heating, {"home": "990100", "rooms": 3}, on, law)
    amounts = {"2026-06-30": "10.00", "2027-01-01": "30.00"}
    assert [side.outcomes["grant"] for side in (found.left, found.right)] == [
        amounts[str(on)],
        amounts[str(law)],
    ]


def test_a_day_without_law_is_told(heating: RuleSet) -> None:
    with pytest.raises(NoLaw) as told:
        under_date(heating, {"home": "990100"}, ON, date(2019, 12, 31))
    assert told.value.code == "no-value"


def test_another_places_law_stands_beside(heating: RuleSet) -> None:
    found = under_place(heating, {"home": "990100"}, ON, "home", "990200")
    assert [(one.rule, one.left, one.right) for one in found.differences] == [("grant", "10.00", "20.00")]


@pytest.mark.parametrize(("place", "error"), [("990300", NoLaw), ("Zenda", FactsRefused)])
def test_a_place_that_the_law_does_not_know_is_told(
    heating: RuleSet, place: str, error: type[LawError]
) -> None:
    with pytest.raises(error):
        under_place(heating, {"home": "990100"}, ON, "home", place)


def test_a_place_must_be_a_fact_that_is_one(ruritania: RuleSet, clerk: dict[str, object]) -> None:
    with pytest.raises(FactsRefused, match="places are none"):
        under_place(ruritania, clerk, ON, "trade", "990100")
