"""Reading a department's own system: by ID number or enterprise's code, never writing, with a time limit.

A system that cannot be read now is `try-later`, faulty data `department-data-invalid`; neither tells a value.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from itertools import islice

from tongban.node.exchange import department_data, papers
from tongban.node.exchange.connectors import Connector, FilesConnector, HttpConnector, Row, SqlConnector
from tongban.node.exchange.subjects import names_enterprise
from tongban.protocol import Code, EvidenceType, Refused, Value

MOST_ROWS = 2000
SECONDS_TOGETHER = 8.0
"""How long what is asked together may take where each person is asked about by itself."""
AT_A_TIME = 16
"""Persons about whom such systems are asked at the same time, by one process."""

Records = tuple[dict[str, Value], ...]


@dataclass(frozen=True)
class Asked:
    """What is asked of a department's system about one person."""

    connector: Connector
    kind: EvidenceType
    subject: str = field(repr=False)
    fields: tuple[str, ...]


def read_each(asked: Sequence[Asked], today: date) -> list[Records | Refused]:
    """What the departments hold about each, in their order, or why it cannot be had.

    A database is asked once for all persons; other systems, for files, and for enterprises, one by one,
    several at a time. What these do not give in time is `try-later`, so that one slow system does not hold up
    all that was asked with it.
    """
    results: dict[int, Records | Refused] = {}
    alone: list[int] = []
    alike: dict[tuple[int, tuple[str, ...]], list[int]] = {}
    for position, one in enumerate(asked):
        is_rows = isinstance(one.connector, SqlConnector) and not one.connector.files_among(one.fields)
        if is_rows and not names_enterprise(one.subject):
            alike.setdefault((id(one.connector), one.fields), []).append(position)
        else:
            alone.append(position)
    for same in alike.values():
        if len(same) == 1:
            alone += same
        else:
            results.update(zip(same, _read_together([asked[n] for n in same], today), strict=True))
    results.update(zip(alone, _read_apart([asked[n] for n in alone], today), strict=True))
    return [results[n] for n in range(len(asked))]


def _read_together(asked: Sequence[Asked], today: date) -> list[Records | Refused]:
    from tongban.node.exchange import department_sql  # noqa: PLC0415 - see _rows

    first = asked[0]
    if not isinstance(first.connector, SqlConnector):
        raise TypeError("only a database is asked about several persons at once")
    persons = [(first.connector, one.subject) for one in asked]
    columns = first.connector.columns(first.fields)
    try:
        found = department_sql.rows_of_each(persons, columns=columns, most=MOST_ROWS + 1)
    except Refused as refused:
        return [refused for _ in asked]
    return [_or_refused(partial(_checked, one, rows, today)) for one, rows in zip(asked, found, strict=True)]


def _read_apart(asked: Sequence[Asked], today: date) -> list[Records | Refused]:
    if len(asked) == 1:
        return [_or_refused(partial(_read_one, asked[0], today))]
    running = [_pool().submit(_or_refused, partial(_read_one, one, today)) for one in asked]
    wait(running, SECONDS_TOGETHER)
    return [_in_time(future) for future in running]


def _in_time(future: "Future[Records | Refused]") -> Records | Refused:
    if not future.done():
        future.cancel()
        return Refused(Code.TRY_LATER, "connector", "the department's system takes long; ask again")
    return future.result()


def _read_one(one: Asked, today: date) -> Records:
    return read_evidence(one.connector, one.kind, one.subject, one.fields, today)


def _or_refused(read: Callable[[], Records]) -> Records | Refused:
    try:
        return read()
    except Refused as refused:
        return refused


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_A_TIME, "department")


def read_evidence(
    connector: Connector, kind: EvidenceType, subject: str, fields: Sequence[str], today: date
) -> Records:
    """What the department holds about `subject`, with exactly `fields`; nothing when it knows nobody.

    Raises Refused `try-later` or `department-data-invalid`.
    """
    return _checked(
        Asked(connector, kind, subject, tuple(fields)), read_rows(connector, subject, fields), today
    )


def _checked(one: Asked, rows: Sequence[Row], today: date) -> Records:
    if len(rows) > MOST_ROWS:
        raise department_data.invalid("records", department_data.Fault.TOO_MANY)
    files = one.connector.files_among(one.fields)
    plain = [name for name in one.fields if name not in files] if files else one.fields
    records = tuple(one.connector.record(row, plain, f"records[{n}]") for n, row in enumerate(rows))
    if files:
        for record, digests in zip(records, papers.taken_in(one.connector, rows, files), strict=True):
            record.update(digests)
    department_data.check(one.kind, one.fields, records, today)
    return records


def read_rows(connector: Connector, subject: str, fields: Sequence[str]) -> list[Row]:
    """The department's rows about `subject` as they are. Raises Refused."""
    keyed = connector.keyed_for(subject)
    read = list(islice(_rows(keyed, subject, keyed.columns(fields)), MOST_ROWS + 1))
    if len(read) > MOST_ROWS:
        raise department_data.invalid("records", department_data.Fault.TOO_MANY)
    return read


def _rows(connector: Connector, subject: str, columns: tuple[str, ...]) -> Iterable[Row]:
    """The rows as they come; each kind of system has its own large library, loaded when needed."""
    match connector:
        case SqlConnector():
            from tongban.node.exchange import department_sql  # noqa: PLC0415 - see above

            return department_sql.rows(connector, subject, columns, MOST_ROWS + 1)
        case HttpConnector():
            from tongban.node.exchange import department_http  # noqa: PLC0415 - see above

            return department_http.rows(connector, subject, columns)
        case FilesConnector():
            from tongban.node.exchange import department_files  # noqa: PLC0415 - see above

            return department_files.rows(connector, subject, columns)
        case _:
            from tongban.node.exchange import department_code  # noqa: PLC0415 - see above

            return department_code.rows(connector, subject, columns)
