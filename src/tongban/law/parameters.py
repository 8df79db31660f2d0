"""The numbers of the law: `parameters.toml` read, checked and resolved for a day.

A key's row on a day comes from the latest entry not after it that has the key; each row knows its source.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

from tongban.law.errors import NoLaw
from tongban.law.ir import (
    PLACE,
    Text,
    Type,
)
from tongban.law.values import Date
from tongban.law.writing import PlaceNames, show, write

MOST_KEPT = 10_000
RowKey = tuple[object, ...]


@dataclass(frozen=True)
class Key:
    """One key of a table and how it is matched: exact, from (greatest not above) or up-to.

    `title` says what the key is, `members` what some of its numbers stand for.
    """

    name: str
    type: Type
    match: str
    title: Text
    members: Mapping[int, Text] = field(default_factory=dict, hash=False)

    def said(self, part: object, lang: str, places: PlaceNames) -> str:
        """Give a value of the key in words, without what the key is."""
        member = self.members.get(part) if isinstance(part, int) else None
        return member.of(lang) if member is not None else show(self.type, part, lang, places)

    def told(self, part: object, lang: str, places: PlaceNames) -> str:
        """Give a value of the key as it stands alone: what has no words of its own, with what it is."""
        said = self.said(part, lang, places)
        if self.match != "exact":
            return f"{self.title.of(lang)} {SIGNS[self.match]} {said}"
        return f"{self.title.of(lang)} {said}" if said.lstrip("-").isdecimal() else said


SIGNS = {"exact": "=", "from": "≥", "up-to": "≤"}


_SURENESS = {
    "high": Text("high（原文已核对）", "high"),
    "medium": Text("medium（原文未再核对）", "medium"),
    "low": Text("low（未核实）", "low, UNVERIFIED"),
}


@dataclass(frozen=True)
class Entry:
    """Values with one date, source and confidence; days are counted since 1970-01-01."""

    since: int
    until: int | None
    source: str
    confidence: str
    note: str
    rows: tuple[tuple[RowKey, object], ...]

    def sureness(self, lang: str) -> str:
        """Say how sure the values are, as the file does, and what that means."""
        return _SURENESS[self.confidence].of(lang)


@dataclass(frozen=True)
class Parameter:
    """A parameter with all its entries, in order of date."""

    name: str
    title: Text
    type: Type
    unit: str
    keys: tuple[Key, ...]
    is_set: bool
    entries: tuple[Entry, ...]
    otherwise: object = None
    has_otherwise: bool = False

    @property
    def bands(self) -> bool:
        """Whether the last key is matched by bands."""
        return bool(self.keys) and self.keys[-1].match != "exact"

    @property
    def places(self) -> tuple[int, ...]:
        """Positions of the keys that are places."""
        return tuple(i for i, key in enumerate(self.keys) if key.type == PLACE)


class Row:
    """One value in force: its parameter, the key of its row, and its entry (None: the `otherwise`)."""

    __slots__ = ("entry", "key", "parameter", "value")

    def __init__(self, parameter: str, key: RowKey, value: object, entry: Entry | None) -> None:
        self.parameter = parameter
        self.key = key
        self.value = value
        self.entry = entry

    @property
    def is_unverified(self) -> bool:
        """Whether its source leaves doubts."""
        return self.entry is not None and self.entry.confidence == "low"


class Resolved:
    """A parameter as in force on one day: find rows by key."""

    def __init__(self, parameter: Parameter, day: int) -> None:
        self.parameter = parameter
        self.day = day
        self.rows: dict[RowKey, Row] = {}
        for entry in parameter.entries:
            if entry.since <= day:
                self._apply(entry, ended=entry.until is not None and entry.until < day)
        self._bands: dict[RowKey, list[tuple[int, Row]]] = {}
        if parameter.bands:
            for key, row in self.rows.items():
                self._bands.setdefault(key[:-1], []).append((_whole(key[-1]), row))
            for rows in self._bands.values():
                rows.sort(key=lambda band: band[0])
        self._given: dict[RowKey, Row] = {}

    def _apply(self, entry: Entry, *, ended: bool) -> None:
        if self.parameter.bands:
            replaced = {key[:-1] for key, _ in entry.rows}
            self.rows = {key: row for key, row in self.rows.items() if key[:-1] not in replaced}
        for key, value in entry.rows:
            if ended:
                self.rows.pop(key, None)
            else:
                self.rows[key] = Row(self.parameter.name, key, value, entry)

    def find(self, key: RowKey) -> Row | None:
        """Give the row for the key, or None."""
        if None in key:
            return None
        for candidate in self._candidates(key):
            row = self._band(candidate) if self.parameter.bands else self.rows.get(candidate)
            if row is not None:
                return row
        return None

    def get(self, key: RowKey) -> Row:
        """Give the row for the key, or the parameter's `otherwise`; NoLaw when there is neither."""
        row = self._given.get(key)
        if row is None:
            row = self.find(key)
            if row is None and self.parameter.has_otherwise:
                row = Row(self.parameter.name, key, self.parameter.otherwise, None)
            if row is None:
                raise self._refusal(key)
            if len(self._given) > MOST_KEPT:
                self._given.clear()
            self._given[key] = row
        return row

    def _candidates(self, key: RowKey) -> list[RowKey]:
        candidates = [key]
        for position in self.parameter.places:
            candidates = [
                (*one[:position], wider, *one[position + 1 :])
                for one in candidates
                for wider in containing(_whole(one[position]))
            ]
        return candidates

    def _band(self, key: RowKey) -> Row | None:
        bands = self._bands.get(key[:-1], [])
        value = _whole(key[-1])
        starts = [start for start, _ in bands]
        if self.parameter.keys[-1].match == "from":
            index = bisect_right(starts, value) - 1
            return bands[index][1] if index >= 0 else None
        return next((row for start, row in bands if start >= value), None)

    def _refusal(self, key: RowKey) -> NoLaw:
        parameter, name = self.parameter, self.parameter.name
        date = Date.from_ordinal(self.day)
        firsts = [entry.since for entry in parameter.entries]
        if not parameter.keys or all(since > self.day for since in firsts):
            first = Date.from_ordinal(min(firsts))
            return NoLaw(
                "no-value",
                name,
                f"{name}: no value in force on {date}; the first is of {first}",
                f"{name}：{date} 没有有效值，最早的自 {first} 起",
            )
        written = ", ".join(f"{k.name}={write(k.type, v)}" for k, v in zip(parameter.keys, key, strict=True))
        return NoLaw(
            "no-row",
            name,
            f"{name}: no row for {written} on {date}; parameters.toml needs one, or `otherwise`",
            f"{name}：{date} 没有 {written} 的对应行，parameters.toml 须补上，或写明 `otherwise`",
        )


def containing(place: int) -> tuple[int, ...]:
    """Give the place and what contains it, the narrowest first."""
    return tuple(dict.fromkeys((place, place // 100 * 100, place // 10_000 * 10_000, 0)))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
