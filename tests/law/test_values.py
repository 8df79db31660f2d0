"""Months, dates, money and rates: what they mean and what they refuse."""

import datetime
import operator
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.law import Date, DateTime, Month, Rate, annuity_payment, annuity_principal, round_half_up, yuan
from tongban.law.language import round_half_even
from tongban.law.money import Fen, FenFraction
from tongban.law.values import Overflow, PlaceCode

OVERFLOWS: st.SearchStrategy[Overflow] = st.sampled_from(("last-day", "next-month"))
DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2199, 12, 31)).map(Date.from_date)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Month, "2026-13"),
        (Month, "2026-1"),
        (Month, "0000-01"),
        (Month, "２０２６-01"),
        (Date, "2026-02-29"),
        (Date, "20260201"),
        (DateTime, "2026-01-01T24:00"),
        (DateTime, "2026-01-01 10:00"),
        (Rate, "0.1234567"),
        (Rate, "1e3"),
        (yuan, "1.234"),
        (yuan, "1,000"),
        (yuan, ""),
        (PlaceCode, "5101"),
    ],
)
def test_other_writing_is_refused(kind: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError, match=r"written|places|decimals|six digits|day"):
        kind(text)


def test_the_31st_has_no_day_in_february() -> None:
    assert Date("2026-01-31").plus_months(1, overflow="last-day") == Date("2026-02-28")
    assert Date("2026-01-31").plus_months(1, overflow="next-month") == Date("2026-03-01")


def test_a_leap_day_child_ages_when_the_rule_says() -> None:
    born = Date("2004-02-29")
    assert born.full_years_to(Date("2022-02-28"), leap_day="feb-28") == 18
    assert born.full_years_to(Date("2022-02-28"), leap_day="mar-1") == 17
    assert born.full_years_to(Date("2022-03-01"), leap_day="mar-1") == 18


@given(DAYS, st.integers(-600, 600), OVERFLOWS)
def test_full_months_undo_added_months(day: Date, months: int, overflow: Overflow) -> None:
    assert day.full_months_to(day.plus_months(months, overflow=overflow), overflow=overflow) >= months


@given(DAYS, DAYS, OVERFLOWS)
def test_full_months_are_the_most_that_fit(start: Date, end: Date, overflow: Overflow) -> None:
    months = start.full_months_to(end, overflow=overflow)
    assert (
        start.plus_months(months, overflow=overflow) <= end < start.plus_months(months + 1, overflow=overflow)
    )


def test_months_of_different_kinds_do_not_mix() -> None:
    with pytest.raises(TypeError, match="not supported"):
        operator.lt(Month("2026-01"), Date("2026-01-01"))


def test_a_rate_of_money_is_exact_until_rounded() -> None:
    product = yuan("0.01") * Rate("0.5")
    assert isinstance(product, FenFraction)
    assert (round_half_up(product), round_half_even(product)) == (Fen(1), Fen(0))


def test_half_up_goes_up_for_negative_money_too() -> None:
    assert round_half_up(Fen(-1) * Rate("0.5")) == Fen(0)


def test_money_rounds_to_whole_yuan_when_asked() -> None:
    assert round_half_up(yuan("12.50"), to=yuan("1")) == yuan("13")


def test_an_annuity_without_interest_divides_evenly() -> None:
    assert annuity_payment(yuan("1200"), Rate("0"), 12) == yuan("100")


def test_an_annuity_is_that_of_the_formula() -> None:
    assert annuity_payment(yuan("600000"), Rate("0.026"), 360) == yuan("2402.04")


@given(st.integers(1, 10**8), st.integers(1, 100_000), st.integers(1, 360))
def test_the_loan_a_payment_serves_needs_no_higher_payment(payment: int, rate: int, months: int) -> None:
    loan = annuity_principal(Fen(payment), Rate.from_millionths(rate), months)
    assert annuity_payment(loan, Rate.from_millionths(rate), months) <= Fen(payment)
