"""What holds for everybody under a rule set, whoever they are."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.law import RuleSet

TODAY = date(2026, 11, 22)
quickly = settings(max_examples=50, deadline=None)

cents = st.integers(0, 10_000_000).map(lambda fen: f"{fen // 100}.{fen % 100:02d}")


def fen(text: Any) -> int:
    return int(str(text).replace(".", ""))


def month(count: int) -> str:
    return f"{count // 12}-{count % 12 + 1:02d}"


@quickly
@given(born=st.integers(1940 * 12, 2005 * 12), category=st.sampled_from(["male60", "female55", "female50"]))
def test_nobody_retires_before_somebody_older_of_the_same_category(
    rulesets: Mapping[str, RuleSet], born: int, category: str
) -> None:
    law = rulesets["retirement-age"]
    older, younger = (
        law.explain({"birth_month": month(at), "category": category}, TODAY).outcomes[
            "statutory_retirement_month"
        ]
        for at in (born, born + 1)
    )
    assert str(older) < str(younger)


@quickly
@given(
    place=st.sampled_from(["500000", "510000"]),
    paid=st.integers(0, 600),
    drawn=st.integers(0, 30),
)
def test_one_more_month_paid_never_shortens_the_benefit(
    rulesets: Mapping[str, RuleSet], place: str, paid: int, drawn: int
) -> None:
    law = rulesets["unemployment-benefit"]
    now, then = (
        law.explain({"place": place, "paid_months": months, "drawn_months": drawn}, TODAY).outcomes
        for months in (paid, paid + 1)
    )
    assert int(str(now["benefit_months"])) <= int(str(then["benefit_months"])) <= 24
    assert int(str(now["months_left"])) <= int(str(now["benefit_months"]))


@quickly
@given(left=st.integers(0, 24), benefit=cents)
def test_half_the_benefit_moves_on_top_of_it(
    rulesets: Mapping[str, RuleSet], left: int, benefit: str
) -> None:
    facts = {"place": "500000", "months_left": left, "monthly_benefit": benefit}
    moved = rulesets["unemployment-transfer"].explain(facts, TODAY).outcomes
    assert fen(moved["total_moved"]) == (3 * left * fen(benefit) + 1) // 2


bills = st.lists(
    st.fixed_dictionaries(
        {"amount": cents, "class": st.sampled_from(["A", "B", "C"]), "linked": st.booleans()}
    ),
    max_size=6,
)


@quickly
@given(
    lines=bills,
    deductible=cents,
    cap=cents,
    level=st.integers(1, 3),
    retired=st.booleans(),
)
def test_a_bill_is_paid_once_and_in_full(
    rulesets: Mapping[str, RuleSet],
    lines: list[dict[str, Any]],
    deductible: str,
    cap: str,
    level: int,
    retired: bool,
) -> None:
    facts = {
        "insured_place": "510100",
        "care_place": "500000",
        "disease": "diabetes",
        "lines": lines,
        "deductible_left": deductible,
        "cap_left": cap,
        "hospital_level": level,
        "retired": retired,
    }
    paid = {
        name: fen(value) for name, value in rulesets["chronic-disease"].explain(facts, TODAY).outcomes.items()
    }
    assert paid["fund_pays"] + paid["person_pays"] == sum(fen(line["amount"]) for line in lines)
    assert 0 <= paid["fund_pays"] <= min(fen(cap), paid["linked"])
    assert paid["linked"] <= paid["in_scope"]
    assert paid["deductible_used"] <= fen(deductible)
    assert paid["cap_used"] == paid["fund_pays"]


@quickly
@given(
    relations=st.lists(
        st.fixed_dictionaries(
            {
                "place": st.sampled_from(["500000", "510100", "510700", "440000", "310000"]),
                "months": st.integers(0, 300),
                "temporary": st.booleans(),
            }
        ),
        min_size=1,
        max_size=6,
    ),
    hukou=st.sampled_from(["500000", "511300", "440000"]),
)
def test_a_pension_is_drawn_at_the_household_or_where_ten_years_were_paid(
    rulesets: Mapping[str, RuleSet], relations: list[dict[str, Any]], hukou: str
) -> None:
    outcomes = rulesets["pension-place"].explain({"hukou": hukou, "relations": relations}, TODAY).outcomes
    place = str(outcomes["drawing_place"])
    months = sum(one["months"] for one in relations if one["place"][:2] == place[:2] and not one["temporary"])
    assert place == hukou or months >= 120
    assert place == hukou or outcomes["rule"] in {"here", "previous"}


@quickly
@given(missing=st.integers(0, 20), back=st.integers(0, 20), window=st.booleans())
def test_paying_back_a_year_never_lengthens_the_waiting(
    rulesets: Mapping[str, RuleSet], missing: int, back: int, window: bool
) -> None:
    law = rulesets["resident-waiting"]
    facts = {"missing_years": missing, "enrolled_in_window": window}
    before, after = (
        int(str(law.explain({**facts, "paid_back_years": years}, TODAY).outcomes["waiting_months"]))
        for years in (back, back + 1)
    )
    assert after <= before


@quickly
@given(
    balance=cents,
    price=st.integers(1, 5_000_000),
    income=st.integers(0, 60_000),
    debt=st.integers(0, 20_000),
    years=st.integers(1, 30),
    city=st.sampled_from(["500000", "510100"]),
)
def test_a_loan_keeps_to_every_limit_at_once(
    rulesets: Mapping[str, RuleSet], balance: str, price: int, income: int, debt: int, years: int, city: str
) -> None:
    facts = {
        "city": city,
        "spells": [{"place": "500000", "from": "2025-01", "to": "2026-10"}],
        "apply_month": "2026-11",
        "balance": balance,
        "price": price,
        "family_monthly_income": income,
        "other_monthly_debt": debt,
        "term_years": years,
    }
    loan = rulesets["housing-fund-loan"].explain(facts, TODAY).outcomes
    ceiling = fen(loan["loan_ceiling"])
    assert ceiling <= min(25 * fen(balance), 80 * price, {"500000": 80_000_000, "510100": 60_000_000}[city])
    assert fen(loan["monthly_payment"]) <= max(50 * income - 100 * debt, 0)


@pytest.mark.parametrize("lost", ["eating", "memory", "vision", "walking"])
def test_losing_ability_never_betters_the_level(rulesets: Mapping[str, RuleSet], lost: str) -> None:
    law = rulesets["elderly-ability"]
    whole: dict[str, int] = {
        name: int(declared.range.high)
        for name, declared in law.facts.items()
        if declared.range is not None and not declared.has_default and name != "on"
    }
    levels = [
        law.explain(whole | {lost: score}, TODAY).outcomes["level"] for score in range(whole[lost], -1, -1)
    ]
    assert levels == sorted(levels, key=lambda level: int(str(level)))


@quickly
@given(
    issued=st.dates(date(2016, 1, 1), date(2026, 1, 1)),
    gaps=st.lists(st.integers(1, 500), max_size=8),
)
def test_a_valid_permit_was_endorsed_within_the_last_year(
    rulesets: Mapping[str, RuleSet], issued: date, gaps: list[int]
) -> None:
    endorsed, days = issued, []
    for gap in gaps:
        endorsed = date.fromordinal(endorsed.toordinal() + gap)
        days.append(endorsed)
    facts = {"issued": issued.isoformat(), "endorsements": [day.isoformat() for day in days]}
    outcomes = rulesets["residence-permit"].explain(facts, TODAY).outcomes
    known = [day for day in (issued, *days) if day <= TODAY]
    if outcomes["valid"]:
        assert (TODAY - max(known)).days <= 366 + 31
    assert outcomes["functions_suspended"] is not outcomes["valid"]
    assert date.fromisoformat(str(outcomes["counts_from"])) in known
