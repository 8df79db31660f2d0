"""The values law speaks of besides money: months, dates, places, choices.

Each is immutable and of a type of its own, so that adding money to months fails before it runs.
Every class has an integer form (`ordinal`, `number`), with which engines compute.
"""

import datetime
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Literal, Self, overload

from tongban.law.ordering import Ordered

MINUTES_A_DAY = 1440
_EPOCH = datetime.date(1970, 1, 1).toordinal()

Overflow = Literal["last-day", "next-month"]
LeapDay = Literal["feb-28", "mar-1"]


class Choice(StrEnum):
    """An enumeration of the law: each member is `"value", "中文", "English"`."""

    zh: str
    en: str

    def __new__(cls, value: str, zh: str = "", en: str = "") -> Self:
        """Make a member; without labels the value is its own label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh or value
        member.en = en or value
        return member


class Sex(Choice):
    """Sex as registered (性别)."""

    MALE = "male", "男", "male"
    FEMALE = "female", "女", "female"


class SpellKind(Choice):
    """How a month of insurance came about (缴费性质)."""

    ACTUAL = "actual", "实际缴费", "actually paid"
    DEEMED = "deemed", "视同缴费", "deemed paid"


class Month(Ordered):
    """A calendar month (年月), from 0001-01 to 9999-12."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        """Read `YYYY-MM`; ValueError otherwise."""
        match = re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII)
        if match is None or not 1 <= int(match[2]) <= 12 or int(match[1]) < 1:
            raise ValueError("a month is written YYYY-MM")
        self._n = int(match[1]) * 12 + int(match[2]) - 1

    @classmethod
    def from_ordinal(cls, ordinal: int) -> Self:
        """Give the month whose `ordinal` (year × 12 + month − 1) this is."""
        return cls._of(ordinal)

    @property
    def ordinal(self) -> int:
        """year × 12 + month − 1."""
        return self._n

    @property
    def year(self) -> int:
        """The calendar year."""
        return self._n // 12

    @property
    def number(self) -> int:
        """Give 1 for January up to 12 for December."""
        return self._n % 12 + 1

    @property
    def first_day(self) -> "Date":
        """The month's first day."""
        return Date.from_ordinal(month_first_day(self._n))

    @property
    def last_day(self) -> "Date":
        """The month's last day."""
        return Date.from_ordinal(month_first_day(self._n + 1) - 1)

    def __add__(self, months: int) -> Self:
        return self._of(self._n + months)

    @overload
    def __sub__(self, other: int) -> "Month": ...
    @overload
    def __sub__(self, other: "Month") -> int: ...
    def __sub__(self, other: "int | Month") -> "int | Month":
        return self._n - other._n if isinstance(other, Month) else Month._of(self._n - other)

    def __str__(self) -> str:
        return month_text(self._n)

    def __repr__(self) -> str:
        return f'Month("{self}")'


class Date(Ordered):
    """A calendar day (日期)."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        """Read `YYYY-MM-DD`; ValueError otherwise."""
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII) is None:
            raise ValueError("a date is written YYYY-MM-DD")
        self._n = datetime.date.fromisoformat(text).toordinal() - _EPOCH

    @classmethod
    def from_ordinal(cls, ordinal: int) -> Self:
        """Give the day that many days after 1970-01-01."""
        return cls._of(ordinal)

    @classmethod
    def from_date(cls, day: datetime.date) -> Self:
        """Give the same day."""
        return cls._of(day.toordinal() - _EPOCH)

    @property
    def ordinal(self) -> int:
        """Days since 1970-01-01."""
        return self._n

    def to_date(self) -> datetime.date:
        """Give the same day as Python's date."""
        return datetime.date.fromordinal(self._n + _EPOCH)

    @property
    def year(self) -> int:
        """The calendar year."""
        return self.to_date().year

    @property
    def month(self) -> Month:
        """The month the day lies in."""
        return Month.from_ordinal(date_month(self._n))

    @property
    def day(self) -> int:
        """The day of the month, from 1."""
        return self.to_date().day

    def at(self, minutes: int) -> "DateTime":
        """Give the moment so many minutes after the day begins (1440 = its end)."""
        return DateTime.from_ordinal(self._n * MINUTES_A_DAY + minutes)

    def plus_months(self, months: int, *, overflow: Overflow) -> "Date":
        """Go on by months; `overflow` says what becomes of a day that the month does not have."""
        return Date.from_ordinal(date_plus_months(self._n, months, overflow == "next-month"))

    def plus_years(self, years: int, *, overflow: Overflow) -> "Date":
        """Go on by years; `overflow` says what becomes of 29 February."""
        return self.plus_months(12 * years, overflow=overflow)

    def full_years_to(self, end: "Date", *, leap_day: LeapDay) -> int:
        """Count full years until `end`, both days' anniversary included (周岁); negative before."""
        return full_months(self._n, end._n, leap_day == "mar-1") // 12

    def full_months_to(self, end: "Date", *, overflow: Overflow) -> int:
        """Count full months until `end`."""
        return full_months(self._n, end._n, overflow == "next-month")

    def __add__(self, days: int) -> Self:
        return self._of(self._n + days)

    @overload
    def __sub__(self, other: int) -> "Date": ...
    @overload
    def __sub__(self, other: "Date") -> int: ...
    def __sub__(self, other: "int | Date") -> "int | Date":
        return self._n - other._n if isinstance(other, Date) else Date._of(self._n - other)

    def __str__(self) -> str:
        return self.to_date().isoformat()

    def __repr__(self) -> str:
        return f'Date("{self}")'


