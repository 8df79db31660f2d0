"""A person's facts: read from their written forms, held to the declarations, refused with the path.

No message repeats a value that was given.
"""

import difflib
from collections.abc import Callable, Collection, Mapping

from tongban.law import reading
from tongban.law.errors import FactsRefused, Problem
from tongban.law.ir import DATE, FactDeclared
from tongban.law.lateness import is_later, latest
from tongban.law.quick_reading import quick_reader
from tongban.law.values import Date


def decision_day(facts: Mapping[str, object], on: Date | None, today: Callable[[], Date]) -> Date:
    """Give the date of the decision: the fact `on` goes before the date asked for, that before today."""
    if "on" not in facts:
        return on or today()
    try:
        given = reading.read_item(DATE, facts["on"], "on")
    except reading.Unreadable as error:
        raise FactsRefused(error.problems) from None
    assert isinstance(given, int)
    return Date.from_ordinal(given)


class FactsReader:
    """Reads facts as declared, for decisions on one day.

    Facts in `used` must be there; others need not be, but must be right when they are.
    """

    def __init__(self, declared: Mapping[str, FactDeclared], used: Collection[str], day: Date) -> None:
        self._declared = declared
        self._used = frozenset(used) - {"on"}
        self._day = day
        self._known = declared.keys() | {"on"}
        self._quick = {
            name: quick_reader(fact, latest(fact, day)) for name, fact in declared.items() if name != "on"
        }
        self._missing = {
            name: fact.default
            for name, fact in declared.items()
            if name in self._used and _can_miss(fact, day)
        }
        self._needed = self._used - self._missing.keys()
        self._missing["on"] = day.ordinal

    def and_of(self, other: "FactsReader") -> "FactsReader":
        """Give a reader, for this one's day, of what either asks for."""
        return FactsReader(self._declared, self._used | other._used, self._day)

    def read(self, facts: Mapping[str, object]) -> dict[str, object]:
        """Give the encoded facts, `on` included; FactsRefused lists everything wrong with them."""
        given, quick = facts.keys(), self._quick
        if not self._needed <= given <= self._known:
            return self._with_care(facts)
        values = self._missing.copy()
        try:
            for name, raw in facts.items():
                if name != "on":
                    values[name] = quick[name](raw)
        except (ValueError, KeyError, TypeError):
            return self._with_care(facts)
        return values

    def _with_care(self, facts: Mapping[str, object]) -> dict[str, object]:
        problems: list[Problem] = []
        values: dict[str, object] = {"on": self._day.ordinal}
        for name, fact in self._declared.items():
            if name == "on" or (name not in facts and name not in self._used):
                continue
            try:
                values[name] = reading.read_declared(fact, facts.get(name), name, name in facts)
                problems.extend(_future(fact, values[name], self._day))
            except reading.Unreadable as error:
                problems.extend(error.problems)
        problems.extend(
            _unknown(name, self._declared) for name in facts if name not in self._declared and name != "on"
        )
        if problems:
            raise FactsRefused(tuple(problems))
        return values


def _can_miss(fact: FactDeclared, day: Date) -> bool:
    """Whether a decision is possible without the fact."""
    return (fact.optional or fact.has_default) and not is_later(fact.default, latest(fact, day))


def _unknown(name: str, declared: Mapping[str, FactDeclared]) -> Problem:
    close = difflib.get_close_matches(str(name), declared, 1)
    if close:
        en, zh = f"did you mean {close[0]}?", f"是否为 {close[0]}？"
    else:
        known = ", ".join(declared)
        en, zh = f"known are {known}", f"可填 {known}"
    return Problem(str(name), "unknown-fact", f"there is no such fact; {en}", f"没有这一项；{zh}")


def _future(fact: FactDeclared, value: object, day: Date) -> list[Problem]:
    if not is_later(value, latest(fact, day)):
        return []
    return [
        Problem(
            fact.name,
            "in-future",
            f"lies after the date of the decision; expected nothing later than {day}",
            f"晚于决定日期；不得晚于 {day}",
        )
    ]
