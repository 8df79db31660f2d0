"""Working days by the State Council's yearly holiday notices (国务院办公厅节假日安排).

Promises an honest due date: where the notice of a year is not known yet, the date is marked provisional.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.metadata import version
from typing import Final

from chinese_calendar.constants import holidays, in_lieu_days, workdays

_DAYS_OFF: Final[Mapping[date, str]] = {**holidays, **in_lieu_days}
_WORKED_WEEKENDS: Final[Mapping[date, str]] = dict(workdays)

KNOWN_FROM: Final = date(min(_DAYS_OFF).year, 1, 1)
KNOWN_TO: Final = date(max(_DAYS_OFF).year, 12, 31)
SOURCE: Final = (
    f"State Council holiday notices {KNOWN_FROM.year}–{KNOWN_TO.year}, "
    f"package chinesecalendar {version('chinesecalendar')}"
)

_SATURDAY = 5


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """The last day of a time limit; `provisional` if it crosses a year whose holiday notice is unknown."""

    on: date
    provisional: bool


def is_known(day: date) -> bool:
    """Whether the holiday notice of the day's year is known."""
    return KNOWN_FROM <= day <= KNOWN_TO


def is_working_day(day: date) -> bool:
    """Whether offices work on the day; outside the known years only weekends are off."""
    if day in _WORKED_WEEKENDS:
        return True
    return day.weekday() < _SATURDAY and day not in _DAYS_OFF


def add_working_days(start: date, days: int) -> Due:
    """The last day of a limit of so many working days (办结时限); the day after `start` is the first.

    A limit of 0 days ends on `start` itself. A negative number raises ValueError.
    """
    if days < 0:
        raise ValueError(f"a time limit cannot be negative: {days} working days; give 0 or more")
    day, provisional = start, not is_known(start)
    while days:
        day += timedelta(days=1)
        provisional = provisional or not is_known(day)
        days -= is_working_day(day)
    return Due(day, provisional)