class DateTime(Ordered):
    """A local time to the minute (时刻)."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        """Read `YYYY-MM-DDTHH:MM`; ValueError otherwise."""
        match = re.fullmatch(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})", text, re.ASCII)
        if match is None or int(match[2]) > 23 or int(match[3]) > 59:
            raise ValueError("a moment is written YYYY-MM-DDTHH:MM")
        self._n = Date(match[1]).ordinal * MINUTES_A_DAY + int(match[2]) * 60 + int(match[3])

    @classmethod
    def from_ordinal(cls, ordinal: int) -> Self:
        """Give the moment so many minutes after 1970-01-01T00:00."""
        return cls._of(ordinal)

    @property
    def ordinal(self) -> int:
        """Minutes since 1970-01-01T00:00, local time."""
        return self._n

    @property
    def date(self) -> Date:
        """The day it lies on."""
        return Date.from_ordinal(self._n // MINUTES_A_DAY)

    @property
    def minute_of_day(self) -> int:
        """Minutes since the day began."""
        return self._n % MINUTES_A_DAY

    def __str__(self) -> str:
        return f"{self.date}T{self.minute_of_day // 60:02d}:{self.minute_of_day % 60:02d}"

    def __repr__(self) -> str:
        return f'DateTime("{self}")'


class PlaceCode:
    """An administrative division (行政区划代码, GB/T 2260): six digits."""

    __slots__ = ("code",)

    def __init__(self, code: str) -> None:
        """Take six digits; ValueError otherwise."""
        if re.fullmatch(r"\d{6}", code, re.ASCII) is None:
            raise ValueError("a place is a code of six digits")
        self.code = code

    @property
    def number(self) -> int:
        """The code as a number."""
        return int(self.code)

    @property
    def province(self) -> "PlaceCode":
        """The province or municipality."""
        return PlaceCode(self.code[:2] + "0000")

    @property
    def city(self) -> "PlaceCode":
        """The prefecture-level city."""
        return PlaceCode(self.code[:4] + "00")

    def within(self, other: "PlaceCode") -> bool:
        """Whether it is `other` or lies in it."""
        return place_within(self.number, other.number)

    def within_any(self, places: "Iterable[PlaceCode]") -> bool:
        """Whether it lies in one of these."""
        return any(self.within(place) for place in places)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PlaceCode) and self.code == other.code

    def __hash__(self) -> int:
        return hash(("PlaceCode", self.code))

    def __str__(self) -> str:
        return self.code

    def __repr__(self) -> str:
        return f'PlaceCode("{self.code}")'


def place_within(inner: int, outer: int) -> bool:
    """Whether the place with code `inner` is `outer` or lies in it; 000000 holds everything."""
    if outer == 0:
        return True
    if outer % 10_000 == 0:
        return inner // 10_000 == outer // 10_000
    if outer % 100 == 0:
        return inner // 100 == outer // 100
    return inner == outer


def month_first_day(month: int) -> int:
    """Days from 1970-01-01 to the first of the month with this ordinal."""
    return datetime.date(month // 12, month % 12 + 1, 1).toordinal() - _EPOCH


def date_month(day: int) -> int:
    """Give the ordinal of the month that the day lies in."""
    date = datetime.date.fromordinal(day + _EPOCH)
    return date.year * 12 + date.month - 1


def date_plus_months(day: int, months: int, to_next_month: bool) -> int:
    """Go on by months; a day the month lacks becomes its last day, or the first of the next."""
    month = date_month(day)
    offset = day - month_first_day(month)
    target = month_first_day(month + months)
    following = month_first_day(month + months + 1)
    if target + offset < following:
        return target + offset
    return following if to_next_month else following - 1


def full_months(start: int, end: int, to_next_month: bool) -> int:
    """Give the greatest n for which `start` plus n months is not after `end`."""
    months = date_month(end) - date_month(start)
    if date_plus_months(start, months, to_next_month) > end:
        return months - 1
    return months


def month_text(month: int) -> str:
    """Write the month with this ordinal as YYYY-MM."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
