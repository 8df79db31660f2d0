"""Reads `parameters.toml`; what does not fit is refused with file, line and key."""

import tomllib
from collections.abc import Mapping

from tongban.law import reading
from tongban.law.errors import Place, RuleSetError
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
from tongban.law.parameters import Entry, Key, Parameter, RowKey

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
