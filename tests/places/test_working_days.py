"""Working days by the State Council's notices, and honest where there is none yet."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.places.calendar import Calendar, Due, add_working_days, calendar, is_working_day

KNOWN_FROM = date(min(calendar().years), 1, 1)
KNOWN_TO = date(max(calendar().years), 12, 31)
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


@pytest.mark.parametrize("year", sorted(calendar().years))
def test_every_year_is_the_one_of_an_independent_table(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=step) for step in range(366)]
    assert [is_working_day(day) for day in days if day.year == year] == [
        chinese_calendar.is_workday(day) for day in days if day.year == year
    ]


ONE_YEAR = """
version = "1"
source = "a test"
[[years]]
year = 2027
off = [["元旦", {first}, {last}]]
worked = [{worked}]
"""


def one_year(first: str = "2027-01-01", last: str = "2027-01-03", worked: str = "2027-01-09") -> Calendar:
    return Calendar.read(ONE_YEAR.format(first=first, last=last, worked=worked))


def test_a_table_that_grows_knows_the_new_year() -> None:
    assert one_year().add_working_days(date(2027, 1, 1), 5) == Due(date(2027, 1, 8), provisional=False)
    assert one_year().is_working_day(date(2027, 1, 9))


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"first": "2027-01-04"}, "off"),
        ({"first": "2026-12-31"}, "off"),
        ({"worked": "2027-01-08"}, "worked"),
        ({"worked": "2026-01-10"}, "worked"),
    ],
)
def test_a_table_with_a_wrong_day_is_refused_with_its_key(changed: dict[str, str], key: str) -> None:
    with pytest.raises(ValueError, match=f"2027: {key}: "):
        one_year(**changed)


@given(start=DAYS, days=st.integers(0, 40))
def test_what_is_used_up_at_the_end_of_a_limit_is_the_limit(start: date, days: int) -> None:
    assert calendar().working_days_between(start, add_working_days(start, days).on) == days


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
