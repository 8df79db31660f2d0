"""Tables to write: Parquet, CSV and Arrow files that appear under their name only when they are whole."""

import json
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq

from tongban.law.errors import trouble
from tongban.law.tables.errors import UnusableTable
from tongban.law.tables.sources import form_of

_ROW_GROUP = 131_072
_ROW_GROUP_BYTES = 16 * 1024 * 1024


class _Writer(Protocol):
    def write_batch(self, batch: pa.RecordBatch) -> None: ...
    def close(self) -> None: ...


class Sink:
    """A table being written; leaving the block without error puts it in its place, else nothing is left."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.path = path
        self.rows = 0
        self._schema = schema
        self._form = form_of(path)
        self._part = path.with_name(f".{path.name}.{os.getpid()}.part")

    def write(self, batch: pa.RecordBatch) -> None:
        """Append rows; UnusableTable when there is no room for them."""
        if batch.num_rows:
            rows = batch if self._form == "parquet" else flattened(batch, csv=self._form == "csv")
            try:
                self._writer.write_batch(rows)
            except OSError as error:
                raise self._unwritable(error) from None
            self.rows += batch.num_rows

    def __enter__(self) -> Self:
        if not self.path.parent.is_dir():
            raise UnusableTable(
                f"{self.path}: the folder does not exist; make it first",
                f"{self.path}：文件夹不存在；请先建立",
            )
        try:
            self._writer = self._open()
        except OSError as error:
            raise UnusableTable(
                f"{self.path}: cannot be written ({trouble(error).en})",
                f"{self.path}：无法写入（{trouble(error).zh}）",
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._writer.close()
                self._part.replace(self.path)
            else:
                with suppress(OSError, pa.ArrowException):
                    self._writer.close()
        except OSError as failed:
            raise self._unwritable(failed) from None
        finally:
            self._part.unlink(missing_ok=True)

    def _unwritable(self, error: OSError) -> UnusableTable:
        reason = os.strerror(error.errno) if error.errno else str(error)
        return UnusableTable(
            f"{self.path}: cannot be written ({reason}); make room there or name another place",
            f"{self.path}：无法写入（{reason}）；请腾出空间，或换一个位置",
        )

    def _open(self) -> _Writer:
        if self._form == "parquet":
            return _ParquetWriter(self._part, self._schema)
        flat = pa.schema(
            [pa.field(one.name, flat_type(one.type, csv=self._form == "csv")) for one in self._schema]
        )
        return _csv_writer(self._part, flat) if self._form == "csv" else _arrow_writer(self._part, flat)


class _ParquetWriter:
    """Gathers batches, so that row groups are of a size that readers like and memory holds."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = pq.ParquetWriter(path, schema)
        self._waiting: list[pa.RecordBatch] = []
        self._rows = self._bytes = 0

    def write_batch(self, batch: pa.RecordBatch) -> None:
        self._waiting.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= _ROW_GROUP or self._bytes >= _ROW_GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if self._waiting:
            self._file.write_table(pa.Table.from_batches(self._waiting))
        self._waiting, self._rows, self._bytes = [], 0, 0


def _csv_writer(path: Path, schema: pa.Schema) -> _Writer:
    writer: _Writer = pyarrow.csv.CSVWriter(
        path, schema, write_options=pyarrow.csv.WriteOptions(quoting_style="needed", quoting_header="needed")
    )
    return writer


def _arrow_writer(path: Path, schema: pa.Schema) -> _Writer:
    writer: _Writer = pa.ipc.new_file(str(path), schema)
    return writer


def flattened(batch: pa.RecordBatch, *, csv: bool = False) -> pa.RecordBatch:
    """Give the batch in forms that the file has: dictionaries as text; in CSV, lists and structs as JSON."""
    columns = [_flat_column(column, csv=csv) for column in batch.columns]
    return pa.record_batch(columns, batch.schema.names)


def flat_type(kind: pa.DataType, *, csv: bool = False) -> pa.DataType:
    """The type that a column has in such a file."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    return pa.string() if csv and pa.types.is_nested(kind) else kind


def _flat_column(column: pa.Array, *, csv: bool) -> pa.Array:
    if pa.types.is_dictionary(column.type):
        return pc.cast(column, column.type.value_type)
    if csv and pa.types.is_nested(column.type):
        texts = [None if value is None else _json(value) for value in column.to_pylist()]
        return pa.array(texts, pa.string())
    return column


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
