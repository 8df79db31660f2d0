"""A department's database of any make that SQLAlchemy knows: one SELECT, over kept connections.

PostgreSQL and SQLite are opened read-only; nothing but SELECT is ever sent to any.
"""

import threading
from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, NamedTuple, cast

from django.db import connection as own_database
from sqlalchemy import URL, Engine, Select, bindparam, column, create_engine, make_url, select, table
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from tongban.node.exchange.connectors import Row, SqlConnector
from tongban.node.group_commit import GroupCommit
from tongban.protocol import Code, Refused

CONNECT_SECONDS = 3
STATEMENT_MILLISECONDS = 5000
CONNECTIONS = 8
SPARE_CONNECTIONS = 24
WAIT_SECONDS = 5
KEPT_SECONDS = 600
ROWS_MORE = 50
"""Rows that are read at once for each person more; where there are more, each person is asked about alone."""

_lock = threading.Lock()
_engines: dict[tuple[URL, int], Engine] = {}
_readers: dict[tuple[str, str, tuple[str, ...], int], GroupCommit[tuple[SqlConnector, str], list[Row]]] = {}


def rows(connector: SqlConnector, subject: str, columns: tuple[str, ...], most: int) -> list[Row]:
    """The rows of the person. Raises Refused `try-later`.

    Threads that ask the same at the same time share one SELECT; each gets its own person's rows only.
    """
    kind = (connector.agency, connector.evidence_type, columns, most)
    with _lock:
        reader = _readers.get(kind)
        if reader is None:
            reader = _readers[kind] = GroupCommit(partial(rows_of_each, columns=columns, most=most))
    return reader.write((connector, subject))


def rows_of_each(
    asked: Sequence[tuple[SqlConnector, str]], *, columns: tuple[str, ...], most: int
) -> list[list[Row]]:
    """The rows of each person asked for, in their order."""
    connector = asked[0][0]
    if len(asked) > 1 and all(one is connector for one, _ in asked):
        found = _rows_together(connector, {subject for _, subject in asked}, columns, most)
        if found is not None:
            return [found[subject] for _, subject in asked]
    return [_rows_of(one, subject, columns, most) for one, subject in asked]


def _rows_of(connector: SqlConnector, subject: str, columns: tuple[str, ...], most: int) -> list[Row]:
    return _read(connector, _of_one(_source(connector), columns), {"asked": subject, "most": most})


def _rows_together(
    connector: SqlConnector, subjects: set[str], columns: tuple[str, ...], most: int
) -> dict[str, list[Row]] | None:
    """The rows of several persons; None when it cannot be told from the rows alone whose each is.

    That is so where the database finds a person by a number that it writes in another way, or where it holds
    more rows than so many persons usually have.
    """
    limit = most + ROWS_MORE * (len(subjects) - 1)
    query = _of_several(_source(connector), columns)
    read = _read(connector, query, {"asked": sorted(subjects), "most": limit})
    if len(read) == limit or any(row[connector.key] not in subjects for row in read):
        return None
    found: dict[str, list[Row]] = {subject: [] for subject in subjects}
    for row in read:
        found[str(row[connector.key])].append({name: row[name] for name in columns or (connector.key,)})
    return {subject: rows[:most] for subject, rows in found.items()}


def sample(connector: SqlConnector, columns: Sequence[str], most: int) -> list[Row]:
    """Some rows of anybody, for a test of the mapping. Raises Refused `try-later`."""
    return _read(connector, _selected(_source(connector), tuple(columns)).limit(most), {})


def close_connections() -> None:
    """Leave all departments' databases; they are connected to again when asked."""
    for engine in _engines.values():
        engine.dispose()


class _Source(NamedTuple):
    """The table of a connector with what narrows it down, and the column by which persons are found.

    `files` are the columns that hold files, by which not every database can sort.
    """

    schema: str | None
    table: str
    key: str
    where: tuple[tuple[str, str | int], ...]
    files: tuple[str, ...]

    def sorted_by(self, columns: tuple[str, ...]) -> list[Any]:
        """The columns that rows are sorted by."""
        return [column(name) for name in columns if name not in self.files]


