"""Reading a department's own system: by ID number, never writing, with a time limit.

A system that cannot be read now is `try-later`, faulty data `department-data-invalid`; neither tells a value.
"""

from collections.abc import Sequence
from datetime import date
from itertools import islice

from tongban.node.exchange import (
    department_code,
    department_data,
    department_files,
    department_http,
    department_sql,
)
from tongban.node.exchange.connectors import Connector, FilesConnector, HttpConnector, Row, SqlConnector
from tongban.protocol import EvidenceType, Value

MOST_ROWS = 2000


def read_evidence(
    connector: Connector, kind: EvidenceType, subject: str, fields: Sequence[str], today: date
) -> tuple[dict[str, Value], ...]:
    """What the department holds about `subject`, with exactly `fields`; nothing when it knows nobody.

    Raises Refused `try-later` or `department-data-invalid`.
    """
    rows = read_rows(connector, subject, fields)
    records = tuple(connector.record(row, fields, f"records[{n}]") for n, row in enumerate(rows))
    department_data.check(kind, fields, records, today)
    return records


def read_rows(connector: Connector, subject: str, fields: Sequence[str]) -> list[Row]:
    """The department's rows about `subject` as they are. Raises Refused."""
    columns = connector.columns(fields)
    match connector:
        case SqlConnector():
            rows = department_sql.rows(connector, subject, columns, MOST_ROWS + 1)
        case HttpConnector():
            rows = department_http.rows(connector, subject, columns)
        case FilesConnector():
            rows = department_files.rows(connector, subject, columns)
        case _:
            rows = department_code.rows(connector, subject, columns)
    read = list(islice(rows, MOST_ROWS + 1))
    if len(read) > MOST_ROWS:
        raise department_data.invalid("records", department_data.Fault.TOO_MANY)
    return read
