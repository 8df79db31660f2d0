"""The numbers of the law: `parameters.toml` read, checked and resolved for a day.

A key's row on a day comes from the latest entry not after it that has the key; each row knows its source.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from tongban.law import reading
from tongban.law.errors import NoLaw, Place, RuleSetError
from tongban.law.ir import (
    BOOL,
    DATE,
    FEN,
    FLOAT,
    INT,
    MONTH,
    PLACE,
    RATE,
    STR,
    EnumType,
    OptionalType,
    Text,
    Type,
)
from tongban.law.values import Date
from tongban.law.writing import write

CONFIDENCES = ("high", "medium", "low")
TYPES: dict[str, Type] = {
    "int": INT,
    "rate": RATE,
    "yuan": FEN,
    "float": FLOAT,
    "bool": BOOL,
    "str": STR,
    "month": MONTH,
    "date": DATE,
    "place": PLACE,
}
_MATCHES = {"": "exact", "from": "from", "up-to": "up-to"}
_PARAMETER_KEYS = {"zh", "en", "type", "unit", "keys", "set", "values", "otherwise"}
_ENTRY_KEYS = {"since", "until", "source", "confidence", "note", "value", "rows"}
RowKey = tuple[object, ...]


@dataclass(frozen=True)
class Key:
    """One key of a table and how it is matched: exact, from (greatest not above) or up-to."""

    name: str
    type: Type
    match: str


@dataclass(frozen=True)
class Entry:
    """Values with one date, source and confidence; days are counted since 1970-01-01."""

    since: int
    until: int | None
    source: str
    confidence: str
    note: str
    rows: tuple[tuple[RowKey, object], ...]


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
    """One value in force, the key of its row, and its entry (None: the parameter's `otherwise`)."""

    __slots__ = ("entry", "key", "value")

    def __init__(self, key: RowKey, value: object, entry: Entry | None) -> None:
        self.key = key
        self.value = value
        self.entry = entry


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
        self._found: dict[RowKey, Row | None] = {}

    def _apply(self, entry: Entry, *, ended: bool) -> None:
        if self.parameter.bands:
            replaced = {key[:-1] for key, _ in entry.rows}
            self.rows = {key: row for key, row in self.rows.items() if key[:-1] not in replaced}
        for key, value in entry.rows:
            if ended:
                self.rows.pop(key, None)
            else:
                self.rows[key] = Row(key, value, entry)

    def find(self, key: RowKey) -> Row | None:
        """Give the row for the key, or None."""
        if key not in self._found:
            if len(self._found) > 10_000:
                self._found.clear()
            self._found[key] = self._search(key)
        return self._found[key]

    def get(self, key: RowKey) -> Row:
        """Give the row for the key, or the parameter's `otherwise`; NoLaw when there is neither."""
        row = self.find(key)
        if row is not None:
            return row
        if self.parameter.has_otherwise:
            self._found[key] = Row(key, self.parameter.otherwise, None)
            return self._found[key] or self.get(key)
        code, message = self._refusal(key)
        raise NoLaw(code, self.parameter.name, message)

    def _search(self, key: RowKey) -> Row | None:
        if None in key:
            return None
        for candidate in self._candidates(key):
            row = self._band(candidate) if self.parameter.bands else self.rows.get(candidate)
            if row is not None:
                return row
        return None

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

    def _refusal(self, key: RowKey) -> tuple[str, str]:
        parameter = self.parameter
        date = Date.from_ordinal(self.day)
        firsts = [entry.since for entry in parameter.entries]
        if not parameter.keys or all(since > self.day for since in firsts):
            first = Date.from_ordinal(min(firsts))
            return "no-value", f"{parameter.name}: no value in force on {date}; the first is of {first}"
        written = ", ".join(f"{k.name}={write(k.type, v)}" for k, v in zip(parameter.keys, key, strict=True))
        return (
            "no-row",
            f"{parameter.name}: no row for {written} on {date}; parameters.toml needs one, or `otherwise`",
        )


def containing(place: int) -> tuple[int, ...]:
    """Give the place and what contains it, the narrowest first."""
    return tuple(dict.fromkeys((place, place // 100 * 100, place // 10_000 * 10_000, 0)))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def read_parameters(text: str, file: str, enums: Mapping[str, EnumType]) -> dict[str, Parameter]:
    """Read `parameters.toml`; RuleSetError names file, line and key."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RuleSetError(
            "bad-toml", Place(file), f"this is not TOML: {error}", "Correct the line named"
        ) from None
    return {name: _Reader(name, text, file, enums).read(table) for name, table in tables.items()}


class _Reader:
    """Reads one parameter; knows where in the file it stands."""

    def __init__(self, name: str, text: str, file: str, enums: Mapping[str, EnumType]) -> None:
        self.name = name
        self.enums = enums
        lines = text.splitlines()
        line = next((i for i, one in enumerate(lines, 1) if one.strip() == f"[{name}]"), 0)
        self.where = Place(file, line, lines[line - 1] if line else "")

    def refuse(self, code: str, key: str, message: str, instead: str) -> RuleSetError:
        path = f"{self.name}.{key}" if key else self.name
        return RuleSetError(code, self.where, f"{path}: {message}", instead)

    def read(self, table: object) -> Parameter:
        if not isinstance(table, dict):
            raise self.refuse(
                "parameter-form", "", "is not a table", f"Write [{self.name}] with zh, en, type and values"
            )
        self._only(table, _PARAMETER_KEYS, "")
        optional = _mentions_none(table)
        item = self._type(table.get("type"), "type")
        kind: Type = OptionalType(item) if optional else item
        keys = tuple(self._key(name, written) for name, written in self._table(table, "keys").items())
        if any(key.match != "exact" for key in keys[:-1]):
            raise self.refuse(
                "parameter-keys", "keys", "only the last key can be a band", "Put the band key last"
            )
        is_set = table.get("set", False)
        if not isinstance(is_set, bool) or (is_set and keys):
            raise self.refuse(
                "parameter-form", "set", "is true or false, and a set has no keys", "Drop keys or set"
            )
        written = table.get("values")
        if not isinstance(written, list) or not written:
            raise self.refuse(
                "parameter-form",
                "values",
                "is missing or empty",
                f"Write at least one [[{self.name}.values]]",
            )
        entries = [self._entry(i, entry, kind, keys, is_set) for i, entry in enumerate(written)]
        return Parameter(
            name=self.name,
            title=Text(self._words(table, "zh", ""), self._words(table, "en", "")),
            type=kind,
            unit=str(table.get("unit", "")),
            keys=keys,
            is_set=is_set,
            entries=tuple(sorted(entries, key=lambda entry: entry.since)),
            otherwise=self._value(kind, table["otherwise"], "otherwise") if "otherwise" in table else None,
            has_otherwise="otherwise" in table,
        )

    def _only(self, table: Mapping[str, object], known: set[str], at: str) -> None:
        for key in table:
            if key not in known:
                raise self.refuse(
                    "parameter-unknown-key",
                    f"{at}{key}",
                    "is not known here",
                    f"Known are {', '.join(sorted(known))}",
                )

    def _table(self, table: Mapping[str, object], key: str) -> dict[str, object]:
        value = table.get(key, {})
        if isinstance(value, dict):
            return value
        raise self.refuse("parameter-form", key, "is not a table", 'Write { place = "place" }')

    def _words(self, table: Mapping[str, object], key: str, at: str) -> str:
        value = table.get(key)
        if isinstance(value, str) and value.strip():
            return value
        raise self.refuse("parameter-form", f"{at}{key}", "is missing", f'Write {key} = "…"')

    def _type(self, written: object, key: str) -> Type:
        if isinstance(written, str) and written in TYPES:
            return TYPES[written]
        if isinstance(written, str) and written in self.enums:
            return self.enums[written]
        known = ", ".join([*TYPES, *self.enums])
        raise self.refuse("parameter-type", key, "is not a known type", f"Known are {known}")

    def _key(self, name: str, written: object) -> Key:
        kind, _, match = str(written).partition(" ")
        if match not in _MATCHES:
            raise self.refuse(
                "parameter-keys",
                f"keys.{name}",
                "is not understood",
                'Write "int", "int from" or "int up-to"',
            )
        key = Key(name, self._type(kind, f"keys.{name}"), _MATCHES[match])
        if match and key.type not in (INT, FEN, MONTH, DATE):
            raise self.refuse(
                "parameter-keys",
                f"keys.{name}",
                f"{kind} has no order",
                "Bands need int, yuan, month or date",
            )
        return key

    def _entry(self, index: int, written: object, kind: Type, keys: tuple[Key, ...], is_set: bool) -> Entry:
        at = f"values[{index}]."
        if not isinstance(written, dict):
            raise self.refuse(
                "parameter-form", f"values[{index}]", "is not a table", f"Write [[{self.name}.values]]"
            )
        self._only(written, _ENTRY_KEYS, at)
        confidence = self._words(written, "confidence", at)
        if confidence not in CONFIDENCES:
            raise self.refuse(
                "parameter-confidence", f"{at}confidence", "is not known", "Write high, medium or low"
            )
        since = self._day(written, "since", at)
        until = self._day(written, "until", at) if "until" in written else None
        if until is not None and until < since:
            raise self.refuse(
                "parameter-date", f"{at}until", "lies before since", "Give the last day in force"
            )
        return Entry(
            since=since,
            until=until,
            source=self._words(written, "source", at),
            confidence=confidence,
            note=str(written.get("note", "")),
            rows=self._rows(written, kind, keys, is_set, at),
        )

    def _day(self, written: Mapping[str, object], key: str, at: str) -> int:
        try:
            day = reading.read(DATE, written.get(key), key)
        except reading.Unreadable:
            raise self.refuse(
                "parameter-date", f"{at}{key}", "is not a date", f"Write {key} = 2025-01-01"
            ) from None
        return day if isinstance(day, int) else 0

    def _value(self, kind: Type, raw: object, key: str) -> object:
        try:
            return reading.read(kind, raw, key)
        except reading.Unreadable as error:
            problem = error.problems[0]
            raise self.refuse("parameter-value", problem.path, problem.message, "Correct the value") from None

    def _rows(
        self, written: Mapping[str, object], kind: Type, keys: tuple[Key, ...], is_set: bool, at: str
    ) -> tuple[tuple[RowKey, object], ...]:
        wanted, other = ("rows", "value") if keys else ("value", "rows")
        if wanted not in written or other in written:
            raise self.refuse(
                "parameter-form", at + other, f"expected {wanted}", f"Write {wanted} = … and not {other}"
            )
        if is_set:
            members = written["value"]
            if not isinstance(members, list):
                raise self.refuse("parameter-value", f"{at}value", "expected a list", 'Write ["…", "…"]')
            return (
                ((), frozenset(self._value(kind, one, f"{at}value[{i}]") for i, one in enumerate(members))),
            )
        if not keys:
            return (((), self._value(kind, written["value"], f"{at}value")),)
        rows = written["rows"]
        if not isinstance(rows, list):
            raise self.refuse(
                "parameter-value", f"{at}rows", "expected a list of rows", 'Write [["510100", 240]]'
            )
        read = [self._row(row, kind, keys, f"{at}rows[{i}]") for i, row in enumerate(rows)]
        seen: set[RowKey] = set()
        for i, (key, _) in enumerate(read):
            if key in seen:
                raise self.refuse(
                    "parameter-twice",
                    f"{at}rows[{i}]",
                    "repeats the key of an earlier row",
                    "Keep one of them",
                )
            seen.add(key)
        return tuple(read)

    def _row(self, row: object, kind: Type, keys: tuple[Key, ...], at: str) -> tuple[RowKey, object]:
        if not isinstance(row, list) or len(row) != len(keys) + 1:
            names = ", ".join(key.name for key in keys)
            raise self.refuse(
                "parameter-value", at, f"expected {len(keys) + 1} items", f"Write [{names}, value]"
            )
        key = tuple(
            self._value(k.type, raw, f"{at}[{i}]") for i, (k, raw) in enumerate(zip(keys, row, strict=False))
        )
        return key, self._value(kind, row[-1], f"{at}[{len(keys)}]")


def _mentions_none(table: Mapping[str, object]) -> bool:
    entries = table.get("values")
    written = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    rows = [row for entry in written for row in entry.get("rows", []) if isinstance(row, list) and row]
    values = [entry.get("value") for entry in written] + [row[-1] for row in rows]
    return table.get("type") != "str" and (
        "none" in [v for v in values if isinstance(v, str)] or table.get("otherwise") == "none"
    )
