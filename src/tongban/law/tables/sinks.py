"""Tables to write: Parquet, CSV and Arrow files that appear under their name only when they are whole."""

import json
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq

from tongban.law.tables.sources import UnusableTable, form_of


class _Writer(Protocol):
    def write_batch(self, batch: pa.RecordBatch) -> None: ...
    def close(self) -> None: ...


class Sink:
    """A table being written; leaving the block without error puts it in its place, else nothing is left."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._form = form_of(path)
        self._part = path.with_name(f".{path.name}.part")
        self._writer: _Writer | None = None

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows; the first batch decides the columns."""
        if self._form == "csv":
            batch = _flat(batch)
        if self._writer is None:
            self._writer = self._open(batch.schema)
        self._writer.write_batch(batch)
        self.rows += batch.num_rows

    def __enter__(self) -> Self:
        if not self.path.parent.is_dir():
            raise UnusableTable(f"{self.path}: the folder does not exist")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._writer is not None:
                self._writer.close()
                if kind is None:
                    self._part.replace(self.path)
        finally:
            self._part.unlink(missing_ok=True)

    def _open(self, schema: pa.Schema) -> _Writer:
        try:
            if self._form == "parquet":
                return _ParquetWriter(self._part, schema)
            if self._form == "csv":
                return _csv_writer(self._part, schema)
            return _arrow_writer(self._part, schema)
        except OSError as error:
            raise UnusableTable(f"{self.path}: cannot be written ({error.strerror})") from None


class _ParquetWriter:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = pq.ParquetWriter(path, schema)

    def write_batch(self, batch: pa.RecordBatch) -> None:
        self._file.write_batch(batch)

    def close(self) -> None:
        self._file.close()


def _csv_writer(path: Path, schema: pa.Schema) -> _Writer:
    writer: _Writer = pyarrow.csv.CSVWriter(
        path, schema, write_options=pyarrow.csv.WriteOptions(quoting_style="needed", quoting_header="needed")
    )
    return writer


def _arrow_writer(path: Path, schema: pa.Schema) -> _Writer:
    writer: _Writer = pa.ipc.new_file(str(path), schema)
    return writer


def _flat(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The batch in forms that CSV has: dictionaries as text, lists and structs as JSON."""
    return pa.record_batch([_flat_column(column) for column in batch.columns], batch.schema.names)


def _flat_column(column: pa.Array) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return pc.cast(column, column.type.value_type)
    if pa.types.is_nested(column.type):
        texts = [
            None if value is None else json.dumps(value, ensure_ascii=False) for value in column.to_pylist()
        ]
        return pa.array(texts, pa.string())
    return column
