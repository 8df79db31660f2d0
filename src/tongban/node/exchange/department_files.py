"""A folder with a department's exports: the last file by name is read, as CSV or Parquet, in bounded memory.

An export must come by renaming, whole; one that cannot be read, or is too old, is `try-later`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from pyarrow import compute, csv, parquet

from tongban.node.clock import true_now
from tongban.node.exchange.connectors import FilesConnector, Row
from tongban.protocol import Code, Refused


def rows(connector: FilesConnector, subject: str, columns: Sequence[str]) -> list[Row]:
    """The rows of the person in the newest export. Raises Refused `try-later`."""
    wanted = {connector.key: subject, **connector.where}
    return _read(connector, columns, wanted, most=None)


def sample(connector: FilesConnector, columns: Sequence[str], most: int) -> list[Row]:
    """Some rows of anybody, for a test of the mapping. Raises Refused `try-later`."""
    return _read(connector, columns, dict(connector.where), most)


def newest(connector: FilesConnector) -> Path:
    """The export that counts. Raises Refused `try-later` when there is none, or when it is too old."""
    try:
        exports = sorted(connector.folder.glob(connector.pattern))
        changed = datetime.fromtimestamp(exports[-1].stat().st_mtime, UTC) if exports else None
    except OSError as error:
        raise _unreadable(f"{type(error).__name__}; check folder and the right to read it") from None
    if changed is None:
        raise _unreadable(f"no file {connector.pattern}; check folder and pattern")
    if connector.at_most_days is not None and true_now() - changed > timedelta(days=connector.at_most_days):
        raise _unreadable(f"the newest export is older than {connector.at_most_days} days")
    return exports[-1]


def _read(
    connector: FilesConnector, columns: Sequence[str], wanted: dict[str, str], most: int | None
) -> list[Row]:
    needed = list(dict.fromkeys([*columns, *wanted]))
    found: list[Row] = []
    try:
        for batch in _batches(newest(connector), needed, connector.encoding):
            found.extend(_matching(batch, columns, wanted))
            if most is not None and len(found) >= most:
                return found[:most]
    except (OSError, pa.ArrowException, KeyError) as error:
        raise _unreadable(f"{type(error).__name__}; check its columns and encoding") from None
    return found


def _batches(path: Path, columns: list[str], encoding: str) -> Iterator[pa.RecordBatch]:
    if path.suffix == ".parquet":
        with parquet.ParquetFile(path) as file:
            yield from file.iter_batches(columns=columns)
        return
    options = csv.ConvertOptions(
        include_columns=columns,
        column_types=dict.fromkeys(columns, pa.string()),
        strings_can_be_null=True,
        quoted_strings_can_be_null=False,
        null_values=[""],
    )
    with csv.open_csv(path, csv.ReadOptions(encoding=encoding), convert_options=options) as file:
        yield from file


def _matching(batch: pa.RecordBatch, columns: Sequence[str], wanted: dict[str, str]) -> list[Row]:
    for name, value in wanted.items():
        as_text = batch.column(name).cast(pa.string())
        batch = batch.filter(compute.equal(as_text, value))
    rows: list[Row] = batch.select(list(columns)).to_pylist()
    return rows


def _unreadable(problem: str) -> Refused:
    return Refused(Code.TRY_LATER, "connector", f"the department's export cannot be read now: {problem}")
