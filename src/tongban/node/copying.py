"""Many new rows of a table with PostgreSQL's COPY, written as its text at once: the cheapest way in.

Promises: all rows or none, in the transaction that is open; the database's errors as Django's.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import orjson
from django.db import DataError, connection

Cell = str | bytes | int | UUID | datetime | None
"""What one column of a row gets; JSON is given as its text."""

_NEEDS_ESCAPE = re.compile(r"[\\\t\n\r]").search
_SPECIAL = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def copied_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Store new rows of a table in these columns; names are the caller's own. Raises DatabaseError."""
    text = "".join([_line(row) for row in rows])
    if not text:
        return
    if "\0" in text:
        raise DataError("a text with a zero byte cannot be stored")
    statement = f'COPY "{table}" ({", ".join(columns)}) FROM STDIN'
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(text)


def json_text(value: Mapping[str, object] | Sequence[object]) -> str:
    """The value as JSON for a column."""
    return orjson.dumps(value).decode()


def _line(row: Sequence[Cell]) -> str:
    return "\t".join([_WRITTEN[type(cell)](cell) for cell in row]) + "\n"


def _escaped(cell: str) -> str:
    return cell.translate(_SPECIAL) if _NEEDS_ESCAPE(cell) else cell


def _hexadecimal(cell: bytes) -> str:
    return "\\\\x" + cell.hex()


def _null(_cell: None) -> str:
    return "\\N"


_WRITTEN: Mapping[type, Callable[..., str]] = {
    str: _escaped,
    bytes: _hexadecimal,
    int: str,
    UUID: str,
    datetime: datetime.isoformat,
    type(None): _null,
}
