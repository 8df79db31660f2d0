"""A person's facts: read from their written forms, held to the declarations, refused with the path.

No message repeats a value that was given.
"""

import difflib
from collections.abc import Callable, Iterable, Mapping

from tongban.law import reading
from tongban.law.errors import FactsRefused, Problem
from tongban.law.ir import DATE, DATETIME, MONTH, SPELLS, FactDeclared, OptionalType, Type
from tongban.law.values import Date, date_month


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


def read_facts(
    declared: Mapping[str, FactDeclared], facts: Mapping[str, object], day: Date, used: Iterable[str]
) -> dict[str, object]:
    """Give the encoded facts, `on` included; FactsRefused lists everything wrong with them.

    Facts that nothing in force on the day uses need not be given, but must be right when they are.
    """
    needed = set(used)
    problems: list[Problem] = []
    values: dict[str, object] = {"on": day.ordinal}
    for name, fact in declared.items():
        if name == "on" or (name not in facts and name not in needed):
            continue
        try:
            values[name] = reading.read_declared(fact, facts.get(name), name, name in facts)
            problems.extend(_future(fact, values[name], day))
        except reading.Unreadable as error:
            problems.extend(error.problems)
    problems.extend(_unknown(name, declared) for name in facts if name not in declared and name != "on")
    if problems:
        raise FactsRefused(tuple(problems))
    return values


def _unknown(name: str, declared: Mapping[str, FactDeclared]) -> Problem:
    close = difflib.get_close_matches(str(name), declared, 1)
    if close:
        en, zh = f"did you mean {close[0]}?", f"是否为 {close[0]}？"
    else:
        known = ", ".join(declared)
        en, zh = f"known are {known}", f"可填 {known}"
    return Problem(str(name), "unknown-fact", f"there is no such fact; {en}", f"没有这一项；{zh}")


def _future(fact: FactDeclared, value: object, day: Date) -> list[Problem]:
    if not fact.past or value is None:
        return []
    kind = fact.type.item if isinstance(fact.type, OptionalType) else fact.type
    month = date_month(day.ordinal)
    limits: dict[Type, int] = {
        MONTH: month,
        SPELLS: month,
        DATE: day.ordinal,
        DATETIME: day.ordinal * 1440 + 1439,
    }
    latest = max((piece[1] for piece in value), default=0) if isinstance(value, tuple) else value
    if not isinstance(latest, int) or latest <= limits[kind]:
        return []
    return [
        Problem(
            fact.name,
            "in-future",
            f"lies after the date of the decision; expected nothing later than {day}",
            f"晚于决定日期；不得晚于 {day}",
        )
    ]
