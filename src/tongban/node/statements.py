"""SQL that a node runs with every step of a case, planned once a connection; a step writes by one statement.

Promises: values are bound by the database, never put into the text; they run in the caller's transaction
through Django's connection, and when one part of a statement fails none of it has happened.
"""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, generators
from psycopg.abc import Transformer as Loading
from psycopg.adapt import AdaptersMap, Buffer, Transformer
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.pq.abc import PGresult
from psycopg.types.datetime import TimestamptzLoader

Value = str | int | bytes | date | UUID | Sequence[str] | None
"""What a statement may be given; a sequence is an array of texts."""

Rows = list[tuple[Any, ...]]
_MOST_PLANNED = 250
"""How many plans a connection keeps; the one made first gives way."""


def rows(text: str, values: Sequence[Value] = ()) -> Rows:
    """What one statement gives, with a `%s` for each value; JSON comes as text.

    For statements that run over and over: their text should not depend on their values. Raises DatabaseError.
    """
    through, plans = _here_and_now()
    if through.execute_wrappers or through.force_debug_cursor:
        watched: Any = through.make_debug_cursor if through.force_debug_cursor else through.make_cursor
        watched(plans).execute(text, values)
    else:
        through.validate_no_broken_transaction()
        try:
            plans.execute(text, values)
        except psycopg.Error:
            with through.wrap_database_errors:
                raise
    return plans.found


def copy_in(text: str, blocks: Iterable[bytes]) -> None:
    """Run a `COPY … FROM STDIN` and give it these blocks, each as soon as it is made. Raises DatabaseError.

    What makes the blocks must not use the connection.
    """
    through, plans = _here_and_now()
    through.validate_no_broken_transaction()
    with through.wrap_database_errors:
        plans.copy_in(text, blocks)


def here() -> BaseDatabaseWrapper:
    """The connection of Django's own queries here: each thread has one of its own, and each running loop."""
    return connections[DEFAULT_DB_ALIAS]


class _Moments(TimestamptzLoader):
    """How moments are read: in UTC, as Django has connections give them."""

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data)


class _Loading:
    """How results on a connection are read; what its transformers ask for."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.adapters = AdaptersMap(connection.adapters)
        self.adapters.register_loader("timestamptz", _Moments)


class _Plans:
    """The statements that the server has parsed and planned on one connection, run by name.

    It stands where Django expects a cursor, so that whatever watches Django's queries sees these as well;
    what a cursor does for a statement that it has not met before is done once.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self._loading = _Loading(connection)
        self.found: Rows = []
        self._run = ""
        self._planned: dict[str, tuple[bytes, Loading]] = {}

    def execute(self, text: str, values: Sequence[Value]) -> None:
        """Run a statement and keep what it gives."""
        self._run = text
        bound: list[Any] = [_BINDERS[type(value)](value) for value in values]
        are_binary = [type(value) is bytes for value in values]
        with self.connection.lock:
            self._begin()
            name, loading = self._planned.get(text) or self._plan(text)
            result = self._answered(self.connection.pgconn.exec_prepared(name, bound, are_binary))
        loading.set_pgresult(result)
        self.found = loading.load_rows(0, result.ntuples, tuple)

    def copy_in(self, text: str, blocks: Iterable[bytes]) -> None:
        """Run a COPY with these blocks."""
        server, wait = self.connection.pgconn, self.connection.wait
        with self.connection.lock:
            self._begin()
            self._answered(server.exec_(text.encode()))
            try:
                for block in blocks:
                    wait(generators.copy_to(server, block, flush=False))
            except BaseException:
                with suppress(psycopg.Error):
                    wait(generators.copy_end(server, b"a row could not be made"))
                raise
            wait(generators.copy_end(server, None))

    @property
    def _query(self) -> SimpleNamespace:
        """What was run last, where Django looks for it when it notes queries."""
        return SimpleNamespace(query=self._run.encode())

    def _begin(self) -> None:
        """Begin the transaction that Django has opened, if this is its first statement."""
        server = self.connection.pgconn
        if not self.connection.autocommit and server.transaction_status == TransactionStatus.IDLE:
            self._answered(server.exec_(b"BEGIN"))

    def _plan(self, text: str) -> tuple[bytes, Loading]:
        if len(self._planned) >= _MOST_PLANNED:
            oldest, _ = self._planned.pop(next(iter(self._planned)))
            self._answered(self.connection.pgconn.exec_(b"DEALLOCATE " + oldest))
        name = b"tongban_%d" % next(_numbers)
        first, *others = text.replace("%%", "%").split("%s")
        numbered = first + "".join(f"${number}{part}" for number, part in enumerate(others, 1))
        self._answered(self.connection.pgconn.prepare(name, numbered.encode()))
        return self._planned.setdefault(text, (name, Transformer(self._loading)))

    def _answered(self, result: PGresult) -> PGresult:
        """The answer; libpq waited for it while other threads went on, at less cost than psycopg's wait."""
        if result.status == ExecStatus.FATAL_ERROR:
            if self.connection.pgconn.status == ConnStatus.BAD:
                raise errors.OperationalError(result.get_error_message() or "the connection is lost")
            raise errors.error_from_result(result)
        return result


def _here_and_now() -> tuple[BaseDatabaseWrapper, _Plans]:
    """Django's connection of this thread, and its plans."""
    through = here()
    if through.connection is None:
        through.ensure_connection()
    return through, _plans_of(through.connection)


_here = threading.local()
_numbers = count(1)


def _plans_of(connection: psycopg.Connection[Any]) -> _Plans:
    """The plans of this thread's connection, which another takes the place of when it was lost."""
    plans: _Plans | None = getattr(_here, "plans", None)
    if plans is None or plans.connection is not connection:
        plans = _here.plans = _Plans(connection)
    return plans


def _text(value: str) -> bytes:
    written = value.encode()
    if b"\0" in written:
        raise psycopg.DataError("a text with a zero byte cannot be stored")
    return written


def _array(texts: Sequence[str]) -> bytes:
    """The array as PostgreSQL writes it."""
    quoted = (text.replace("\\", "\\\\").replace('"', '\\"') for text in texts)
    return _text("{" + ",".join(f'"{text}"' for text in quoted) + "}")


def _day(value: date) -> bytes:
    return value.isoformat().encode()


def _whole(value: int) -> bytes:
    return b"%d" % value


def _uuid(value: UUID) -> bytes:
    return b"%032x" % value.int


class _Binders(dict[type, Callable[[Any], bytes | None]]):
    """How values are bound: as text whose type the database knows from its place; bytes as they are."""

    def __missing__(self, kind: type) -> Callable[[Any], bytes | None]:
        """A kind that is one of the known ones, such as a choice, which is a text; else an array."""
        known = next((bind for base, bind in list(self.items()) if issubclass(kind, base)), _array)
        return self.setdefault(kind, known)


_BINDERS = _Binders(
    {
        str: _text,
        bytes: bytes,
        type(None): lambda _: None,
        date: _day,
        datetime: _day,
        UUID: _uuid,
        int: _whole,
    }
)


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

    def number_of(self, name: str) -> int | None:
        """Write, and give the `id` that the part of this name returns; None when it wrote no row."""
        ((number,),) = self._send(f"(SELECT id FROM {name})")  # noqa: S608 - a name in the code
        return None if number is None else int(number)

    def give(self, asked: str) -> Rows:
        """Write, and give what `asked` selects from what the parts return."""
        return rows(f"WITH {', '.join(self._parts)} {asked}", self._values)

    def _send(self, asked: str) -> Rows:
        return self.give(f"SELECT {asked}")
