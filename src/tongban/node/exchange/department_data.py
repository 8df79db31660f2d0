"""A department's raw values become evidence, or a named fault of its data.

Nothing is guessed or repaired: a faulty record stops the answer and an officer looks at it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache, lru_cache

from tongban.places import PlaceError, valid_through
from tongban.protocol import Code, EvidenceType, Record, Refused, Shape, Text, Value


class Unit(StrEnum):
    """The unit in which a department keeps amounts of money."""

    FEN = "fen"
    YUAN = "yuan"
    WAN = "wan"


FEN_IN: Mapping[Unit, int] = {Unit.FEN: 1, Unit.YUAN: 100, Unit.WAN: 1_000_000}
LARGEST_AMOUNT = 10**15


class Fault(StrEnum):
    """What can be wrong with a department's data; the code travels with the refusal."""

    NOT_A_MONTH = "not-a-month"
    NOT_A_DATE = "not-a-date"
    NOT_A_NUMBER = "not-a-number"
    NOT_AN_AMOUNT = "not-an-amount"
    EMPTY = "empty"
    UNKNOWN_CODE = "unknown-code"
    WRONG_FORM = "wrong-form"
    TOO_MANY = "too-many-records"
    ENDS_BEFORE_IT_BEGINS = "ends-before-it-begins"
    IN_THE_FUTURE = "in-the-future"
    OVERLAPS = "overlaps"
    PLACE_UNKNOWN = "place-unknown"
    PLACE_NOT_VALID = "place-not-valid"
    FILE_MISSING = "file-missing"
    FILE_TOO_LARGE = "file-too-large"
    NOT_A_DOCUMENT = "not-a-document"
    TOO_MANY_FILES = "too-many-files"


FAULTS: Mapping[Fault, Text] = {
    Fault.NOT_A_MONTH: Text(zh="不是有效的年月", en=Fault.NOT_A_MONTH),
    Fault.NOT_A_DATE: Text(zh="不是有效的日期", en=Fault.NOT_A_DATE),
    Fault.NOT_A_NUMBER: Text(zh="不是整数", en=Fault.NOT_A_NUMBER),
    Fault.NOT_AN_AMOUNT: Text(zh="不是有效的金额，或者有不足一分的零头", en="not an amount of whole fen"),
    Fault.EMPTY: Text(zh="内容为空", en="empty"),
    Fault.UNKNOWN_CODE: Text(zh="部门代码没有对照", en="a code of the department that is not mapped"),
    Fault.WRONG_FORM: Text(zh="不符合该材料约定的格式", en="not of the form agreed for this evidence"),
    Fault.TOO_MANY: Text(zh="一人的记录过多", en="too many records for one person"),
    Fault.ENDS_BEFORE_IT_BEGINS: Text(zh="截止月早于起始月", en="the spell ends before it begins"),
    Fault.IN_THE_FUTURE: Text(zh="月份在未来", en="a month in the future"),
    Fault.OVERLAPS: Text(zh="与同一参保地的另一段记录重叠", en="overlaps another spell of the same place"),
    Fault.PLACE_UNKNOWN: Text(zh="参保地代码不存在", en="no place has this code"),
    Fault.PLACE_NOT_VALID: Text(
        zh="参保地代码在该时间无效", en="the place did not exist under this code at that time"
    ),
    Fault.FILE_MISSING: Text(zh="所指的附件不存在", en="the file that it names is not there"),
    Fault.FILE_TOO_LARGE: Text(zh="附件太大，不能传送", en="the file is too large to cross"),
    Fault.NOT_A_DOCUMENT: Text(zh="附件不是 PDF、JPEG 或 PNG 文件", en="the file is no PDF, JPEG or PNG"),
    Fault.TOO_MANY_FILES: Text(zh="附件过多", en="too many files for one answer"),
}
_POSITION = re.compile(r"records\[([0-9]+)\]")

_MONTH = re.compile(r"(?P<year>[12][0-9]{3})-?(?P<month>0[1-9]|1[0-2])")
_DAY = re.compile(r"(?P<year>[12][0-9]{3})-?(?P<month>[0-9]{2})-?(?P<day>[0-9]{2})")
_FORM_PARTS = {
    "YYYY": r"(?P<year>[12][0-9]{3})",
    "MM": r"(?P<month>0[1-9]|1[0-2])",
    "DD": r"(?P<day>[0-9]{2})",
}


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """What is written in a form such as YYYY年MM月."""
    parts = re.split("(YYYY|MM|DD)", form)
    return re.compile("".join(_FORM_PARTS.get(part, re.escape(part)) for part in parts))


def invalid(path: str, fault: Fault) -> Refused:
    """The refusal that names a fault in a department's data by position, never by value."""
    return Refused(Code.DEPARTMENT_DATA_INVALID, path, fault.value)


