"""Outcomes as Arrow columns in the forms of contracts.md: months and dates as text, money as decimal yuan."""

import functools
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tongban.law import ir
from tongban.law.engines.batch import Answer
from tongban.law.engines.program import Target
from tongban.law.tables.columns import Mask, Numbers
from tongban.law.values import Date, DateTime, month_text
from tongban.law.writing import writer

MONEY = pa.decimal128(18, 2)
_TEXT = pa.dictionary(pa.int32(), pa.string())
Describe = Callable[[int], str]


def column_type(kind: ir.Type) -> pa.DataType:
    """The Arrow type in which outcomes of this type are written."""
    match kind:
        case ir.OptionalType():
            return column_type(kind.item)
        case ir.EnumType():
            return _TEXT
        case ir.Kind():
            return _TYPES[kind.name]
        case ir.ListType() | ir.RecordType():
            return _part_type(kind)
        case ir.PairType() | ir.MappingType():
            return pa.string()


def _part_type(kind: ir.Type) -> pa.DataType:
    """The type of what lies in lists and records, where texts are not kept as dictionaries."""
    match kind:
        case ir.OptionalType():
            return _part_type(kind.item)
        case ir.ListType():
            return pa.list_(_part_type(kind.item))
        case ir.RecordType():
            return pa.struct([(one.name, _part_type(one.type)) for one in kind.fields])
    found = column_type(kind)
    return found.value_type if pa.types.is_dictionary(found) else found


def write_answer(target: Target, answer: Answer, missing: Mask | None, texts: Sequence[str]) -> pa.Array:
    """An engine's answer as an Arrow array; `texts` are what codes of type str stand for."""
    kind = target.type.item if isinstance(target.type, ir.OptionalType) else target.type
    if answer.halves is not None:
        return _from_halves(answer.halves, missing, column_type(kind))
    proven = target.range
    if kind == ir.MONTH and proven is not None and _are_usual(int(proven.low), int(proven.high)):
        return _months(answer.values, missing, _USUAL_MONTHS)
    return write_column(kind, answer.values, missing, texts)


def write_column(kind: ir.Type, values: Numbers, missing: Mask | None, texts: Sequence[str]) -> pa.Array:
    """Numbers in the engines' encoding as an Arrow array; `texts` are what codes of type str stand for."""
    if isinstance(kind, ir.OptionalType):
        return write_column(kind.item, values, missing, texts)
    if isinstance(kind, ir.EnumType):
        return _coded(values, missing, pa.array(kind.values))
    if not isinstance(kind, ir.Kind):
        raise TypeError(f"{kind} is not a scalar")
    match kind.name:
        case "bool":
            return _truths(values, missing)
        case "int":
            return _whole(values.astype(np.int64, copy=False), missing, pa.int64())
        case "float":
            return pa.array(values.astype(np.float64, copy=False), mask=missing)
        case "fen":
            return _decimals(values.astype(np.int64, copy=False), missing, MONEY)
        case "rate":
            return _decimals(values.astype(np.int64, copy=False), missing, _TYPES["rate"])
        case "str":
            return pa.array(list(texts), pa.string()).take(_codes(values, missing))
        case "month":
            return _months(values, missing, _among(values, missing))
        case "place":
            return _described(values, missing, lambda place: f"{place:06d}")
        case "date":
            return _described(values, missing, lambda day: str(Date.from_ordinal(day)))
        case "datetime":
            return _described(values, missing, lambda minute: str(DateTime.from_ordinal(minute)))
    raise TypeError(f"{kind} is not a scalar")


def write_objects(kind: ir.Type, values: Sequence[object]) -> pa.Array:
    """Values in the interpreter's encoding, lists included, as an Arrow array."""
    put, fitted = writer(kind), _fitted(kind)
    written = [fitted(put(value)) for value in values]
    target = column_type(kind)
    if pa.types.is_dictionary(target):
        return pa.array(written, pa.string()).dictionary_encode().cast(target)
    return pa.array(written, target)


