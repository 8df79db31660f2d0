"""The facts in a batch of rows: as columns of numbers for engines, and row by row in their written forms."""

import datetime
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa

from tongban.law import ir
from tongban.law.engines.batch import Batch
from tongban.law.engines.program import Program, plain
from tongban.law.tables import columns
from tongban.law.tables.columns import AnyColumn, CellColumn, Column, Mask, UnfitColumn
from tongban.law.tables.errors import UnusableTable
from tongban.law.tables.histories import History, read_history
from tongban.law.writing import write

_READERS = {
    "bool": columns.read_bool,
    "int": columns.read_int,
    "float": columns.read_float,
    "month": columns.read_month,
    "date": columns.read_date,
    "datetime": columns.read_moment,
    "fen": columns.read_money,
    "rate": columns.read_rate,
    "place": columns.read_place,
}


@dataclass(frozen=True)
class Facts:
    """The facts of some rows: the batch for an engine, and the rows themselves."""

    batch: Batch
    rows: pa.RecordBatch
    declared: Mapping[str, ir.FactDeclared]

    def unreadable(self, except_cells_of: Collection[str] = ()) -> Mask | None:
        """Which rows have a cell that could not be read; None for none. Some facts are checked elsewhere."""
        found: Mask | None = None
        for name, column in (*self.batch.columns.items(), *self.batch.histories.items()):
            if isinstance(column, CellColumn) and name in except_cells_of:
                continue
            if column.unreadable is not None:
                found = column.unreadable if found is None else found | column.unreadable
        return found

    def written(self, row: int) -> dict[str, object]:
        """One row's facts in the forms of contracts.md; what is missing is left out."""
        found: dict[str, object] = {}
        for name, fact in self.declared.items():
            value = self._written(name, plain(fact.type), row)
            if value is not None:
                found[name] = value
        return found

    def _written(self, name: str, kind: ir.Type, row: int) -> object:
        cell = self.rows.column(name)[row].as_py()
        if cell is None:
            return None
        column = self.batch.columns.get(name)
        if column is not None and (column.unreadable is None or not column.unreadable[row]):
            number = column.values[row].item()
            return self.batch.texts[number] if kind == ir.STR else write(kind, number)
        if name in self.batch.histories or not _in_columns(kind):
            found = _nested(cell)
            return {} if isinstance(kind, ir.MappingType) and found == [] else found
        return cell


def read_batch(
    program: Program, declared: Mapping[str, ir.FactDeclared], rows: pa.RecordBatch, table: str
) -> Facts:
    """Read the columns of facts; UnusableTable when a column's type cannot hold its fact."""
    texts = {text: number for number, text in enumerate(program.texts)}
    numbers: dict[str, AnyColumn] = {}
    histories: dict[str, History] = {}
    there = {name: fact for name, fact in declared.items() if name in rows.schema.names}
    for name, fact in there.items():
        kind = plain(fact.type)
        if not _in_columns(kind):
            continue
        try:
            found = _read(kind, fact, rows.column(name), texts)
        except UnfitColumn as error:
            given, expected = rows.column(name).type, error.expected
            raise UnusableTable(
                f"{table}: {name}: is {given}; expected {expected.en}",
                f"{table}：{name} 列的类型是 {given}；应为{expected.zh}",
            ) from None
        if isinstance(found, History):
            histories[name] = found
        else:
            numbers[name] = found
    return Facts(Batch(rows.num_rows, numbers, histories, tuple(texts)), rows, there)


def _in_columns(kind: ir.Type) -> bool:
    return isinstance(kind, ir.Kind | ir.EnumType)


def _read(
    kind: ir.Type, fact: ir.FactDeclared, array: pa.Array, texts: dict[str, int]
) -> AnyColumn | History:
    if isinstance(kind, ir.EnumType):
        return columns.read_choice(array, {value: code for code, value in enumerate(kind.values)})
    if kind == ir.SPELLS:
        return read_history(array)
    if kind == ir.STR:
        return _matching(columns.read_code(array, texts), fact.matches, texts)
    return _READERS[str(getattr(kind, "name", ""))](array)


def _matching(column: AnyColumn, pattern: str, texts: Mapping[str, int]) -> AnyColumn:
    if not pattern:
        return column
    fits = np.array([re.fullmatch(pattern, text) is not None for text in texts], bool)
    wrong = ~fits[column.values]
    if column.missing is not None:
        wrong &= ~column.missing
    return Column(column.values, column.missing, wrong)


def _nested(cell: object) -> object:
    """A cell that holds a list or mapping, as JSON would give it."""
    if isinstance(cell, str):
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    return _plain(cell)


def _plain(value: object) -> object:
    match value:
        case dict():
            return {key: _plain(part) for key, part in value.items() if part is not None}
        case list() if value and all(isinstance(part, tuple) and len(part) == 2 for part in value):
            return {str(key): _plain(part) for key, part in value}
        case list():
            return [_plain(part) for part in value]
        case datetime.datetime():
            return value.isoformat(timespec="minutes")
        case datetime.date():
            return value.isoformat()
        case Decimal():
            return str(value)
    return value
