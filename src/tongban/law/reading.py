"""From written forms (JSON, TOML) to the engines' encoding, held to what was declared.

The forms are those of the published contract: months YYYY-MM, money as yuan text, places as six digits.
What does not fit is refused with its path and what is expected, in both languages; no value is repeated.
"""

import datetime
import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import TypeVar

from tongban.law.errors import Problem
from tongban.law.histories import Piece, ordered
from tongban.law.ir import (
    FLOAT,
    EnumType,
    FactDeclared,
    Kind,
    ListType,
    MappingType,
    OptionalType,
    PairType,
    Range,
    RecordType,
    Text,
    Type,
)
from tongban.law.money import Rate, yuan
from tongban.law.ranges import DEFAULT_RANGES, MOST_SPELLS
from tongban.law.values import Date, DateTime, Month, PlaceCode
from tongban.law.writing import SPELL_KINDS, write

NO_SUCH_FIELD = Text("没有这一项；可填 {}", "there is no such field; known are {}")
SPELL_KEYS = ("place", "from", "to", "kind")
MONTHS = (1900 * 12, 2199 * 12 + 11)

T = TypeVar("T")


class Unreadable(Exception):
    """A value is not of the form; carries the problems with their paths."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = problems


def read(kind: Type, raw: object, path: str) -> object:
    """Give the encoding of a raw value; Unreadable with the path and what is expected."""
    match kind:
        case Kind():
            return _read_scalar(kind, raw, path)
        case EnumType():
            if isinstance(raw, str) and raw in kind.values:
                return kind.values.index(raw)
            raise _unreadable(
                path, "unknown-choice", Text("应为以下之一：{}", "expected one of {}"), ", ".join(kind.values)
            )
        case OptionalType():
            return None if raw is None or raw == "none" else read(kind.item, raw, path)
        case ListType():
            return _read_list(kind, raw, path)
        case RecordType():
            return _read_record(kind, raw, path)
        case MappingType():
            return _read_mapping(kind, raw, path)
        case PairType():
            raise _unreadable(path, "wrong-type", Text("不能直接填写", "a pair cannot be given"))


def _read_scalar(kind: Kind, raw: object, path: str) -> object:
    if kind.name == "spells":
        return _read_spells(raw, path)
    reader, _ = _READERS[kind.name]
    return _form(reader, raw, path, kind.name)


def _form(reader: Callable[[object], T], raw: object, path: str, name: str) -> T:
    try:
        return reader(raw)
    except (ValueError, OverflowError):
        raise _unreadable(path, "wrong-form", Text("应为{}", "expected {}"), _READERS[name][1]) from None


def _bool(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    raise ValueError


def _int(raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    raise ValueError


def _float(raw: object) -> float:
    if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < float("inf"):
        return float(raw)
    raise ValueError


def _str(raw: object) -> str:
    if isinstance(raw, str):
        raw.encode("utf-8")
        return raw
    raise ValueError


def _month(raw: object) -> int:
    return Month(_str(raw)).ordinal


def _date(raw: object) -> int:
    if isinstance(raw, datetime.date) and not isinstance(raw, datetime.datetime):
        return Date.from_date(raw).ordinal
    return Date(_str(raw)).ordinal


def _datetime(raw: object) -> int:
    return DateTime(_str(raw)).ordinal


def _fen(raw: object) -> int:
    return yuan(str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else _str(raw)).fen


def _rate(raw: object) -> int:
    return Rate(
        str(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else _str(raw)
    ).millionths


def _place(raw: object) -> int:
    return PlaceCode(_str(raw)).number


_READERS: dict[str, tuple[Callable[[object], object], Text]] = {
    "bool": (_bool, Text(" true 或 false", "true or false")),
    "int": (_int, Text("整数", "a whole number")),
    "float": (_float, Text("数字", "a number")),
    "str": (_str, Text("文字", "text")),
    "month": (_month, Text('月份 "YYYY-MM"', 'a month "YYYY-MM"')),
    "date": (_date, Text('日期 "YYYY-MM-DD"', 'a date "YYYY-MM-DD"')),
    "datetime": (_datetime, Text('时刻 "YYYY-MM-DDTHH:MM"', 'a moment "YYYY-MM-DDTHH:MM"')),
    "fen": (
        _fen,
        Text(
            '以元为单位的金额，最多两位小数，如 "1234.50"，或整数',
            'yuan with at most two decimals as text, like "1234.50", or a whole number',
        ),
    ),
    "rate": (
        _rate,
        Text('最多六位小数的比例，如 "0.105"', 'a decimal with at most six places, like "0.105"'),
    ),
    "place": (_place, Text('六位行政区划代码，如 "510100"', 'a place code of six digits, like "510100"')),
}


def form_of(name: str) -> Text:
    """Say how a value of that kind (`month`, `fen` …) is written."""
    return _READERS[name][1]


def _read_list(kind: ListType, raw: object, path: str) -> tuple[object, ...]:
    if not isinstance(raw, list | tuple):
        raise _unreadable(path, "wrong-type", Text("应为列表", "expected a list"))
    return _collect([partial(read_item, kind.item, item, f"{path}[{i}]") for i, item in enumerate(raw)])


def read_item(kind: Type, raw: object, path: str) -> object:
    """Give the encoding of an item, held to what its type can be."""
    value = read(kind, raw, path)
    limits = DEFAULT_RANGES.get(kind.name) if isinstance(kind, Kind) else None
    if limits is None or not isinstance(kind, Kind) or not isinstance(value, int | float):
        return value
    if not limits.low <= value <= limits.high:
        raise _unreadable(path, "out-of-range", Text("应为{}", "expected {}"), _between(kind, limits))
    return value


def _read_record(kind: RecordType, raw: object, path: str) -> tuple[object, ...]:
    names = [declared.name for declared in kind.fields]
    if not isinstance(raw, dict):
        raise _unreadable(
            path, "wrong-type", Text("应为对象，含 {}", "expected an object with {}"), ", ".join(names)
        )
    unknown = [name for name in raw if name not in names]
    if unknown:
        raise _unreadable(f"{path}.{unknown[0]}", "unknown-fact", NO_SUCH_FIELD, ", ".join(names))
    return _collect(
        [partial(read_declared, d, raw.get(d.name), f"{path}.{d.name}", d.name in raw) for d in kind.fields]
    )


def _read_mapping(kind: MappingType, raw: object, path: str) -> tuple[object, ...]:
    if not isinstance(raw, dict):
        raise _unreadable(
            path,
            "wrong-type",
            Text('应为对象，如 {{"1999": "8400.00"}}', 'expected an object, like {{"1999": "8400.00"}}'),
        )
    pairs = _collect([partial(_read_pair, kind, k, v, f"{path}.{k}") for k, v in raw.items()])
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def _read_pair(kind: MappingType, key: object, value: object, path: str) -> tuple[int, object]:
    if isinstance(key, str) and re.fullmatch(r"-?(0|[1-9]\d{0,8})", key, re.ASCII):
        return int(key), read_item(kind.value, value, path)
    raise _unreadable(
        path, "wrong-form", Text("名称应为整数，如年份", "expected a whole number as the name, like a year")
    )


def _read_spells(raw: object, path: str) -> object:
    if not isinstance(raw, list | tuple):
        raise _unreadable(
            path,
            "wrong-type",
            Text("应为时段列表 {{place, from, to}}", "expected a list of spells {{place, from, to}}"),
        )
    if len(raw) > MOST_SPELLS:
        raise _unreadable(
            path, "too-many", Text("时段最多 {} 个", "expected at most {} spells"), str(MOST_SPELLS)
        )
    pieces = _collect([partial(_read_spell, item, f"{path}[{i}]") for i, item in enumerate(raw)])
    _refuse_overlaps(pieces, path)
    return ordered(pieces)


def _read_spell(raw: object, path: str) -> Piece:
    if not isinstance(raw, dict):
        raise _unreadable(
            path,
            "wrong-type",
            Text("应为对象，含 {}", "expected an object with {}"),
            "place, from, to, kind?",
        )
    for key in raw:
        if key not in SPELL_KEYS:
            raise _unreadable(f"{path}.{key}", "unknown-fact", NO_SUCH_FIELD, ", ".join(SPELL_KEYS))
    for key in SPELL_KEYS[:3]:
        if key not in raw:
            raise _unreadable(f"{path}.{key}", "missing", Text("缺少", "is missing"))
    kind = raw.get("kind", "actual")
    if kind not in SPELL_KINDS:
        raise _unreadable(
            f"{path}.kind",
            "unknown-choice",
            Text("应为以下之一：{}", "expected one of {}"),
            ", ".join(SPELL_KINDS),
        )
    place = _form(_place, raw["place"], f"{path}.place", "place")
    first, last = (_form(_month, raw[key], f"{path}.{key}", "month") for key in ("from", "to"))
    for month, key in ((first, "from"), (last, "to")):
        if not MONTHS[0] <= month <= MONTHS[1]:
            raise _unreadable(
                f"{path}.{key}",
                "out-of-range",
                Text("应为 1900-01 至 2199-12 的月份", "expected a month from 1900-01 to 2199-12"),
            )
    if last < first:
        raise _unreadable(
            f"{path}.to",
            "ends-before-begin",
            Text("不得早于起始月份 {}", "expected a month not before {}"),
            f"{path}.from",
        )
    return first, last, place, SPELL_KINDS.index(kind)


def _refuse_overlaps(pieces: tuple[Piece, ...], path: str) -> None:
    seen: dict[int, list[tuple[int, int, int]]] = {}
    for index, (first, last, place, _) in enumerate(pieces):
        seen.setdefault(place, []).append((first, last, index))
    for intervals in seen.values():
        intervals.sort()
        for (_, before, earlier), (begin, _, later) in pairwise(intervals):
            if begin <= before:
                raise _unreadable(
                    f"{path}[{later}].from",
                    "overlap",
                    Text(
                        "与 {} 在同一地区重叠，同一地区每月只填一次",
                        "overlaps {} at the same place; give each month of a place once",
                    ),
                    f"{path}[{earlier}]",
                )


def read_declared(declared: FactDeclared, raw: object, path: str, given: bool) -> object:
    """Give the encoding of a fact or field, its default when missing, and hold it to what was declared."""
    if not given or (raw is None and declared.optional):
        return _missing(declared, path)
    item = declared.type.item if isinstance(declared.type, OptionalType) else declared.type
    value = read(item, raw, path)
    _hold(declared, item, value, path)
    return value


def _missing(declared: FactDeclared, path: str) -> object:
    if declared.has_default:
        return declared.default
    if declared.optional:
        return None
    raise _unreadable(path, "missing", Text("缺少；应为{}", "is missing; expected {}"), expectation(declared))


def _hold(declared: FactDeclared, item: Type, value: object, path: str) -> None:
    if declared.one_of and value not in declared.one_of:
        allowed = ", ".join(str(write(item, one)) for one in declared.one_of)
        raise _unreadable(path, "not-allowed", Text("应为以下之一：{}", "expected one of {}"), allowed)
    if declared.matches and isinstance(value, str) and re.fullmatch(declared.matches, value) is None:
        raise _unreadable(
            path, "wrong-form", Text("应为形如 {} 的文字", "expected text of the form {}"), declared.matches
        )
    if declared.range is None:
        return
    size = len(value) if isinstance(value, tuple) else value
    if isinstance(size, int | float) and not declared.range.low <= size <= declared.range.high:
        raise _unreadable(path, "out-of-range", Text("应为{}", "expected {}"), expectation(declared))


def expectation(declared: FactDeclared) -> Text:
    """Say what a fact must be."""
    item = declared.type.item if isinstance(declared.type, OptionalType) else declared.type
    limits = declared.range
    if isinstance(item, EnumType):
        choices = ", ".join(item.values)
        return Text(f"以下之一：{choices}", f"one of {choices}")
    if isinstance(item, ListType | MappingType) and limits is not None:
        return Text(f" {limits.low} 至 {limits.high} 项", f"{limits.low} to {limits.high} items")
    if limits is None or not isinstance(item, Kind):
        known = isinstance(item, Kind) and item.name in _READERS
        return _READERS[item.name][1] if isinstance(item, Kind) and known else Text(f" {item}", str(item))
    return _between(item, limits)


def _between(kind: Kind, limits: Range) -> Text:
    words = _READERS[kind.name][1]
    low, high = (write(kind, bound if kind == FLOAT else int(bound)) for bound in (limits.low, limits.high))
    return Text(f"{words.zh}，{low} 至 {high}", f"{words.en} from {low} to {high}")


def _collect(readers: list[Callable[[], T]]) -> tuple[T, ...]:
    values: list[T] = []
    problems: list[Problem] = []
    for reader in readers:
        try:
            values.append(reader())
        except Unreadable as error:
            problems.extend(error.problems)
    if problems:
        raise Unreadable(tuple(problems))
    return tuple(values)


def _unreadable(path: str, code: str, message: Text, filling: Text | str = "") -> Unreadable:
    zh, en = (filling.zh, filling.en) if isinstance(filling, Text) else (filling, filling)
    return Unreadable((Problem(path, code, message.en.format(en), message.zh.format(zh)),))
