"""When the answer becomes yes, what would make it so, and other law side by side."""

from datetime import date

import pytest

from tongban.law import FactsRefused, LawError
from tongban.law.whatif import Change, changes, earliest, under_date, under_place

ON = date(2026, 6, 30)


@pytest.fixture
def young(clerk):
    """Forty months are missing, and seven months of age."""
    return {
        **clerk,
        "birth_month": "1966-12",
        "work": [{"place": "990101", "from": "2009-10", "to": "2026-05"}],
    }


def test_an_answer_that_is_yes_needs_no_time(ruritania, clerk):
    assert earliest(ruritania, clerk, ON, "entitled").months == 0


def test_time_passes_for_the_claim_and_for_work_that_goes_on(ruritania, young):
    found = earliest(ruritania, young, ON, "entitled")
    assert found.months == 40
    assert found.facts["claim_month"] == "2029-09"
    assert found.facts["work"][0]["to"] == "2029-09"


def test_the_month_before_the_earliest_is_too_early(ruritania, young):
    before = {**young, "claim_month": "2029-08"}
    before["work"] = [{"place": "990101", "from": "2009-10", "to": "2029-08"}]
    assert ruritania.explain(before, ON).outcomes["entitled"] is False


def test_without_work_time_alone_does_not_help(ruritania, young):
    assert earliest(ruritania, {**young, "work": []}, ON, "entitled") is None


def test_only_a_yes_or_no_outcome_can_become_yes(ruritania, clerk):
    with pytest.raises(LawError, match="expected one of entitled"):
        earliest(ruritania, clerk, ON, "pension")


def test_a_single_fact_that_would_suffice_is_found_with_its_threshold(ruritania, clerk):
    short = {**clerk, "work": [{"place": "990101", "from": "2006-06", "to": "2026-04"}]}
    found = changes(ruritania, short, ON, "entitled")
    assert [change.fact for change in found] == ["work"]
    assert found[0].needed[0]["to"] == "2026-05"


def test_the_nearest_value_of_a_number_is_found(ruritania, clerk):
    assert Change("birth_month", "1966-06", "1966-05") in changes(
        ruritania, {**clerk, "birth_month": "1966-06"}, ON, "entitled"
    )


def test_another_choice_that_would_suffice_is_found(ruritania, clerk):
    assert Change("trade", "clerk", "miner") in changes(
        ruritania, {**clerk, "birth_month": "1976-05"}, ON, "entitled"
    )


def test_a_yes_needs_no_change(ruritania, clerk):
    assert changes(ruritania, clerk, ON, "entitled") == ()


def test_another_dates_law_stands_beside(ruritania, clerk):
    found = under_date(ruritania, clerk, ON, date(2026, 7, 1))
    assert [(one.rule, one.left, one.right) for one in found.differences] == [("days_to_decide", 30, 10)]


def test_a_place_must_be_a_fact_that_is_one(ruritania, clerk):
    with pytest.raises(FactsRefused, match="places are none"):
        under_place(ruritania, clerk, ON, "trade", "990100")
