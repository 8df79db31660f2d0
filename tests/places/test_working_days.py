"""Working days by the State Council's notices, and honest where there is none yet."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.places import calendar
from tongban.places.calendar import KNOWN_FROM, KNOWN_TO, Due, add_working_days, is_working_day

DAYS = st.dates(KNOWN_FROM, KNOWN_TO + timedelta(days=400))


def test_the_national_day_holiday_of_2026_is_off() -> None:
    assert not any(is_working_day(date(2026, 10, day)) for day in range(1, 8))


def test_a_worked_weekend_counts() -> None:
    assert date(2026, 10, 10).weekday() == 5
    assert is_working_day(date(2026, 10, 10))


def test_counting_starts_on_the_day_after() -> None:
    assert add_working_days(date(2026, 11, 23), 1) == Due(date(2026, 11, 24), provisional=False)


def test_a_limit_runs_over_the_spring_festival() -> None:
    due = add_working_days(date(2026, 2, 13), 3)
    assert due == Due(date(2026, 2, 25), provisional=False)


def test_a_limit_of_no_days_ends_at_once() -> None:
    assert add_working_days(date(2026, 10, 1), 0).on == date(2026, 10, 1)


def test_a_date_past_the_known_notices_is_provisional() -> None:
    due = add_working_days(date(2026, 12, 25), 10)
    assert due.provisional
    assert due.on == date(2027, 1, 8)


def test_past_the_known_notices_only_weekends_are_off() -> None:
    beyond = date(KNOWN_TO.year + 1, 1, 1)
    week = [beyond + timedelta(days=step) for step in range(7)]
    assert sum(is_working_day(day) for day in week) == 5


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        add_working_days(date(2026, 1, 1), -1)


def test_the_source_names_the_years_and_the_package_version() -> None:
    assert "–2026" in calendar.SOURCE
    assert "chinesecalendar" in calendar.SOURCE


@given(start=DAYS, days=st.integers(1, 60))
def test_a_limit_ends_on_a_working_day_with_so_many_between(start: date, days: int) -> None:
    due = add_working_days(start, days).on
    counted = [start + timedelta(days=step) for step in range(1, (due - start).days + 1)]
    assert is_working_day(due)
    assert sum(map(is_working_day, counted)) == days


@given(start=DAYS, first=st.integers(0, 30), second=st.integers(0, 30))
def test_two_limits_in_a_row_are_one_long_limit(start: date, first: int, second: int) -> None:
    assert (
        add_working_days(add_working_days(start, first).on, second).on
        == add_working_days(start, first + second).on
    )
