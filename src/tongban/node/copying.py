"""Many new rows of a table with PostgreSQL's COPY in its binary form: the cheapest way in.

Promises: all rows or none, in the transaction that is open; the database's errors as Django's. Rows go out
while later ones are made, so that the database stores them meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, islice
from uuid import UUID

import orjson

from tongban.node import statements, wire

Cell = str | bytes | int | UUID | datetime | None
"""What one column of a row gets: an `int` goes into a bigint; JSON is given as `json_cell` writes it."""

_ROWS_AT_A_TIME = 32
_START = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"


def copied_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Store new rows of a table in these columns; names are the caller's own. Raises DatabaseError.

    What makes the rows must not use the database.
    """
    made, head = iter(rows), len(columns).to_bytes(2)
    first = _written(made, head)
    if first:
        later = iter(lambda: _written(made, head), b"")
        statement = f'COPY "{table}" ({", ".join(columns)}) FROM STDIN (FORMAT binary)'
        statements.copy_in(statement, chain([_START + first], later, [_END]))


def json_cell(value: Mapping[str, object] | Sequence[object]) -> bytes:
    """The value for a column of JSON (jsonb)."""
    return b"\x01" + orjson.dumps(value)


def json_text(value: Mapping[str, object] | Sequence[object]) -> str:
    """The value as JSON for a statement."""
    return orjson.dumps(value).decode()


def _written(rows: Iterator[Sequence[Cell]], head: bytes) -> bytes:
    """The next rows, as many as go out at a time; empty after the last."""
    return b"".join([_row(head, row) for row in islice(rows, _ROWS_AT_A_TIME)])


def _row(head: bytes, row: Sequence[Cell]) -> bytes:
    return head + b"".join([_WRITTEN[type(cell)](cell) for cell in row])


def _null(_cell: None) -> bytes:
    return b"\xff\xff\xff\xff"


_WRITTEN: Mapping[type, Callable[..., bytes]] = {
    str: wire.text,
    bytes: wire.binary,
    int: wire.whole,
    UUID: wire.uuid,
    datetime: wire.moment,
    type(None): _null,
}
