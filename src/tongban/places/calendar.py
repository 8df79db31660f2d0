"""Working days by the State Council's yearly holiday notices (国务院办公厅节假日安排), from holidays.toml.

Promises an honest due date: where the notice of a year is not known yet, the date is marked provisional.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from importlib import resources
from typing import Any

_SATURDAY = 5


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """The last day of a time limit; `provisional` if it crosses a year whose holiday notice is unknown."""

    on: date
    provisional: bool


@dataclass(frozen=True)
class Calendar:
    """One version of the table: the days off, the weekends worked, and the years that it knows."""

    version: str
    source: str
    years: frozenset[int]
    days_off: frozenset[date]
    worked_weekends: frozenset[date]

    @classmethod
    def read(cls, text: str) -> "Calendar":
        """The calendar in a TOML text. Raises ValueError that names year and key when it cannot be one."""
        document = tomllib.loads(text)
        years = document["years"]
        return cls(
            version=document["version"],
            source=document["source"],
            years=frozenset(entry["year"] for entry in years),
            days_off=frozenset(day for entry in years for day in _days_off(entry)),
            worked_weekends=frozenset(day for entry in years for day in _worked(entry)),
        )

    def knows(self, day: date) -> bool:
        """Whether the holiday notice of the day's year is known."""
        return day.year in self.years

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on the day; outside the known years only weekends are off."""
        if day in self.worked_weekends:
            return True
        return day.weekday() < _SATURDAY and day not in self.days_off

    def add_working_days(self, start: date, days: int) -> Due:
        """The last day of a limit of so many working days (办结时限); the day after `start` is the first.

        A limit of 0 days ends on `start` itself. A negative number raises ValueError.
        """
        if days < 0:
            raise ValueError(f"a time limit cannot be negative: {days} working days; give 0 or more")
        return _due(self, start, days)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days of a limit that began on `start` are used up at the end of `end`."""
        span = (end - start).days
        return sum(self.is_working_day(start + timedelta(days=step)) for step in range(1, span + 1))


@lru_cache(maxsize=4096)
def _due(calendar: Calendar, start: date, days: int) -> Due:
    day, provisional = start, not calendar.knows(start)
    while days:
        day += timedelta(days=1)
        provisional = provisional or not calendar.knows(day)
        days -= calendar.is_working_day(day)
    return Due(day, provisional)


@cache
def calendar() -> Calendar:
    """The calendar that comes with this version of Tongban."""
    return Calendar.read(
        resources.files("tongban.places").joinpath("holidays.toml").read_text(encoding="utf-8")
    )


def is_known(day: date) -> bool:
    """Whether the holiday notice of the day's year is known."""
    return calendar().knows(day)


def is_working_day(day: date) -> bool:
    """Whether offices work on the day; outside the known years only weekends are off."""
    return calendar().is_working_day(day)


def add_working_days(start: date, days: int) -> Due:
    """The last day of a limit of so many working days; the day after `start` is the first."""
    return calendar().add_working_days(start, days)


def _days_off(entry: dict[str, Any]) -> list[date]:
    found = []
    for name, first, last in entry["off"]:
        if not first <= last or {first.year, last.year} != {entry["year"]}:
            raise ValueError(
                f"holidays.toml: {entry['year']}: off: {name}: expected days of this year in order"
            )
        found += [first + timedelta(days=step) for step in range((last - first).days + 1)]
    return found


def _worked(entry: dict[str, Any]) -> list[date]:
    for day in entry["worked"]:
        if day.year != entry["year"] or day.weekday() < _SATURDAY:
            raise ValueError(
                f"holidays.toml: {entry['year']}: worked: {day}: expected a weekend of this year"
            )
    return list(entry["worked"])
