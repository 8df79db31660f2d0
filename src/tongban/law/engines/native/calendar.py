"""Dates and months in native code: days since 1970-01-01 and year × 12 + month − 1, without branches.

The proleptic Gregorian calendar with years that begin in March, so that the leap day is a year's last.
"""

from dataclasses import dataclass

from tongban.law.engines.native.assembly import Assembly
from tongban.law.engines.native.operands import Value, whole

_DAYS_BEFORE_1970 = 719_468
_DAYS_OF_400_YEARS = 146_097


@dataclass(frozen=True)
class Day:
    """A day taken apart: its month's ordinal, and which day of the month it is, from 0."""

    month: Value
    offset: Value


def first_day(code: Assembly, month: Value) -> Value:
    """The first day of a month."""
    shifted = code.subtract(month, whole(2))
    year, of_year = code.floor_divide(shifted, whole(12)), code.modulo(shifted, whole(12))
    days = code.multiply(year, whole(365))
    for divisor, sign in ((4, code.add), (100, code.subtract), (400, code.add)):
        days = sign(days, code.floor_divide(year, whole(divisor)))
    days = code.add(days, _days_before(code, of_year))
    return code.subtract(days, whole(_DAYS_BEFORE_1970))


def take_apart(code: Assembly, day: Value) -> Day:
    """A day's month and its place in it."""
    days = code.add(day, whole(_DAYS_BEFORE_1970))
    era = code.floor_divide(days, whole(_DAYS_OF_400_YEARS))
    of_era = code.modulo(days, whole(_DAYS_OF_400_YEARS))
    years = of_era
    for divisor, sign in ((1460, code.subtract), (36_524, code.add), (146_096, code.subtract)):
        years = sign(years, code.floor_divide(of_era, whole(divisor)))
    year = code.known(code.floor_divide(years, whole(365)), 0, 399)
    before = code.multiply(year, whole(365))
    for divisor, sign in ((4, code.add), (100, code.subtract)):
        before = sign(before, code.floor_divide(year, whole(divisor)))
    of_year = code.known(code.subtract(of_era, before), 0, 365)
    scaled = code.add(code.multiply(of_year, whole(5)), whole(2))
    month = code.known(code.floor_divide(scaled, whole(153)), 0, 11)
    offset = code.known(code.subtract(of_year, _days_before(code, month)), 0, 30)
    years_before = code.add(code.multiply(era, whole(400)), year)
    return Day(code.add(code.add(code.multiply(years_before, whole(12)), month), whole(2)), offset)


def plus_months(code: Assembly, day: Value, months: Value, *, to_next_month: bool) -> Value:
    """The day so many months on; a day the month lacks becomes its last, or the first of the next."""
    apart = take_apart(code, day)
    target = code.add(apart.month, months)
    begin, following = first_day(code, target), first_day(code, code.add(target, whole(1)))
    latest = following if to_next_month else code.subtract(following, whole(1))
    return code.smaller(code.add(begin, apart.offset), latest)


def full_months(code: Assembly, start: Value, end: Value, *, to_next_month: bool) -> Value:
    """The greatest n for which `start` plus n months is not after `end`."""
    months = code.subtract(take_apart(code, end).month, take_apart(code, start).month)
    reached = plus_months(code, start, months, to_next_month=to_next_month)
    late = code.compare("sgt", reached, end)
    return code.select(late, code.subtract(months, whole(1)), months)


def _days_before(code: Assembly, month: Value) -> Value:
    """Days of the year before its month number `month`, March being 0."""
    return code.floor_divide(code.add(code.multiply(month, whole(153)), whole(2)), whole(5))
