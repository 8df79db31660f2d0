"""Reading a department's own system: by ID number or enterprise's code, never writing, with a time limit.

A system that cannot be read now is `try-later`, faulty data `department-data-invalid`; neither tells a value.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from tongban.node.exchange import department_data
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