def describe(refused: Refused) -> Text | None:
    """Which record is faulty and how, for an officer; None when the refusal is about something else."""
    if refused.code is not Code.DEPARTMENT_DATA_INVALID or refused.hint not in set(Fault):
        return None
    fault = FAULTS[Fault(refused.hint)]
    position = _POSITION.match(refused.path)
    if position is None:
        return fault
    number = int(position[1]) + 1
    return Text(zh=f"第{number}条记录：{fault.zh}", en=f"Record {number}: {fault.en}")


def as_month(raw: object, path: str, form: str = "") -> str:
    """`YYYY-MM` from 202604, "202604", "2026-04" or a date; with `form` from what is written in that form."""
    if isinstance(raw, date):
        return f"{raw:%Y-%m}"
    found = (_pattern(form) if form else _MONTH).fullmatch(str(raw).strip())
    if found is None:
        raise invalid(path, Fault.NOT_A_MONTH)
    return f"{found['year']}-{found['month']}"


def as_date(raw: object, path: str, form: str = "") -> str:
    """`YYYY-MM-DD` from 20260401, "20260401", "2026-04-01" or a date; with `form` from that form."""
    if isinstance(raw, date):
        return f"{raw:%Y-%m-%d}"
    found = (_pattern(form) if form else _DAY).fullmatch(str(raw).strip())
    if found is None:
        raise invalid(path, Fault.NOT_A_DATE)
    return f"{found['year']}-{found['month']}-{found['day']}"


def as_fen(raw: object, path: str, unit: Unit = Unit.YUAN) -> int:
    """Whole fen from an amount in `unit`; binary fractions are refused, since they are not what was paid."""
    try:
        amount = Decimal(str(raw).strip().replace(",", "")) if not isinstance(raw, bool | float) else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or abs(amount) >= LARGEST_AMOUNT:
        raise invalid(path, Fault.NOT_AN_AMOUNT)
    fen = amount * FEN_IN[unit]
    if fen != int(fen):
        raise invalid(path, Fault.NOT_AN_AMOUNT)
    return int(fen)


def as_money(raw: object, path: str, unit: Unit = Unit.YUAN) -> str:
    """Yuan with two decimals, as evidence writes money, from an amount in `unit`."""
    fen = as_fen(raw, path, unit)
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02}"


def as_integer(raw: object, path: str) -> int:
    """A whole number from a number or its digits."""
    try:
        number = int(str(raw).strip())
    except ValueError:
        raise invalid(path, Fault.NOT_A_NUMBER) from None
    return number


def as_text(raw: object, path: str) -> str:
    """The value as text without blanks around it."""
    if raw is None:
        raise invalid(path, Fault.EMPTY)
    return str(raw).strip()


def by_map(raw: object, codes: Mapping[str, str], path: str) -> str:
    """What the department's own code stands for."""
    try:
        return codes[as_text(raw, path)]
    except KeyError:
        raise invalid(path, Fault.UNKNOWN_CODE) from None


def check(kind: EvidenceType, fields: Sequence[str], records: Sequence[Record], today: date) -> None:
    """Refuse `department-data-invalid` unless the records are of their kind and make sense together."""
    try:
        kind.check_records(records, fields, "records")
    except Refused as refused:
        raise invalid(refused.path, Fault.WRONG_FORM) from None
    if kind.shape is Shape.SPELLS and {"place", "from", "to"} <= set(fields):
        month = f"{today:%Y-%m}"
        for position, record in enumerate(records):
            _check_spell(record, f"records[{position}]", today, month)
        _check_overlaps(records)


def _check_spell(record: Record, path: str, today: date, this_month: str) -> None:
    first, last = str(record["from"]), str(record["to"])
    if last < first:
        raise invalid(f"{path}.to", Fault.ENDS_BEFORE_IT_BEGINS)
    if last > this_month:
        raise invalid(f"{path}.to", Fault.IN_THE_FUTURE)
    try:
        _check_place(str(record["place"]), first, last, today)
    except PlaceError as error:
        raise invalid(f"{path}.place", Fault(error.reason)) from None


@lru_cache(maxsize=65_536)
def _check_place(place: str, first: str, last: str, today: date) -> None:
    """Raise PlaceError when the place was not there under its code in both months."""
    valid_through(place, _first_day(first), _last_day(last, today))


def _check_overlaps(records: Sequence[Record]) -> None:
    latest: dict[Value, str] = {}
    by_start = sorted(enumerate(records), key=lambda item: str(item[1]["from"]))
    for position, record in by_start:
        before = latest.get(record["place"])
        if before is not None and str(record["from"]) <= before:
            raise invalid(f"records[{position}].from", Fault.OVERLAPS)
        latest[record["place"]] = str(record["to"])


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _last_day(month: str, today: date) -> date:
    next_month = _first_day(month) + timedelta(days=31)
    return min(next_month.replace(day=1) - timedelta(days=1), today)
