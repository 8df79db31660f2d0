"""How values are written: JSON and TOML forms to the engines' encoding and back, and as words for people.

The forms are those of the published contract: months YYYY-MM, money as yuan text, places as six digits.
"""

import datetime
import re
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import TypeVar

from tongban.law.errors import Problem
from tongban.law.histories import Piece, ordered
from tongban.law.ir import (
    DATE,
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
from tongban.law.ranges import DEFAULT_RANGES, MOST_SPELLS
from tongban.law.values import (
    MINUTES_A_DAY,
    Date,
    DateTime,
    Month,
    PlaceCode,
    Rate,
    month_text,
    rate_text,
    yuan,
    yuan_text,
)

SPELL_KEYS = ("place", "from", "to", "kind")
SPELL_KINDS = ("actual", "deemed")
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
            raise _unreadable(path, "unknown-choice", f"expected one of {', '.join(kind.values)}")
        case OptionalType():
            return None if raw is None or raw == "none" else read(kind.item, raw, path)
        case ListType():
            return _read_list(kind, raw, path)
        case RecordType():
            return _read_record(kind, raw, path)
        case MappingType():
            return _read_mapping(kind, raw, path)
        case PairType():
            raise _unreadable(path, "wrong-type", "a pair cannot be given")


def _read_scalar(kind: Kind, raw: object, path: str) -> object:
    if kind.name == "spells":
        return _read_spells(raw, path)
    reader, _ = _READERS[kind.name]
    return _form(reader, raw, path, kind.name)


def _form(reader: Callable[[object], T], raw: object, path: str, name: str) -> T:
    try:
        return reader(raw)
    except (ValueError, OverflowError):
        raise _unreadable(path, "wrong-form", f"expected {_READERS[name][1]}") from None


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


_READERS: dict[str, tuple[Callable[[object], object], str]] = {
    "bool": (_bool, "true or false"),
    "int": (_int, "a whole number"),
    "float": (_float, "a number"),
    "str": (_str, "text"),
    "month": (_month, 'a month "YYYY-MM"'),
    "date": (_date, 'a date "YYYY-MM-DD"'),
    "datetime": (_datetime, 'a moment "YYYY-MM-DDTHH:MM"'),
    "fen": (_fen, 'yuan with at most two decimals as text, like "1234.50", or a whole number'),
    "rate": (_rate, 'a decimal with at most six places, like "0.105"'),
    "place": (_place, 'a place code of six digits, like "510100"'),
}


def _read_list(kind: ListType, raw: object, path: str) -> tuple[object, ...]:
    if not isinstance(raw, list | tuple):
        raise _unreadable(path, "wrong-type", "expected a list")
    return _collect([partial(read_item, kind.item, item, f"{path}[{i}]") for i, item in enumerate(raw)])


def read_item(kind: Type, raw: object, path: str) -> object:
    """Give the encoding of an item, held to what its type can be."""
    value = read(kind, raw, path)
    limits = DEFAULT_RANGES.get(kind.name) if isinstance(kind, Kind) else None
    if limits is not None and isinstance(value, int | float) and not limits.low <= value <= limits.high:
        raise _unreadable(path, "out-of-range", f"expected {_between(kind, limits)}")
    return value


def _read_record(kind: RecordType, raw: object, path: str) -> tuple[object, ...]:
    names = [declared.name for declared in kind.fields]
    if not isinstance(raw, dict):
        raise _unreadable(path, "wrong-type", f"expected an object with {', '.join(names)}")
    unknown = [name for name in raw if name not in names]
    if unknown:
        raise _unreadable(
            f"{path}.{unknown[0]}", "unknown-fact", f"there is no such field; known are {', '.join(names)}"
        )
    return _collect(
        [partial(read_declared, d, raw.get(d.name), f"{path}.{d.name}", d.name in raw) for d in kind.fields]
    )


def _read_mapping(kind: MappingType, raw: object, path: str) -> tuple[object, ...]:
    if not isinstance(raw, dict):
        raise _unreadable(path, "wrong-type", 'expected an object, like {"1999": "8400.00"}')
    pairs = _collect([partial(_read_pair, kind, k, v, f"{path}.{k}") for k, v in raw.items()])
    return tuple(sorted(pairs, key=lambda pair: pair[0]))


def _read_pair(kind: MappingType, key: object, value: object, path: str) -> tuple[int, object]:
    if isinstance(key, str) and re.fullmatch(r"-?\d{1,9}", key, re.ASCII):
        return int(key), read_item(kind.value, value, path)
    raise _unreadable(path, "wrong-form", "expected a whole number as the name, like a year")


def _read_spells(raw: object, path: str) -> object:
    if not isinstance(raw, list | tuple):
        raise _unreadable(path, "wrong-type", "expected a list of spells {place, from, to}")
    if len(raw) > MOST_SPELLS:
        raise _unreadable(path, "too-many", f"expected at most {MOST_SPELLS} spells")
    pieces = _collect([partial(_read_spell, item, f"{path}[{i}]") for i, item in enumerate(raw)])
    _refuse_overlaps(pieces, path)
    return ordered(pieces)


def _read_spell(raw: object, path: str) -> Piece:
    if not isinstance(raw, dict):
        raise _unreadable(path, "wrong-type", "expected an object with place, from, to and optionally kind")
    for key in raw:
        if key not in SPELL_KEYS:
            raise _unreadable(
                f"{path}.{key}", "unknown-fact", f"there is no such field; known are {', '.join(SPELL_KEYS)}"
            )
    for key in SPELL_KEYS[:3]:
        if key not in raw:
            raise _unreadable(f"{path}.{key}", "missing", "is missing")
    kind = raw.get("kind", "actual")
    if kind not in SPELL_KINDS:
        raise _unreadable(f"{path}.kind", "unknown-choice", f"expected one of {', '.join(SPELL_KINDS)}")
    place = _form(_place, raw["place"], f"{path}.place", "place")
    first, last = (_form(_month, raw[key], f"{path}.{key}", "month") for key in ("from", "to"))
    for month, key in ((first, "from"), (last, "to")):
        if not MONTHS[0] <= month <= MONTHS[1]:
            raise _unreadable(f"{path}.{key}", "out-of-range", "expected a month from 1900-01 to 2199-12")
    if last < first:
        raise _unreadable(f"{path}.to", "ends-before-begin", f"expected a month not before {path}.from")
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
                    f"overlaps {path}[{earlier}] at the same place; give each month of a place once",
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
    raise _unreadable(path, "missing", f"is missing; expected {expectation(declared)}")


def _hold(declared: FactDeclared, item: Type, value: object, path: str) -> None:
    if declared.one_of and value not in declared.one_of:
        allowed = ", ".join(str(write(item, one)) for one in declared.one_of)
        raise _unreadable(path, "not-allowed", f"expected one of {allowed}")
    if declared.matches and isinstance(value, str) and re.fullmatch(declared.matches, value) is None:
        raise _unreadable(path, "wrong-form", f"expected text of the form {declared.matches}")
    if declared.range is None:
        return
    size = len(value) if isinstance(value, tuple) else value
    if isinstance(size, int | float) and not declared.range.low <= size <= declared.range.high:
        raise _unreadable(path, "out-of-range", f"expected {expectation(declared)}")


def expectation(declared: FactDeclared) -> str:
    """Say what a fact must be, in words."""
    item = declared.type.item if isinstance(declared.type, OptionalType) else declared.type
    limits = declared.range
    if isinstance(item, EnumType):
        return f"one of {', '.join(item.values)}"
    if isinstance(item, ListType | MappingType) and limits is not None:
        return f"{int(limits.low)} to {int(limits.high)} items"
    if limits is None or not isinstance(item, Kind):
        return _READERS[item.name][1] if isinstance(item, Kind) and item.name in _READERS else str(item)
    return _between(item, limits)


def _between(kind: Type, limits: Range) -> str:
    words = _READERS[kind.name][1] if isinstance(kind, Kind) else str(kind)
    low, high = (write(kind, bound if kind == FLOAT else int(bound)) for bound in (limits.low, limits.high))
    return f"{words} from {low} to {high}"


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


def _unreadable(path: str, code: str, message: str) -> Unreadable:
    return Unreadable((Problem(path, code, message),))


def write(kind: Type, value: object) -> object:
    """Give the JSON form of an encoded value."""
    if value is None:
        return None
    match kind:
        case Kind():
            return _WRITERS[kind.name](value) if kind.name in _WRITERS else value
        case EnumType() if isinstance(value, int):
            return kind.values[value]
        case OptionalType():
            return write(kind.item, value)
        case ListType() if isinstance(value, tuple):
            return [write(kind.item, item) for item in value]
        case RecordType() if isinstance(value, tuple):
            return {d.name: write(d.type, item) for d, item in zip(kind.fields, value, strict=True)}
        case MappingType() if isinstance(value, tuple):
            return {str(key): write(kind.value, item) for key, item in value}
        case PairType() if isinstance(value, tuple):
            return [write(kind.key, value[0]), write(kind.value, value[1])]
    return str(value)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _write_spells(value: object) -> object:
    pieces = value if isinstance(value, tuple) else ()
    return [
        {
            "place": f"{place:06d}",
            "from": month_text(first),
            "to": month_text(last),
            "kind": SPELL_KINDS[kind],
        }
        for first, last, place, kind in pieces
    ]


def datetime_text(minutes: int) -> str:
    """Write minutes since 1970-01-01T00:00 as a moment."""
    return str(DateTime.from_ordinal(minutes))


_WRITERS: dict[str, Callable[[object], object]] = {
    "month": lambda value: month_text(_whole(value)),
    "date": lambda value: str(Date.from_ordinal(_whole(value))),
    "datetime": lambda value: datetime_text(_whole(value)),
    "fen": lambda value: yuan_text(_whole(value)),
    "rate": lambda value: rate_text(_whole(value)),
    "place": lambda value: f"{_whole(value):06d}",
    "spells": _write_spells,
}


def show(kind: Type, value: object, lang: str, places: Mapping[int, Text] | None = None) -> str:
    """Give an encoded value as words for people; `places` gives names to places."""
    chinese = lang != "en"
    if value is None:
        return "无" if chinese else "none"
    match kind:
        case Kind():
            return _show_scalar(kind, value, chinese, places or {})
        case EnumType() if isinstance(value, int):
            return (kind.zh if chinese else kind.en)[value]
        case OptionalType():
            return show(kind.item, value, lang, places)
        case ListType() if isinstance(value, tuple):
            return ("、" if chinese else ", ").join(
                show(kind.item, item, lang, places) for item in value
            ) or show(kind, None, lang)
        case RecordType() if isinstance(value, tuple):
            return " ".join(
                show(d.type, item, lang, places) for d, item in zip(kind.fields, value, strict=True)
            )
        case MappingType() if isinstance(value, tuple):
            return ("；" if chinese else "; ").join(
                f"{key}: {show(kind.value, item, lang)}" for key, item in value
            )
    return str(value)


def _show_scalar(kind: Kind, value: object, chinese: bool, places: Mapping[int, Text]) -> str:
    name = kind.name
    if name == "bool":
        return ("是" if value else "否") if chinese else ("yes" if value else "no")
    if name == "place" and _whole(value) in places:
        return places[_whole(value)].of("zh" if chinese else "en")
    if name == "month" and chinese:
        return f"{_whole(value) // 12}年{_whole(value) % 12 + 1}月"
    if name == "date" and chinese:
        day = Date.from_ordinal(_whole(value))
        return f"{day.year}年{day.month.number}月{day.day}日"
    if name == "datetime":
        said = _show_scalar(DATE, _whole(value) // MINUTES_A_DAY, chinese, places)
        return f"{said} {datetime_text(_whole(value))[11:]}"
    if name == "fen":
        amount = f"{_whole(value) / 100:,.2f}" if abs(_whole(value)) < 10**14 else yuan_text(_whole(value))
        return f"{amount} 元" if chinese else f"{amount} yuan"
    if name == "spells" and isinstance(value, tuple):
        joined = "至" if chinese else " to "
        return ("；" if chinese else "; ").join(
            f"{place:06d} {month_text(first)}{joined}{month_text(last)}" for first, last, place, _ in value
        ) or ("无" if chinese else "none")
    return str(write(kind, value))
