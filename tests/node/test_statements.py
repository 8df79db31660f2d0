"""Statements that run over and over: planned once, values bound, all parts or none."""

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from tongban.node.statements import Value, Writes, here, rows

pytestmark = pytest.mark.django_db

TYPED = "SELECT %s::text, %s::bigint, %s::boolean, %s::date, %s::timestamptz, %s::uuid, %s::bytea, %s::text[]"
FULL: list[Value] = [
    "词' --",
    7,
    True,
    date(2026, 11, 3),
    datetime(2026, 11, 3, tzinfo=UTC),
    UUID(int=1),
    b"\0'",
    ["a", "b,"],
]
STATE = "INSERT INTO translog_logstate (id, halted, detail) VALUES (%s, '', %s) RETURNING id"
NEXT = "INSERT INTO translog_logstate (id, halted, detail) SELECT id + 1, '', %s FROM first"


def test_values_come_back_as_they_were_given() -> None:
    assert rows(TYPED, FULL) == [tuple(FULL)]
    assert rows(TYPED, [None] * len(FULL)) == [(None,) * len(FULL)]


def test_a_statement_is_planned_once_whatever_is_empty() -> None:
    for value in (None, 1, 100_000, 10_000_000_000):
        assert rows("SELECT %s::bigint AS planned_once", [value]) == [(value,)]
    counted = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE %s"
    assert rows(counted, ["SELECT $1::bigint AS planned_once"]) == [(1,)]


def test_a_statement_is_counted_among_djangos_queries_and_passes_its_wrappers() -> None:
    seen: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with CaptureQueriesContext(connection) as queries, connection.execute_wrapper(note):
        rows("SELECT 1")
    assert (seen, len(queries)) == (["SELECT 1"], 1)


def test_parts_know_what_an_earlier_part_returned() -> None:
    writes = Writes()
    writes.add("first", STATE, [7, "one"])
    writes.add("second", NEXT, ["two"])
    assert writes.number_of("first") == 7
    stored = rows("SELECT id, detail FROM translog_logstate WHERE id IN (7, 8) ORDER BY id")
    assert stored == [(7, "one"), (8, "two")]


def test_when_one_part_fails_none_of_them_has_happened() -> None:
    writes = Writes()
    writes.add("first", STATE, [7, "one"])
    writes.add("second", STATE, [-1, "no such number"])
    with pytest.raises((DataError, IntegrityError)), transaction.atomic():
        writes.run()
    assert rows("SELECT id FROM translog_logstate WHERE id = 7") == []


def test_nothing_to_write_asks_the_database_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        Writes().run()
    assert len(queries) == 0


def test_statements_take_the_connection_of_djangos_queries_beside_a_running_loop_too() -> None:
    async def is_same() -> bool:
        return here() is connections["default"]

    assert here() is connections["default"]
    assert asyncio.run(is_same())
