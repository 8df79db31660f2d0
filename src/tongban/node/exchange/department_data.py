"""A department's raw values become evidence, or a named fault of its data.

Nothing is guessed or repaired: a faulty record stops the answer and an officer looks at it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from tongban.places import PlaceError, valid_through
from tongban.protocol import Code, EvidenceType, Record, Refused, Shape, Value

_MONTH = re.compile(r"([12][0-9]{3})-?(0[1-9]|1[0-2])")
_DAY = re.compile(r"([12][0-9]{3})-?([0-9]{2})-?([0-9]{2})")


def invalid(path: str, problem: str) -> Refused:
    """The refusal that names a fault in a department's data by position, never by value."""
    return Refused(Code.DEPARTMENT_DATA_INVALID, path, problem)


def as_month(raw: object, path: str) -> str:
    """`YYYY-MM` from 202604, "202604", "2026-04" or a date."""
    if isinstance(raw, date):
        return f"{raw:%Y-%m}"
    found = _MONTH.fullmatch(str(raw).strip())
    if found is None:
        raise invalid(path, "not a month")
    return "-".join(found.groups())


def as_date(raw: object, path: str) -> str:
    """`YYYY-MM-DD` from 20260401, "20260401", "2026-04-01" or a date."""
    if isinstance(raw, date):
        return f"{raw:%Y-%m-%d}"
    found = _DAY.fullmatch(str(raw).strip())
    if found is None:
        raise invalid(path, "not a date")
    return "-".join(found.groups())


def as_integer(raw: object, path: str) -> int:
    """A whole number from a number or its digits."""
    try:
        number = int(str(raw).strip())
    except ValueError:
        raise invalid(path, "not a whole number") from None
    return number


def as_text(raw: object, path: str) -> str:
    """The value as text without blanks around it."""
    if raw is None:
        raise invalid(path, "empty")
    return str(raw).strip()


def by_map(raw: object, codes: Mapping[str, str], path: str) -> str:
    """What the department's own code stands for."""
    try:
        return codes[as_text(raw, path)]
    except KeyError:
        raise invalid(path, "a code that the connector's map does not know") from None


def check(kind: EvidenceType, fields: Sequence[str], records: Sequence[Record], today: date) -> None:
    """Refuse `department-data-invalid` unless the records are of their kind and make sense together."""
    try:
        kind.check_records(records, fields, "records")
    except Refused as refused:
        raise invalid(refused.path, refused.hint) from None
    if kind.shape is Shape.SPELLS and {"place", "from", "to"} <= set(fields):
        for position, record in enumerate(records):
            _check_spell(record, f"records[{position}]", today)
        _check_overlaps(records)


def _check_spell(record: Record, path: str, today: date) -> None:
    first, last = str(record["from"]), str(record["to"])
    if last < first:
        raise invalid(f"{path}.to", "the spell ends before it begins")
    if last > f"{today:%Y-%m}":
        raise invalid(f"{path}.to", "a month in the future")
    try:
        valid_through(str(record["place"]), _first_day(first), _last_day(last, today))
    except PlaceError as error:
        raise invalid(f"{path}.place", error.reason) from None


def _check_overlaps(records: Sequence[Record]) -> None:
    latest: dict[Value, str] = {}
    by_start = sorted(enumerate(records), key=lambda item: str(item[1]["from"]))
    for position, record in by_start:
        before = latest.get(record["place"])
        if before is not None and str(record["from"]) <= before:
            raise invalid(f"records[{position}].from", "overlaps another spell of the same place")
        latest[record["place"]] = str(record["to"])


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _last_day(month: str, today: date) -> date:
    next_month = _first_day(month) + timedelta(days=31)
    return min(next_month.replace(day=1) - timedelta(days=1), today)