def _fitted(kind: ir.Type) -> Callable[[Any], object]:
    """Give what turns a JSON form into what Arrow takes for the type."""
    match kind:
        case ir.OptionalType():
            inner = _fitted(kind.item)
            return lambda one: None if one is None else inner(one)
        case ir.Kind(name="fen" | "rate"):
            return lambda one: None if one is None else Decimal(str(one))
        case ir.ListType():
            item = _fitted(kind.item)
            return lambda one: [item(part) for part in one]
        case ir.RecordType(fields=fields):
            parts = {one.name: _fitted(one.type) for one in fields}
            return lambda one: {name: part(one[name]) for name, part in parts.items()}
        case ir.PairType() | ir.MappingType():
            return lambda one: json.dumps(one, ensure_ascii=False)
    return lambda one: one


_USUAL_MONTHS = range(12 * 1900, 12 * 2300)
_ALL_MONTHS = range(12, 12 * 10_000)
_TYPES = {
    "bool": pa.bool_(),
    "int": pa.int64(),
    "float": pa.float64(),
    "fen": MONEY,
    "rate": pa.decimal128(18, 6),
    "str": pa.string(),
    "month": _TEXT,
    "date": pa.string(),
    "datetime": pa.string(),
    "place": pa.string(),
    "spells": pa.list_(pa.struct([(part, pa.string()) for part in ("place", "from", "to", "kind")])),
}


@functools.cache
def _month_texts(months: range) -> pa.Array:
    return pa.array([month_text(month) for month in months], pa.string())


def _among(months: Numbers, missing: Mask | None) -> range:
    """All months or, when no other is there, the usual ones."""
    known = months if missing is None else months[~missing]
    usual = not len(known) or _are_usual(known.min(), known.max())
    return _USUAL_MONTHS if usual else _ALL_MONTHS


def _are_usual(low: int, high: int) -> bool:
    return low >= _USUAL_MONTHS.start and high < _USUAL_MONTHS.stop


def _months(values: Numbers, missing: Mask | None, among: range) -> pa.Array:
    months = values.astype(np.int32, copy=False)
    return _coded(months - among.start, missing, _month_texts(among))


def _codes(values: Numbers, missing: Mask | None) -> pa.Array:
    return _whole(values.astype(np.int32, copy=False), missing, pa.int32())


def _whole(values: Numbers, missing: Mask | None, kind: pa.DataType) -> pa.Array:
    """Whole numbers without copying them; a masked copy by Arrow takes five times as long."""
    return _array(kind, len(values), missing, pa.py_buffer(np.ascontiguousarray(values)))


def _coded(values: Numbers, missing: Mask | None, texts: pa.Array) -> pa.Array:
    return pa.DictionaryArray.from_arrays(_codes(values, missing), texts, safe=False)


def _described(values: Numbers, missing: Mask | None, describe: Describe) -> pa.Array:
    different, codes = np.unique(values, return_inverse=True)
    used = np.ones(len(different), bool)
    if missing is not None:
        used[:] = False
        used[codes[~missing]] = True
    texts = [describe(int(number)) if told else None for number, told in zip(different, used, strict=True)]
    return pa.array(texts, pa.string()).take(_codes(codes, missing))


def _decimals(values: npt.NDArray[np.int64], missing: Mask | None, kind: pa.DataType) -> pa.Array:
    halves = np.empty((len(values), 2), np.int64)
    halves[:, 0] = values
    halves[:, 1] = values >> 63
    return _from_halves(halves, missing, kind)


def _from_halves(halves: npt.NDArray[np.int64], missing: Mask | None, kind: pa.DataType) -> pa.Array:
    return _array(kind, len(halves), missing, pa.py_buffer(halves))


def _truths(values: Numbers, missing: Mask | None) -> pa.Array:
    truths = values.view(np.bool_) if values.dtype == np.int8 else values.astype(np.bool_, copy=False)
    packed = np.packbits(truths, bitorder="little")
    return _array(pa.bool_(), len(values), missing, pa.py_buffer(packed))


def _array(kind: pa.DataType, length: int, missing: Mask | None, data: pa.Buffer) -> pa.Array:
    if missing is None:
        return pa.Array.from_buffers(kind, length, [None, data], 0)
    validity = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(kind, length, [validity, data], int(np.count_nonzero(missing)))
