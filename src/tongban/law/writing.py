"""How encoded values are written: as JSON forms, and as words for people.

Promises: the forms are those of the published contract; a writer is made once for a type, then only called.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias, cast

from tongban.law.ir import (
    EnumType,
    Kind,
    ListType,
    MappingType,
    OptionalType,
    PairType,
    RecordType,
    Text,
    Type,
)
from tongban.law.money import rate_text, yuan_text
from tongban.law.values import MINUTES_A_DAY, Date, DateTime, month_text

SPELL_KINDS = ("actual", "deemed")
Writer: TypeAlias = Callable[[object], object]
Shower: TypeAlias = Callable[[object], str]
PlaceNames: TypeAlias = Mapping[int, Text]


def write(kind: Type, value: object) -> object:
    """Give the JSON form of an encoded value."""
    return writer(kind)(value)


@lru_cache(maxsize=1024)
def writer(kind: Type) -> Writer:
    """Give what writes values of a type in their JSON form."""
    match kind:
        case Kind(name=name):
            return _of_whole(_WHOLE[name]) if name in _WHOLE else _SPECIAL.get(name, _as_it_is)
        case EnumType(values=values):
            return _of_whole(values.__getitem__)
        case OptionalType(item=item):
            return _maybe(writer(item), None)
        case ListType(item=item):
            return _list_writer(writer(item))
        case RecordType(fields=fields):
            return _record_writer(tuple((one.name, writer(one.type)) for one in fields))
        case MappingType(value=item):
            return _mapping_writer(writer(item))
        case PairType(key=key, value=item):
            return _pair_writer(writer(key), writer(item))


def show(kind: Type, value: object, lang: str, places: PlaceNames | None = None) -> str:
    """Give an encoded value as words for people; `places` gives names to places."""
    return shower(kind, lang, places or {})(value)


def shower(kind: Type, lang: str, places: PlaceNames) -> Shower:
    """Give what says values of a type in a language."""
    chinese = lang != "en"
    match kind:
        case Kind(name=name):
            return _scalar_shower(name, chinese, places)
        case EnumType(zh=zh, en=en):
            return _of_whole((zh if chinese else en).__getitem__)
        case OptionalType(item=item):
            return _maybe_shown(shower(item, lang, places), "无" if chinese else "none")
        case ListType(item=item):
            return _joined(shower(item, lang, places), "、" if chinese else ", ", "无" if chinese else "none")
        case RecordType(fields=fields):
            return _record_shower([shower(one.type, lang, places) for one in fields])
        case MappingType(value=item):
            return _mapping_shower(shower(item, lang, places), "；" if chinese else "; ")
        case PairType():
            return str


def _as_it_is(value: object) -> object:
    return value


def _of_whole(form: Callable[[int], str]) -> Shower:
    """Take a form of whole numbers for values whose type says that they are whole numbers."""
    return cast("Shower", form)


def _maybe(inner: Writer, missing: object) -> Writer:
    return lambda value: missing if value is None else inner(value)


def _maybe_shown(inner: Shower, missing: str) -> Shower:
    return lambda value: missing if value is None else inner(value)


def _items(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _list_writer(inner: Writer) -> Writer:
    return lambda value: [inner(item) for item in _items(value)]


def _record_writer(fields: tuple[tuple[str, Writer], ...]) -> Writer:
    return lambda value: {name: form(item) for (name, form), item in zip(fields, _items(value), strict=True)}


def _mapping_writer(inner: Writer) -> Writer:
    return lambda value: {str(_items(pair)[0]): inner(_items(pair)[1]) for pair in _items(value)}


def _pair_writer(first: Writer, second: Writer) -> Writer:
    return lambda value: [first(_items(value)[0]), second(_items(value)[1])]


def _joined(inner: Shower, joint: str, nothing: str) -> Shower:
    return lambda value: joint.join(inner(item) for item in _items(value)) or nothing


def _record_shower(fields: list[Shower]) -> Shower:
    return lambda value: " ".join(form(item) for form, item in zip(fields, _items(value), strict=True))


def _mapping_shower(inner: Shower, joint: str) -> Shower:
    return lambda value: joint.join(f"{_items(pair)[0]}: {inner(_items(pair)[1])}" for pair in _items(value))


@lru_cache(maxsize=4096)
def _month(month: int) -> str:
    return month_text(month)


@lru_cache(maxsize=4096)
def _date(day: int) -> str:
    return str(Date.from_ordinal(day))


def _datetime(minutes: int) -> str:
    return str(DateTime.from_ordinal(minutes))


def _place(place: int) -> str:
    return f"{place:06d}"


_WHOLE: dict[str, Callable[[int], str]] = {
    "month": _month,
    "date": _date,
    "datetime": _datetime,
    "fen": yuan_text,
    "rate": rate_text,
    "place": _place,
}


def _spells(value: object) -> object:
    return [
        {"place": _place(place), "from": _month(first), "to": _month(last), "kind": SPELL_KINDS[kind]}
        for first, last, place, kind in _pieces(value)
    ]


_SPECIAL: dict[str, Writer] = {"spells": _spells}


def _pieces(value: object) -> list[tuple[int, int, int, int]]:
    return [(a, b, c, d) for a, b, c, d in value] if isinstance(value, tuple) else []


def _scalar_shower(name: str, chinese: bool, places: PlaceNames) -> Shower:
    match name:
        case "bool":
            return _of_whole((("否", "是") if chinese else ("no", "yes")).__getitem__)
        case "spells":
            return _spells_shower(chinese, places)
        case "place":
            said = {0: "各地" if chinese else "every place"}
            said |= {code: text.of("zh" if chinese else "en") for code, text in places.items()}
            return _of_whole(lambda place: said.get(place) or _place(place))
        case "rate":
            return _of_whole(lambda millionths: f"{rate_text(millionths * 100)}%")
        case "fen":
            return _of_whole(_chinese_yuan if chinese else _english_yuan)
        case "month" | "date" | "datetime" if chinese:
            return _of_whole(_CHINESE[name])
        case _ if name in _WHOLE:
            return _of_whole(_WHOLE[name])
    return str


def _chinese_yuan(fen: int) -> str:
    return f"-{_chinese_yuan(-fen)}" if fen < 0 else f"{fen // 100:,}.{fen % 100:02d} 元"


def _english_yuan(fen: int) -> str:
    return f"-{_english_yuan(-fen)}" if fen < 0 else f"{fen // 100:,}.{fen % 100:02d} yuan"


@lru_cache(maxsize=4096)
def _chinese_month(month: int) -> str:
    return f"{month // 12}年{month % 12 + 1}月"


@lru_cache(maxsize=4096)
def _chinese_date(day: int) -> str:
    date = Date.from_ordinal(day)
    return f"{date.year}年{date.month.number}月{date.day}日"


def _chinese_datetime(minutes: int) -> str:
    return f"{_chinese_date(minutes // MINUTES_A_DAY)} {_datetime(minutes)[11:]}"


_CHINESE: dict[str, Callable[[int], str]] = {
    "month": _chinese_month,
    "date": _chinese_date,
    "datetime": _chinese_datetime,
}


def _spells_shower(chinese: bool, places: PlaceNames) -> Shower:
    named = _scalar_shower("place", chinese, places)
    until, joint, nothing = ("至", "；", "无") if chinese else (" to ", "; ", "none")

    def said(value: object) -> str:
        found = [f"{named(p)} {_month(first)}{until}{_month(last)}" for first, last, p, _ in _pieces(value)]
        return joint.join(found) or nothing

    return said
