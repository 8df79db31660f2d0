"""Tables to read: Parquet, CSV and Arrow files in batches, so that memory does not grow with them."""

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq

from tongban.law.ir import Text
from tongban.law.tables.columns import is_text
from tongban.law.tables.errors import UnusableTable

BATCH_ROWS = 32_768
_CSV_BLOCK = 512 * 1024
_READ_AT_ONCE = 65_536


@dataclass(frozen=True)
class Source:
    """A table: its columns, its number of rows where the file tells it, and its rows in batches."""

    path: Path
    schema: pa.Schema
    rows: int | None

    def batches(self, columns: Sequence[str], facts: Collection[str] = ()) -> Iterator[pa.RecordBatch]:
        """Give these columns in batches, in the order of the file; texts of facts may be dictionaries."""
        try:
            yield from _OPENERS[form_of(self.path)][1](self, list(columns), facts)
        except (pa.ArrowException, OSError) as error:
            raise _unreadable(self.path, error) from None


def form_of(path: Path) -> str:
    """The form of the table by the file's ending."""
    forms = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".arrow": "arrow", ".feather": "arrow"}
    form = forms.get(path.suffix.lower())
    if form is None:
        raise UnusableTable(
            f"{path}: a table ends in .parquet, .csv or .arrow",
            f"{path}：表的文件名应以 .parquet、.csv 或 .arrow 结尾",
        )
    return form


def open_table(path: Path) -> Source:
    """Look at a table's columns; UnusableTable when there is none or it is damaged."""
    opener = _OPENERS[form_of(path)][0]
    if not path.is_file():
        raise UnusableTable(f"{path}: no such file", f"{path}：没有这个文件")
    try:
        return opener(path)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, error) from None


def _open_parquet(path: Path) -> Source:
    with pq.ParquetFile(path, memory_map=True) as file:
        return Source(path, file.schema_arrow, file.metadata.num_rows)


def _read_parquet(source: Source, columns: list[str], facts: Collection[str]) -> Iterator[pa.RecordBatch]:
    texts = [name for name in facts if is_text(source.schema.field(name).type)]
    # A part of each column at a time: mapped, a file would stay in memory as far as it was read.
    with pq.ParquetFile(
        source.path, read_dictionary=texts, buffer_size=_READ_AT_ONCE, pre_buffer=False
    ) as file:
        yield from file.iter_batches(BATCH_ROWS, columns=columns)


def _open_csv(path: Path) -> Source:
    with path.open(encoding="utf-8-sig", newline="") as file:
        header = next(csv.reader(file), [])
    if not header:
        raise UnusableTable(f"{path}: the first line must name the columns", f"{path}：第一行应为各列的名称")
    return Source(path, pa.schema([(name, pa.string()) for name in header]), None)


def _read_csv(source: Source, columns: list[str], facts: Collection[str]) -> Iterator[pa.RecordBatch]:
    reader = pyarrow.csv.open_csv(
        source.path,
        read_options=pyarrow.csv.ReadOptions(block_size=_CSV_BLOCK),
        parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
        convert_options=pyarrow.csv.ConvertOptions(
            include_columns=columns,
            column_types={name: pa.string() for name in source.schema.names},
            null_values=[""],
            strings_can_be_null=True,
        ),
    )
    with reader:
        yield from reader


def _open_arrow(path: Path) -> Source:
    with pa.memory_map(str(path)) as file:
        return Source(path, pa.ipc.open_file(file).schema, None)


def _read_arrow(source: Source, columns: list[str], facts: Collection[str]) -> Iterator[pa.RecordBatch]:
    number, batches = 0, 1
    while number < batches:
        # Opened anew for each batch, so that what was mapped of those before is let go.
        with pa.memory_map(str(source.path)) as file:
            reader = pa.ipc.open_file(file)
            batches = reader.num_record_batches
            if number < batches:
                batch = reader.get_batch(number).select(columns)
                for start in range(0, batch.num_rows, BATCH_ROWS):
                    yield batch.slice(start, BATCH_ROWS)
        number += 1


def _unreadable(path: Path, error: Exception) -> UnusableTable:
    if form_of(path) == "csv":
        misshapen = _misshapen(path)
        if misshapen is not None:
            return UnusableTable(f"{path}: {misshapen.en}", f"{path}：{misshapen.zh}")
    form, name = form_of(path), type(error).__name__
    return UnusableTable(
        f"{path}: cannot be read as {form} ({name}); write it anew",
        f"{path}：无法按 {form} 读取（{name}）；请重新生成",
    )


def _misshapen(path: Path) -> Text | None:
    """Which row has more or fewer cells than there are columns; None when all are well."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            width = len(next(rows, []))
            for number, row in enumerate((row for row in rows if row), 1):
                if len(row) != width:
                    return Text(
                        f"第 {number} 行有 {len(row)} 格；应为 {width} 格",
                        f"row {number}: has {len(row)} cells; expected {width}",
                    )
    except (UnicodeDecodeError, csv.Error):
        return Text("不是 UTF-8 编码的 CSV；请另存为该格式", "is not CSV in UTF-8; save it as such")
    return None


_OPENERS = {
    "parquet": (_open_parquet, _read_parquet),
    "csv": (_open_csv, _read_csv),
    "arrow": (_open_arrow, _read_arrow),
}