def _source(connector: SqlConnector) -> _Source:
    where = tuple(connector.where.items())
    return _Source(connector.schema_name, connector.table, connector.key, where, connector.file_columns)


@lru_cache(maxsize=256)
def _of_one(source: _Source, columns: tuple[str, ...]) -> Select[Any]:
    """The SELECT of one person's rows, made once for the parameters `asked` and `most`."""
    query = _selected(source, columns).where(column(source.key) == bindparam("asked"))
    return query.order_by(*source.sorted_by(columns)).limit(bindparam("most"))


@lru_cache(maxsize=256)
def _of_several(source: _Source, columns: tuple[str, ...]) -> Select[Any]:
    """The SELECT of several persons' rows with the column that tells whose each is, likewise."""
    chosen = tuple(dict.fromkeys((source.key, *columns)))
    query = _selected(source, chosen).where(column(source.key).in_(bindparam("asked", expanding=True)))
    return query.order_by(*source.sorted_by(columns)).limit(bindparam("most"))


def _selected(source: _Source, columns: tuple[str, ...]) -> Select[Any]:
    selected: list[Any] = [column(name) for name in columns or (source.key,)]
    query = cast("Select[Any]", select(*selected)).select_from(table(source.table, schema=source.schema))
    for name, value in source.where:
        query = query.where(column(name) == value)
    return query


def _read(connector: SqlConnector, query: Select[Any], values: Mapping[str, object]) -> list[Row]:
    try:
        with _engine(_address(connector), STATEMENT_MILLISECONDS).connect() as database:
            return [dict(row) for row in database.execute(query, values).mappings()]
    except (SQLAlchemyError, OSError, ImportError) as error:
        problem = f"the department's database cannot be read now: {type(error).__name__}; {_advice(error)}"
        raise Refused(Code.TRY_LATER, "connector", problem) from None


def _advice(error: Exception) -> str:
    """What to look at; what the database said may repeat values and is left aside."""
    if isinstance(error, ImportError | NoSuchModuleError):
        return "install the driver that url names"
    return "check url, table, key and columns, and the right to read them"


def _address(connector: SqlConnector) -> URL:
    if not connector.url:
        return _own_address()
    url = make_url(connector.url)
    if connector.password_path is not None:
        url = url.set(password=connector.password_path.read_text(encoding="utf-8").strip())
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:"):
        read_only = f"file:{Path(url.database).resolve()}"
        return url.set(database=read_only).update_query_dict({"mode": "ro", "uri": "true"})
    return url


def _own_address() -> URL:
    settings = own_database.settings_dict
    host = settings["HOST"]
    return URL.create(
        "postgresql+psycopg",
        username=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        host=None if host.startswith("/") else host or None,
        port=int(settings["PORT"]) if settings["PORT"] else None,
        database=settings["NAME"],
        query={"host": host} if host.startswith("/") else {},
    )


def _engine(address: URL, statement_milliseconds: int) -> Engine:
    with _lock:
        known = _engines.get((address, statement_milliseconds))
        if known is None:
            known = _engines[address, statement_milliseconds] = _new_engine(address, statement_milliseconds)
        return known


def _new_engine(address: URL, statement_milliseconds: int) -> Engine:
    arguments: dict[str, object] = {}
    if address.get_backend_name() == "postgresql":
        options = f"-c default_transaction_read_only=on -c statement_timeout={statement_milliseconds}"
        arguments = {"connect_timeout": CONNECT_SECONDS, "options": options}
    elif address.get_backend_name() == "sqlite":
        arguments = {"timeout": statement_milliseconds / 1000, "check_same_thread": False}
    return create_engine(
        address,
        connect_args=arguments,
        isolation_level="AUTOCOMMIT",
        pool_size=CONNECTIONS,
        max_overflow=SPARE_CONNECTIONS,
        pool_timeout=WAIT_SECONDS,
        pool_recycle=KEPT_SECONDS,
        hide_parameters=True,
    )
