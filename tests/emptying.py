"""How the tests' database is emptied after a test that committed: row by row; Django truncates every table.

Promises: what is left is what Django's `flush` leaves; who still writes when the test ends is waited for.
Truncating all tables and indexes and asking for every permission again takes longer than most tests.
"""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql


class Emptying:
    """Empties the database of this process; the first time as Django does, to see what that leaves."""

    def __init__(self) -> None:
        self._tables: tuple[str, ...] = ()
        self._left: dict[str, int] = {}
        """How many rows the tables have that Django fills again: kinds of content, permissions."""

    def empty(self) -> None:
        """Leave the database as at the beginning of a test."""
        if not self._tables:
            _flush()
            self._tables = tuple(connection.introspection.django_table_names(only_existing=True))
            self._left = {table: rows for table in self._tables if (rows := _count(table))}
        elif not _may_pass_over_triggers() or not self._delete():
            _flush()

    def _delete(self) -> bool:
        """Delete what was added; false if something is missing of what Django leaves."""
        names = sql.SQL(", ").join(map(sql.Identifier, self._tables))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(names))
            cursor.execute("SET LOCAL session_replication_role = replica")
            for table in self._with_rows():
                cursor.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        return all(_count(table) == rows for table, rows in self._left.items())

    def _with_rows(self) -> list[str]:
        has_rows = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
        asked = sql.SQL(" UNION ALL ").join(
            has_rows.format(sql.Literal(table), sql.Identifier(table))
            for table in self._tables
            if table not in self._left
        )
        with connection.cursor() as cursor:
            cursor.execute(asked)
            return [table for (table,) in cursor.fetchall()]


def _flush() -> None:
    """What Django does after such a test."""
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False, allow_cascade=False)


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        return int(cursor.fetchone()[0])


def _may_pass_over_triggers() -> bool:
    """Whether this is a superuser: triggers refuse to delete events and published services."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


@pytest.fixture(autouse=True, scope="session")
def _database_is_emptied_row_by_row() -> Iterator[None]:
    emptying = Emptying()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: emptying.empty())
        yield
