"""Administrative divisions of Chongqing and Sichuan: codes, names, validity dates and successors.

Promises one `Place` for each time that a code stood for a division, and errors that say what to
write instead.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, NewType

from tongban.places.text import Text

PlaceCode = NewType("PlaceCode", str)
"""A six-digit GB/T 2260 code that stood for a division of Chongqing or Sichuan at some time."""

CHONGQING = PlaceCode("500000")
SICHUAN = PlaceCode("510000")


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a division's area on a day; its code and name went on."""

    on: date
    text: Text
    source: str


@dataclass(frozen=True, slots=True)
class Place:
    """One division for as long as its code stood for it (行政区划).

    `valid_from` and `valid_to` are the first and the last day, None where the records have no limit. If
    only the year of a change is known, they are the first and last day of that year and the `…_exact`
    flag is false.
    """

    code: PlaceCode
    name: Text
    kind: str
    parent: PlaceCode | None
    valid_from: date | None
    valid_to: date | None
    from_exact: bool
    to_exact: bool
    successors: tuple[PlaceCode, ...]
    changes: tuple[Change, ...] = field(default=())

    def valid_at(self, on: date) -> bool:
        """Whether the division existed under this code on the day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


class PlaceError(ValueError):
    """A place that cannot be used; `reason` is a stable code, `text` says what to do in both languages."""

    reason = "place"

    def __init__(self, code: str, text: Text) -> None:
        super().__init__(str(text))
        self.code = code
        self.text = text


class UnknownPlace(PlaceError):
    """No division of Chongqing or Sichuan ever had the code (since 1998)."""

    reason = "place-unknown"

    def __init__(self, code: str) -> None:
        shown = code if len(code) <= 6 else code[:6] + "…"
        super().__init__(
            shown,
            Text(
                zh=f"没有代码为“{shown}”的行政区划；请填写重庆（50开头）或四川（51开头）的六位代码，"
                "例如成都市 510100。",
                en=f'No division has the code "{shown}"; give a six-digit code of Chongqing (50…) or '
                "Sichuan (51…), for example 510100 for Chengdu.",
            ),
        )


class PlaceNotValid(PlaceError):
    """The code stood for a division, but not on the day."""

    reason = "place-not-valid"

    def __init__(self, nearest: Place, on: date, instead: tuple[Place, ...]) -> None:
        self.on = on
        self.instead = instead
        zh, en = nearest.name.zh, nearest.name.en
        if nearest.valid_to is not None and nearest.valid_to < on:
            said = Text(
                zh=f"{zh}（{nearest.code}）自{nearest.valid_to.isoformat()}后不再存在，不能用于{on.isoformat()}",
                en=f"{en} ({nearest.code}) ended on {nearest.valid_to.isoformat()}"
                f" and cannot be used for {on.isoformat()}",
            )
        else:
            begins = nearest.valid_from.isoformat() if nearest.valid_from else "?"
            said = Text(
                zh=f"{zh}（{nearest.code}）自{begins}才设立，不能用于{on.isoformat()}",
                en=f"{en} ({nearest.code}) exists only from {begins} and cannot be used for {on.isoformat()}",
            )
        super().__init__(
            nearest.code, Text(zh=said.zh + _advice_zh(instead), en=said.en + _advice_en(instead))
        )


def _advice_zh(instead: tuple[Place, ...]) -> str:
    if not instead:
        return "；请填写当日有效的代码。"
    return "；请改用" + "或".join(f"{place.name.zh}（{place.code}）" for place in instead) + "。"


def _advice_en(instead: tuple[Place, ...]) -> str:
    if not instead:
        return "; give the code in force on that day."
    return "; use " + " or ".join(f"{place.name.en} ({place.code})" for place in instead) + "."


@cache
def register() -> Mapping[PlaceCode, tuple[Place, ...]]:
    """Every code with the divisions it stood for, oldest first."""
    document = tomllib.loads(
        resources.files("tongban.places").joinpath("divisions.toml").read_text(encoding="utf-8")
    )
    changes: dict[str, list[Change]] = {}
    for change in document["changes"]:
        entry = Change(change["on"], Text(zh=change["zh"], en=change["en"]), change["source"])
        changes.setdefault(change["code"], []).append(entry)
    found: dict[PlaceCode, tuple[Place, ...]] = {}
    for row in document["register"]["divisions"]:
        place = _place(row, tuple(changes.get(row["code"], ())))
        found[place.code] = (*found.get(place.code, ()), place)
    return found


def _place(row: Mapping[str, Any], changes: tuple[Change, ...]) -> Place:
    begins, ends = row.get("from"), row.get("to")
    return Place(
        code=PlaceCode(row["code"]),
        name=Text(zh=row["zh"], en=row["en"]),
        kind=row["kind"],
        parent=PlaceCode(row["parent"]) if "parent" in row else None,
        valid_from=date(begins, 1, 1) if isinstance(begins, int) else begins,
        valid_to=date(ends, 12, 31) if isinstance(ends, int) else ends,
        from_exact=isinstance(begins, date),
        to_exact=isinstance(ends, date),
        successors=tuple(PlaceCode(code) for code in row.get("successors", ())),
        changes=changes,
    )


def place_code(text: str) -> PlaceCode:
    """The text as a place code; `UnknownPlace` if no division ever had it."""
    code = PlaceCode(text)
    if code not in register():
        raise UnknownPlace(text)
    return code


def place(code: str, on: date | None = None) -> Place:
    """The division of a code on a day, or the latest one if no day is given.

    Raises `UnknownPlace`, or `PlaceNotValid` with the division to name instead.
    """
    periods = register()[place_code(code)]
    if on is None:
        return periods[-1]
    for period in reversed(periods):
        if period.valid_at(on):
            return period
    raise PlaceNotValid(_nearest(periods, on), on, _instead(periods, on))


def valid_at(code: str, on: date) -> bool:
    """Whether the code stood for a division on the day; `UnknownPlace` if it never did."""
    return any(period.valid_at(on) for period in register()[place_code(code)])


def valid_through(code: str, first: date, last: date) -> PlaceCode:
    """The code, if valid on the first and on the last day of a spell; else the error of the failing day."""
    place(code, first)
    return place(code, last).code


def successors(code: str, on: date) -> tuple[Place, ...]:
    """The divisions that have taken a code's place by the day, main one first; none if it is still valid."""
    if valid_at(code, on):
        return ()
    ended = [period for period in register()[place_code(code)] if period.valid_to and period.valid_to < on]
    return _follow(ended[-1], on) if ended else ()


