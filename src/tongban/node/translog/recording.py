"""Recording: one row in the transaction of what is recorded, so that one exists exactly when the other does.

Promises: nothing is recorded, and so nothing done that has to be, while the log is halted or its writer has
not placed records for a minute.
"""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from tongban.node import arrays
from tongban.node.copying import copied_in
from tongban.node.statements import Value, Writes
from tongban.protocol.tlog.records import Json, seal

LONGEST_WAIT = timedelta(seconds=60)
"""How long a record may wait for its place before the log counts as failed."""
LOOK_SECONDS = 1.0
"""For how long a process relies on what it saw of the log's state."""

_STATE = """
SELECT coalesce((SELECT halted FROM translog_logstate WHERE id = 1), ''),
       coalesce((SELECT recorded_at < clock_timestamp() - make_interval(secs => %s) FROM translog_logrecord
                  WHERE index IS NULL ORDER BY id LIMIT 1), false)
"""


_COLUMNS = ("kind", "about", "salt", "content", "leaf")
_INSERT = "INSERT INTO translog_logrecord (kind, about, salt, content, leaf) SELECT %s, %s, %s, %s, %s FROM "
_INSERT_ALL = """
INSERT INTO translog_logrecord (kind, about, salt, content, leaf)
SELECT kind, about, salt, content, leaf
  FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::bytea[], %s::bytea[], %s::bytea[])
       AS made(of_row, kind, about, salt, content, leaf)
 WHERE (of_row IN (SELECT id FROM """


class LogUnavailable(Exception):
    """The log takes no records now; `reason` says why: a halt's code, or `writer-behind`."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Prepared(NamedTuple):
    """A record that is not stored yet, as its row will be; `about` is the id of what it is about."""

    kind: str
    about: UUID
    salt: bytes
    content: bytes
    leaf: bytes


@dataclass
class _Look:
    at: float = float("-inf")
    problem: str = ""


_lock = threading.Lock()
_look = _Look()


def record(kind: str, about: UUID, content: Mapping[str, Json]) -> None:
    """Record `content` in the present transaction. Raises LogUnavailable.

    `kind` names what it is, `about` the thing recorded; the content stays in this node's database.
    """
    record_all([prepare(kind, about, content)])


def record_all(records: Iterable[Prepared]) -> None:
    """Store records in the present transaction, with one statement, as they are prepared.

    Raises LogUnavailable.
    """
    made = iter(records)
    first = next(made, None)
    if first is not None:
        check_available()
        copied_in("translog_logrecord", _COLUMNS, chain([first], made))


def record_within(writes: Writes, of: str, kind: str, about: UUID, content: Mapping[str, Json]) -> None:
    """Record `content` by one more part of what the caller writes, if its part `of` gives a row.

    Raises LogUnavailable.
    """
    check_available()
    opening = seal(kind, content)
    sealed = [opening.salt, opening.content, opening.leaf.encode()]
    writes.add("recorded", _INSERT + of, [kind, about, *sealed])


def record_all_within(writes: Writes, of: str, records: Sequence[tuple[UUID, Prepared]]) -> None:
    """Store records by one more part of what the caller writes.

    Each goes with the row of that `id` which the part `of` gives, or is not stored. Raises LogUnavailable.
    """
    check_available()
    values: list[Value] = [
        arrays.uuids(row for row, _ in records),
        arrays.texts(one.kind for _, one in records),
        arrays.uuids(one.about for _, one in records),
        arrays.binaries(one.salt for _, one in records),
        arrays.binaries(one.content for _, one in records),
        arrays.binaries(one.leaf for _, one in records),
    ]
    writes.add("recorded", f"{_INSERT_ALL}{of})) IS TRUE", values)


def prepare(kind: str, about: UUID, content: Mapping[str, Json]) -> Prepared:
    """The row for a record, not stored yet: for whoever stores many at once."""
    opening = seal(kind, content)
    return Prepared(kind, about, opening.salt, opening.content, opening.leaf.encode())


def check_available() -> None:
    """Raise LogUnavailable when the log takes no records; relies for a second on what was seen last."""
    with _lock:
        if time.monotonic() - _look.at > LOOK_SECONDS:
            _look.problem = _problem()
            _look.at = time.monotonic()
        if _look.problem:
            raise LogUnavailable(_look.problem)


def look_again() -> None:
    """Forget what was seen of the log's state."""
    with _lock:
        _look.at = float("-inf")


def _problem() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [LONGEST_WAIT.total_seconds()])
        halted, is_behind = cursor.fetchone()
    return str(halted) or ("writer-behind" if is_behind else "")
