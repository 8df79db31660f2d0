"""Reads what is written as it usually is, and nothing else: everything else is left to the careful reader.

A quick reader gives what `reading.read_declared` would, or raises ValueError, KeyError or TypeError, which
says nothing about the value: it may still be right.
"""

import datetime
from collections.abc import Callable
from functools import cache, partial
from typing import TypeAlias

from tongban.law import reading
from tongban.law.ir import EnumType, FactDeclared, Kind, OptionalType
from tongban.law.lateness import is_later
from tongban.law.money import RATE_SCALE
from tongban.law.ranges import DEFAULT_RANGES
from tongban.law.values import month_text

Quick: TypeAlias = Callable[[object], object]
_MOST_DIGITS = 18


def quick_reader(fact: FactDeclared, latest: int | None) -> Quick:
    """Give what reads a fact; `latest` is the last month or day that the fact may lie in."""
    found = None if fact.one_of or fact.matches else _reader(fact, latest)
    if found is None:
        return partial(_carefully, fact, latest)
    return _unless_none(found) if fact.optional and not fact.has_default else found


def _reader(fact: FactDeclared, latest: int | None) -> Quick | None:
    kind = fact.type.item if isinstance(fact.type, OptionalType) else fact.type
    if isinstance(kind, EnumType):
        return _member({value: at for at, value in enumerate(kind.values)})
    if not isinstance(kind, Kind) or (fact.range is None and kind.name in DEFAULT_RANGES):
        return None
    if kind.name == "bool":
        return _bool
    if kind.name == "place":
        return _place
    if fact.range is None or kind.name not in _WHOLE:
        return None
    low, high = int(fact.range.low), int(fact.range.high)
    return _WHOLE[kind.name](low, high if latest is None else min(high, latest))


def _carefully(fact: FactDeclared, latest: int | None, raw: object) -> object:
    try:
        value = reading.read_declared(fact, raw, fact.name, True)
    except reading.Unreadable:
        raise ValueError from None
    if is_later(value, latest):
        raise ValueError
    return value


def _unless_none(inner: Quick) -> Quick:
    return lambda raw: None if raw is None else inner(raw)


def _member(positions: dict[str, int]) -> Quick:
    def read(raw: object) -> object:
        if isinstance(raw, str):
            return positions[raw]
        raise ValueError

    return read


def _bool(raw: object) -> object:
    if raw is True or raw is False:
        return raw
    raise ValueError


def _place(raw: object) -> object:
    if isinstance(raw, str) and len(raw) == 6 and raw.isascii() and raw.isdigit():
        return int(raw)
    raise ValueError


def _int(low: int, high: int) -> Quick:
    def read(raw: object) -> object:
        if type(raw) is int and low <= raw <= high:
            return raw
        raise ValueError

    return read


@cache
def _months() -> dict[str, int]:
    """Every month that a fact can be by default, as it is written: few enough to be looked up."""
    limits = DEFAULT_RANGES["month"]
    return {month_text(month): month for month in range(int(limits.low), int(limits.high) + 1)}


def _month(low: int, high: int) -> Quick:
    months = _months()

    def read(raw: object) -> object:
        if isinstance(raw, str) and low <= (month := months[raw]) <= high:
            return month
        raise ValueError

    return read


def _date(low: int, high: int) -> Quick:
    before = datetime.date(1970, 1, 1).toordinal()

    def read(raw: object) -> object:
        if isinstance(raw, str) and len(raw) == 10 and raw[4] == raw[7] == "-":
            day = datetime.date.fromisoformat(raw).toordinal() - before
            if low <= day <= high:
                return day
        raise ValueError

    return read


def _decimal(low: int, high: int, scale: int) -> Quick:
    """Read digits with at most one point among them, without a sign."""
    places = len(str(scale)) - 1

    def read(raw: object) -> object:
        if isinstance(raw, str) and raw.isascii():
            whole, point, rest = raw.partition(".")
            if point and len(rest) != places:
                if not 0 < len(rest) < places:
                    raise ValueError
                rest = rest.ljust(places, "0")
            digits = whole + rest
            if whole and len(whole) <= _MOST_DIGITS and digits.isdigit():
                number = int(digits) if point else int(digits) * scale
                if low <= number <= high:
                    return number
        raise ValueError

    return read


_WHOLE: dict[str, Callable[[int, int], Quick]] = {
    "int": _int,
    "month": _month,
    "date": _date,
    "fen": partial(_decimal, scale=100),
    "rate": partial(_decimal, scale=RATE_SCALE),
}