def _follow(ended: Place, on: date) -> tuple[Place, ...]:
    found: list[Place] = []
    for code in ended.successors:
        periods = register()[code]
        valid = [period for period in periods if period.valid_at(on)]
        later = valid or [
            step
            for period in periods
            if period != ended and period.valid_to is not None and period.valid_to < on
            for step in _follow(period, on)
        ]
        found.extend(period for period in later if period not in found)
    return tuple(found)


def predecessors(code: str, on: date) -> tuple[Place, ...]:
    """The divisions valid on an earlier day whose place the code has taken since."""
    return tuple(
        period
        for periods in register().values()
        for period in periods
        if code in period.successors and period.valid_at(on)
    )


def _nearest(periods: tuple[Place, ...], on: date) -> Place:
    ended = [period for period in periods if period.valid_to is not None and period.valid_to < on]
    return ended[-1] if ended else periods[0]


def _instead(periods: tuple[Place, ...], on: date) -> tuple[Place, ...]:
    nearest = _nearest(periods, on)
    if nearest.valid_to is not None and nearest.valid_to < on:
        return _follow(nearest, on)
    return predecessors(nearest.code, on)


def children(code: str, on: date) -> tuple[Place, ...]:
    """The divisions directly under a code on a day, by code."""
    above = place_code(code)
    return tuple(
        period
        for periods in register().values()
        for period in periods
        if period.parent == above and period.valid_at(on)
    )


def parents(code: str) -> tuple[PlaceCode, ...]:
    """The codes above a code, nearest first: (510100, 510000) for a district of Chengdu."""
    above = place(code).parent
    return () if above is None else (above, *parents(above))


def pool_of(code: str) -> PlaceCode:
    """The pool of employee medical insurance (统筹区) that a place lies in.

    Chongqing is one pool; in Sichuan each city or prefecture is one (市级统筹). The province itself is no
    pool and raises `UnknownPlace`.
    """
    known = place_code(code)
    line = (known, *parents(known))
    if line[-1] == CHONGQING:
        return CHONGQING
    if len(line) == 1:
        raise UnknownPlace(code)
    return line[-2]
