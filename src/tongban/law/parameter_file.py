"""Reads `parameters.toml`; what does not fit is refused with file, line and key."""

import re
from collections.abc import Mapping

from tongban.law import reading
from tongban.law.errors import RuleSetError
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
    FactDeclared,
    OptionalType,
    Text,
    Type,
)
from tongban.law.mistakes.catalogue import tell
from tongban.law.mistakes.toml_files import place_of, read_toml
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
_PARAMETER_KEYS = {"zh", "en", "type", "unit", "keys", "words", "set", "values", "otherwise"}
_ENTRY_KEYS = {"since", "until", "source", "confidence", "note", "value", "rows"}


def read_parameters(
    text: str, file: str, enums: Mapping[str, EnumType], facts: Mapping[str, FactDeclared]
) -> dict[str, Parameter]:
    """Read `parameters.toml`; RuleSetError names file, line and key. A key named like a fact is titled so."""
    tables = read_toml(text, file)
    return {name: _Reader(name, text, file, enums, facts).read(table) for name, table in tables.items()}


class _Reader:
    """Reads one parameter; knows where in the file it stands."""

    def __init__(
        self,
        name: str,
        text: str,
        file: str,
        enums: Mapping[str, EnumType],
        facts: Mapping[str, FactDeclared],
    ) -> None:
        self.name = name
        self.text = text
        self.file = file
        self.enums = enums
        self.facts = facts

    def refuse(self, mistake: str, key: str, /, **said: object) -> RuleSetError:
        path = f"{self.name}.{key}" if key else self.name
        return tell(mistake, place_of(self.text, self.file, path), said, path)

    def read(self, table: object) -> Parameter:
        if not isinstance(table, dict):
            raise self.refuse("parameter-form", "", name=self.name)
        self._only(table, _PARAMETER_KEYS, "")
        optional = _mentions_none(table)
        item = self._type(table.get("type"), "type")
        kind: Type = OptionalType(item) if optional else item
        written_keys, words = self._table(table, "keys"), self._table(table, "words")
        if unknown := next((name for name in words if name not in written_keys), None):
            raise self.refuse("parameter-words/unknown", f"words.{unknown}", known=", ".join(written_keys))
        keys = tuple(self._key(name, written, words.get(name, {})) for name, written in written_keys.items())
        if any(key.match != "exact" for key in keys[:-1]):
            raise self.refuse("parameter-keys/last", "keys")
        is_set = table.get("set", False)
        if not isinstance(is_set, bool) or (is_set and keys):
            raise self.refuse("parameter-form/set", "set")
        written = table.get("values")
        if not isinstance(written, list) or not written:
            raise self.refuse("parameter-form/values", "values", name=self.name)
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
                raise self.refuse("parameter-unknown-key", f"{at}{key}", known=", ".join(sorted(known)))

    def _table(self, table: Mapping[str, object], key: str) -> dict[str, object]:
        value = table.get(key, {})
        if isinstance(value, dict):
            return value
        raise self.refuse("parameter-form/keys", key)

    def _words(self, table: Mapping[str, object], key: str, at: str) -> str:
        value = table.get(key)
        if isinstance(value, str) and value.strip():
            return value
        raise self.refuse("parameter-form/text", f"{at}{key}", key=key)

    def _type(self, written: object, key: str) -> Type:
        if isinstance(written, str) and written in TYPES:
            return TYPES[written]
        if isinstance(written, str) and written in self.enums:
            return self.enums[written]
        known = ", ".join([*TYPES, *self.enums])
        raise self.refuse("parameter-type", key, known=known)

    def _key(self, name: str, written: object, words: object) -> Key:
        kind, _, match = str(written).partition(" ")
        if match not in _MATCHES:
            raise self.refuse("parameter-keys", f"keys.{name}")
        title, members = self._key_words(name, words)
        key = Key(name, self._type(kind, f"keys.{name}"), _MATCHES[match], title, members)
        if match and key.type not in (INT, FEN, MONTH, DATE):
            raise self.refuse("parameter-keys/order", f"keys.{name}", type=kind)
        return key

    def _key_words(self, name: str, words: object) -> tuple[Text, dict[int, Text]]:
        """Give what a key is and what its numbers stand for: `{ zh = "…", en = "…", 1 = ["…", "…"] }`."""
        at = f"words.{name}"
        if not isinstance(words, dict):
            raise self.refuse("parameter-words", at)
        members: dict[int, Text] = {}
        for number, said in words.items():
            if number in ("zh", "en"):
                continue
            match said:
                case [str() as zh, str() as en] if re.fullmatch("-?[0-9]{1,18}", number):
                    members[int(number)] = Text(zh, en)
                case _:
                    raise self.refuse("parameter-words", f"{at}.{number}")
        if "zh" in words or "en" in words or name not in self.facts:
            spaced = name.replace("_", " ")
            given = (
                Text(self._words(words, "zh", f"{at}."), self._words(words, "en", f"{at}."))
                if words
                else None
            )
            return given or Text(spaced, spaced), members
        return self.facts[name].title, members

    def _entry(self, index: int, written: object, kind: Type, keys: tuple[Key, ...], is_set: bool) -> Entry:
        at = f"values[{index}]."
        if not isinstance(written, dict):
            raise self.refuse("parameter-form/entry", f"values[{index}]", name=self.name)
        self._only(written, _ENTRY_KEYS, at)
        confidence = self._words(written, "confidence", at)
        if confidence not in CONFIDENCES:
            raise self.refuse("parameter-confidence", f"{at}confidence")
        since = self._day(written, "since", at)
        until = self._day(written, "until", at) if "until" in written else None
        if until is not None and until < since:
            raise self.refuse("parameter-date/order", f"{at}until")
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
            raise self.refuse("parameter-date", f"{at}{key}", key=key) from None
        return day if isinstance(day, int) else 0

    def _value(self, kind: Type, raw: object, key: str) -> object:
        try:
            return reading.read(kind, raw, key)
        except reading.Unreadable as error:
            problem = error.problems[0]
            raise self.refuse(
                "parameter-value", problem.path, wrong=Text(problem.zh, problem.message)
            ) from None

    def _rows(
        self, written: Mapping[str, object], kind: Type, keys: tuple[Key, ...], is_set: bool, at: str
    ) -> tuple[tuple[RowKey, object], ...]:
        wanted, other = ("rows", "value") if keys else ("value", "rows")
        if wanted not in written or other in written:
            raise self.refuse("parameter-form/rows", at + other, wanted=wanted, other=other)
        if is_set:
            members = written["value"]
            if not isinstance(members, list):
                raise self.refuse("parameter-value/list", f"{at}value")
            return (
                ((), frozenset(self._value(kind, one, f"{at}value[{i}]") for i, one in enumerate(members))),
            )
        if not keys:
            return (((), self._value(kind, written["value"], f"{at}value")),)
        rows = written["rows"]
        if not isinstance(rows, list):
            raise self.refuse("parameter-value/rows", f"{at}rows")
        read = [self._row(row, kind, keys, f"{at}rows[{i}]") for i, row in enumerate(rows)]
        seen: set[RowKey] = set()
        for i, (key, _) in enumerate(read):
            if key in seen:
                raise self.refuse("parameter-twice", f"{at}rows[{i}]")
            seen.add(key)
        return tuple(read)

    def _row(self, row: object, kind: Type, keys: tuple[Key, ...], at: str) -> tuple[RowKey, object]:
        if not isinstance(row, list) or len(row) != len(keys) + 1:
            names = ", ".join(key.name for key in keys)
            raise self.refuse("parameter-value/row", at, count=len(keys) + 1, names=names)
        key = tuple(
            self._value(k.type, raw, f"{at}[{i}]") for i, (k, raw) in enumerate(zip(keys, row, strict=False))
        )
        return key, self._value(kind, row[-1], f"{at}[{len(keys)}]")


def _mentions_none(parameter: Mapping[str, object]) -> bool:
    entries = parameter.get("values")
    written = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    tables = [entry["rows"] for entry in written if isinstance(entry.get("rows"), list)]
    rows = [row for table in tables for row in table if isinstance(row, list) and row]
    values = [entry.get("value") for entry in written] + [row[-1] for row in rows]
    return parameter.get("type") != "str" and (
        "none" in [v for v in values if isinstance(v, str)] or parameter.get("otherwise") == "none"
    )
