"""SQL that a node runs with every step of a case, planned once a connection; a step writes by one statement.

Promises: values are bound by the database, never put into the text; they run in the caller's transaction
through Django's connection, and when one part of a statement fails none of it has happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections

Value = str | int | bytes | date | UUID | Sequence[str] | None
"""What a statement may be given; a sequence is an array of texts."""


class _Prepared(psycopg.Cursor[tuple[Any, ...]]):
    """A cursor whose statements the server parses and plans once and then runs by name."""

    def execute(self, query: Any, params: Any = None, **_: Any) -> "_Prepared":
        return super().execute(query, params, prepare=True)


def rows(text: str, values: Sequence[Value] = ()) -> list[tuple[Any, ...]]:
    """What one statement gives, with a `%s` for each value; JSON comes as text.

    For statements that run over and over: their text should not depend on their values. Raises DatabaseError.
    """
    through = connections[DEFAULT_DB_ALIAS]
    through.ensure_connection()
    cursor: Any = _Prepared(through.connection)
    watched = through.make_debug_cursor if through.queries_logged else through.make_cursor
    watched(cursor).execute(text, [_bound(value) for value in values])
    return list(cursor.fetchall())


def _bound(value: Value) -> str | bytes | None:
    """The value as text, whose type the database knows from its place: one plan, whatever is empty."""
    if value is None or isinstance(value, str | bytes):
        return value
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, int | UUID) else _array(value)


def _array(texts: Sequence[str]) -> str:
    """The array as PostgreSQL writes it."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return "{" + ",".join(f'"{text}"' for text in quoted) + "}"


@dataclass
class Writes:
    """What one step writes: parts that become one statement.

    All of them see the database as it was before, so that no two may write the same row.
    """

    _parts: list[str] = field(default_factory=list)
    _values: list[Value] = field(default_factory=list, repr=False)

    def add(self, name: str, text: str, values: Sequence[Value]) -> None:
        """Add a part with a `%s` for each value; what it returns the others find under its name."""
        self._parts.append(f"{name} AS ({text})")
        self._values += values

    def run(self) -> None:
        """Write, if there is anything to write."""
        if self._parts:
            self._send("1")

    def number_of(self, name: str) -> int:
        """Write, and give the `id` that the part of this name returns."""
        ((number,),) = self._send(f"(SELECT id FROM {name})")  # noqa: S608 - a name in the code
        return int(number)

    def _send(self, asked: str) -> list[tuple[Any, ...]]:
        return rows(f"WITH {', '.join(self._parts)} SELECT {asked}", self._values)
