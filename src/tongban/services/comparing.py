"""What both sides' law says about the same thing, side by side, from the parameters of a service's rule set.

Promises: only values in force on that day, each with its date, source and whether it is verified; a
parameter stands here only when every side has a value of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from tongban.law import LawError, RuleSet
from tongban.law.ir import PLACE
from tongban.law.parameters import Parameter, Resolved, Row
from tongban.law.values import Date
from tongban.law.writing import show
from tongban.services.ruling import ruleset_of
from tongban.services.service import Service
from tongban.services.text import Text

_UNITS = {
    "months": Text(zh=" 个月", en=" months"),
    "years": Text(zh=" 年", en=" years"),
    "days": Text(zh=" 天", en=" days"),
}


@dataclass(frozen=True)
class SideValue:
    """One side's value; `under` says for whom where there are several, `since` from when it holds."""

    under: Text | None
    value: Text
    since: date
    source: str
    is_verified: bool


@dataclass(frozen=True)
class Compared:
    """One thing that both sides rule; `values` by place."""

    title: Text
    values: Mapping[str, tuple[SideValue, ...]]


def compare(service: Service, on: date) -> tuple[Compared, ...]:
    """What each side of the service rules on that day, in the order of the rule set's parameters."""
    try:
        ruleset = ruleset_of(service)
    except LawError:
        return ()
    places = [side.place for side in service.definition.sides]
    found = (_compared(ruleset, parameter, places, on) for parameter in ruleset.parameters.values())
    return tuple(one for one in found if one is not None)


def _compared(ruleset: RuleSet, parameter: Parameter, places: list[str], on: date) -> Compared | None:
    keys = [key.type for key in parameter.keys]
    if keys.count(PLACE) != 1 or parameter.bands or parameter.is_set:
        return None
    at = keys.index(PLACE)
    rows = Resolved(parameter, Date.from_date(on).ordinal).rows
    values = {
        place: tuple(
            _value(ruleset, parameter, row, at) for key, row in rows.items() if key[at] == int(place)
        )
        for place in places
    }
    title = Text(zh=parameter.title.zh, en=parameter.title.en)
    return Compared(title, values) if all(values.values()) else None


def _value(ruleset: RuleSet, parameter: Parameter, row: Row, at: int) -> SideValue:
    said = {language: _said(ruleset, parameter, row, language) for language in ("zh", "en")}
    others = [
        {language: key.told(part, language, ruleset.place_names) for language in ("zh", "en")}
        for position, (key, part) in enumerate(zip(parameter.keys, row.key, strict=True))
        if position != at
    ]
    entry = row.entry
    return SideValue(
        under=_joined(others) if others else None,
        value=Text(**said),
        since=Date.from_ordinal(entry.since).to_date() if entry else date.min,
        source=entry.source if entry else "",
        is_verified=entry is not None and entry.confidence != "low",
    )


def _joined(words: list[dict[str, str]]) -> Text:
    return Text(zh="、".join(one["zh"] for one in words), en=", ".join(one["en"] for one in words))


def _said(ruleset: RuleSet, parameter: Parameter, row: Row, language: str) -> str:
    words = show(parameter.type, row.value, language, ruleset.place_names)
    unit = _UNITS.get(parameter.unit)
    return words + (unit.zh if language == "zh" else unit.en) if unit and row.value is not None else words
