"""Reading a department's database: by ID number, read-only, with a time limit.

An unreachable database is `try-later`, faulty data `department-data-invalid`; neither tells a value.
"""

from collections.abc import Sequence
from datetime import date

import psycopg
from django.db import connection as own_database
from psycopg import sql
from psycopg.rows import dict_row

from tongban.node.exchange import department_data
from tongban.node.exchange.connectors import Row, SqlConnector
from tongban.protocol import Code, EvidenceType, Refused, Value

CONNECT_SECONDS = 3
STATEMENT_MILLISECONDS = 5000
MOST_ROWS = 2000


def read_evidence(
    connector: SqlConnector, kind: EvidenceType, subject: str, fields: Sequence[str], today: date
) -> tuple[dict[str, Value], ...]:
    """What the department holds about `subject`, with exactly `fields`; nothing when it knows nobody.

    Raises Refused `try-later` or `department-data-invalid`.
    """
    rows = _rows(connector, subject, fields)
    records = tuple(connector.record(row, fields, f"records[{n}]") for n, row in enumerate(rows))
    department_data.check(kind, fields, records, today)
    return records


def _rows(connector: SqlConnector, subject: str, fields: Sequence[str]) -> list[Row]:
    try:
        with _connect(connector) as database, database.cursor(row_factory=dict_row) as cursor:
            rows: list[Row] = list(cursor.execute(_query(connector, fields), _values(connector, subject)))
    except psycopg.Error:
        raise Refused(Code.TRY_LATER, "connector", "the department's database cannot be read now") from None
    if len(rows) > MOST_ROWS:
        raise department_data.invalid("records", department_data.Fault.TOO_MANY)
    return rows


def _connect(connector: SqlConnector) -> psycopg.Connection:
    options = f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_MILLISECONDS}"
    if connector.dsn:
        return psycopg.connect(connector.dsn, connect_timeout=CONNECT_SECONDS, options=options)
    settings = own_database.settings_dict
    return psycopg.connect(
        dbname=settings["NAME"],
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
        connect_timeout=CONNECT_SECONDS,
        options=options,
    )


def _query(connector: SqlConnector, fields: Sequence[str]) -> sql.Composed:
    columns = connector.columns(fields)
    compared = (connector.key, *connector.where)
    conditions = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in compared]
    return sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT {}").format(
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Identifier(connector.schema_name, connector.table),
        sql.SQL(" AND ").join(conditions),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Literal(MOST_ROWS + 1),
    )


def _values(connector: SqlConnector, subject: str) -> list[str | int]:
    return [subject, *connector.where.values()]
