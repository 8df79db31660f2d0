"""Columns of a table as numbers: every form of facts that contracts admit, with what could not be read.

A cell that cannot be read never stops the others: it is marked, and its value is 0.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tongban.law.ir import Text
from tongban.law.tables import text

Numbers = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
DAY_MINUTES = 1440
FEN_A_YUAN = 100
MILLION = 1_000_000
UNREADABLE = -(2**31)
_LAST_YEAR = 9999
_CODES = (pa.int8(), pa.int16(), pa.int32())


@dataclass(frozen=True)
class Column:
    """Numbers of one fact for some persons; `missing` and `unreadable` are None where no cell is."""

    values: Numbers
    missing: Mask | None = None
    unreadable: Mask | None = None


@dataclass(frozen=True)
class Cells:
    """Cells as the table holds them, for an engine that reads them itself.

    `month`: whole numbers YYYYMM. `decimal`: two 64-bit halves each, the lower first, of the fact's scale.
    `code`: positions in `numbers`, where what cannot be read is UNREADABLE.
    """

    form: Literal["month", "decimal", "code"]
    stored: Numbers
    numbers: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))


@dataclass(frozen=True)
class CellColumn:
    """A column whose cells become numbers when somebody asks for them; else as `Column`."""

    cells: Cells
    missing: Mask | None
    read: Callable[[], Column]

    @cached_property
    def _read(self) -> Column:
        return self.read()

    @property
    def values(self) -> Numbers:
        """The numbers."""
        return self._read.values

    @property
    def unreadable(self) -> Mask | None:
        """Which cells could not be read; None where no cell is."""
        return self._read.unreadable


AnyColumn: TypeAlias = Column | CellColumn


class UnfitColumn(Exception):
    """The column's type cannot hold such facts at all; `expected` says which types can."""

    def __init__(self, expected: Text) -> None:
        super().__init__(expected.en)
        self.expected = expected


def read_bool(array: pa.Array) -> AnyColumn:
    """True and false: booleans, or the texts true and false."""
    if pa.types.is_boolean(array.type):
        missing = missing_in(array)
        values = _bits(array.buffers()[1], array.offset, len(array))
        return Column(values if missing is None else values & ~missing, missing)
    return _by_text(
        array, {"true": 1, "false": 0}.__getitem__, np.bool_, Text("true 或 false", "true or false")
    )


def read_int(array: pa.Array) -> Column:
    """Whole numbers: integer columns or decimal digits."""
    if pa.types.is_integer(array.type):
        return _integers(array)
    if is_text(array.type):
        return _cast_text(array, pa.int64(), r"^-?[0-9]{1,18}$")
    raise UnfitColumn(Text("整数：整数列或数字文本", "whole numbers: an integer column or digits"))


def read_float(array: pa.Array) -> Column:
    """Numbers with a fraction; what is not a finite number cannot be read."""
    if is_text(array.type):
        column = _cast_text(array, pa.float64(), r"^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$")
    elif pa.types.is_floating(array.type) or pa.types.is_integer(array.type):
        column = Column(raw(array.cast(pa.float64()), np.float64), missing_in(array))
    else:
        raise UnfitColumn(
            Text("数值：浮点列、整数列或小数文本", "numbers: a float or integer column or decimal text")
        )
    finite = np.isfinite(column.values)
    if column.missing is not None:
        finite |= column.missing
    return column if finite.all() else _with_unreadable(column, ~finite)


def read_money(array: pa.Array) -> AnyColumn:
    """Yuan as decimals, whole numbers or text → fen."""
    expected = Text(
        "金额（元）：小数列、整数或如 1234.50 的文本",
        "yuan: a decimal column, whole numbers or text such as 1234.50",
    )
    return _decimals(array, FEN_A_YUAN, 2, expected)


def read_rate(array: pa.Array) -> AnyColumn:
    """Decimals or text → millionths."""
    expected = Text("比例：小数列或如 0.105 的文本", "a rate: a decimal column or text such as 0.105")
    return _decimals(array, MILLION, 6, expected)


def read_month(array: pa.Array) -> AnyColumn:
    """Months as YYYY-MM, as numbers YYYYMM, or as dates (the month they lie in) → year × 12 + month − 1."""
    expected = Text(
        "月份：文本 YYYY-MM、整数 YYYYMM 或日期", "months: text YYYY-MM, whole numbers YYYYMM or dates"
    )
    if is_text(array.type):
        return _by_text(array, text.month, np.int32, expected)
    if pa.types.is_date(array.type) or pa.types.is_timestamp(array.type):
        days = raw(array.cast(pa.date32(), safe=False), np.int32)
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64, copy=False) + 1970 * 12
        return Column(months.astype(np.int32, copy=False), missing_in(array))
    if pa.types.is_integer(array.type):
        column = _integers(array)
        if array.type in (pa.int32(), pa.int64()):
            cells = Cells("month", column.values)
            return CellColumn(cells, column.missing, lambda: _months(column))
        return _months(column)
    raise UnfitColumn(expected)


def read_date(array: pa.Array) -> AnyColumn:
    """Dates as YYYY-MM-DD or as a date column → days since 1970-01-01."""
    expected = Text("日期：文本 YYYY-MM-DD 或日期列", "dates: text YYYY-MM-DD or a date column")
    if pa.types.is_date(array.type):
        return Column(raw(array.cast(pa.date32()), np.int32), missing_in(array))
    return _by_text(array, text.date, np.int32, expected)


def read_moment(array: pa.Array) -> AnyColumn:
    """Local times as YYYY-MM-DDTHH:MM or as timestamps without zone, to the minute → minutes since 1970."""
    expected = Text(
        "时刻：文本 YYYY-MM-DDTHH:MM 或不带时区、精确到分的时间戳",
        "times: text YYYY-MM-DDTHH:MM or timestamps without zone, to the minute",
    )
    if pa.types.is_timestamp(array.type) and array.type.tz is None:
        micros = raw(array.cast(pa.timestamp("us"), safe=False), np.int64)
        minutes, rest = np.divmod(micros, 60_000_000)
        fits = rest == 0
        missing = missing_in(array)
        if missing is not None:
            fits |= missing
        return Column(minutes, missing, None if fits.all() else ~fits)
    return _by_text(array, text.moment, np.int64, expected)


def read_place(array: pa.Array) -> AnyColumn:
    """Places as six digits, text or number → the code as a number."""
    if pa.types.is_integer(array.type):
        column = _integers(array)
        fits = (column.values >= 0) & (column.values <= 999_999)
        values = np.where(fits, column.values, 0).astype(np.int32, copy=False)
        if column.missing is not None:
            fits |= column.missing
        return Column(values, column.missing, None if fits.all() else ~fits)
    return _by_text(array, text.place, np.int32, Text("地区：六位数字", "places: six digits"))


def read_choice(array: pa.Array, codes: Mapping[str, int]) -> AnyColumn:
    """Members of an enumeration by their text → their position in it."""
    return _by_text(
        array, codes.__getitem__, np.int8, Text("以下之一：" + "、".join(codes), "one of " + ", ".join(codes))
    )


def read_code(array: pa.Array, known: dict[str, int]) -> AnyColumn:
    """Texts → numbers; a text not seen before gets the next number and is added to `known`."""

    def number(value: str) -> int:
        return known.setdefault(value, len(known))

    return _by_text(array, number, np.int32, Text("文本", "text"))


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds texts, dictionary-encoded or not."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_null(kind))


def missing_in(array: pa.Array) -> Mask | None:
    """Which cells are null; None where no cell is."""
    if array.null_count == 0:
        return None
    validity = array.buffers()[0]
    if validity is None:
        return np.ones(len(array), bool)
    return ~_bits(validity, array.offset, len(array))


def _bits(buffer: pa.Buffer, offset: int, length: int) -> Mask:
    """Truth values that lie in single bits."""
    first = offset // 8
    octets = np.frombuffer(buffer, np.uint8)[first : (offset + length + 7) // 8]
    return np.unpackbits(octets, bitorder="little")[offset - 8 * first :][:length].view(np.bool_)


def raw(array: pa.Array, kind: type[np.generic]) -> Numbers:
    """The numbers of an array of fixed width without copying; a null holds any number."""
    buffer = array.buffers()[1]
    if buffer is None:
        return np.zeros(len(array), kind)
    return np.frombuffer(buffer, kind)[array.offset : array.offset + len(array)]


def _integers(array: pa.Array) -> Column:
    if array.type == pa.uint64():
        big = (
            pc.greater(array, pa.scalar(2**63 - 1, pa.uint64()))
            .fill_null(False)
            .to_numpy(zero_copy_only=False)
        )
        values = raw(array.cast(pa.int64(), safe=False), np.int64)
        return Column(np.where(big, 0, values), missing_in(array), big if big.any() else None)
    kind = array.type.to_pandas_dtype()
    return Column(raw(array, kind), missing_in(array))


def _months(column: Column) -> Column:
    numbers = column.values.astype(np.int64, copy=False)
    year, month = numbers // 100, numbers % 100
    fits = (year >= 1) & (year <= _LAST_YEAR) & (month >= 1) & (month <= 12)
    values = np.where(fits, year * 12 + month - 1, 0).astype(np.int32, copy=False)
    if column.missing is not None:
        fits |= column.missing
    return Column(values, column.missing, None if fits.all() else ~fits)


def _decimals(array: pa.Array, scale: int, places: int, expected: Text) -> AnyColumn:
    if pa.types.is_integer(array.type):
        column = _integers(array)
        limit = 2**62 // scale
        numbers = column.values.astype(np.int64, copy=False)
        fits = (numbers <= limit) & (numbers >= -limit)
        scaled = Column(np.where(fits, numbers, 0) * scale, column.missing, column.unreadable)
        return scaled if fits.all() else _with_unreadable(scaled, ~fits)
    if is_text(array.type):
        return _cast_text(array, pa.decimal128(38, places), rf"^-?[0-9]{{1,15}}(\.[0-9]{{1,{places}}}0*)?$")
    if pa.types.is_decimal128(array.type):
        if array.type.scale != places:
            return _unscaled(array, places)
        return CellColumn(
            Cells("decimal", _halves(array)), missing_in(array), lambda: _unscaled(array, places)
        )
    if pa.types.is_decimal(array.type):
        return _unscaled(array.cast(pa.decimal128(38, array.type.scale)), places)
    raise UnfitColumn(expected)


def _unscaled(array: pa.Array, places: int) -> Column:
    """Decimals as whole numbers of the last admitted place; finer fractions and huge ones cannot be read."""
    halves = _halves(array)
    low = halves[:, 0]
    fits = (low >> 63) == halves[:, 1]
    finer = array.type.scale - places
    if finer > 0:
        low, rest = np.divmod(low, 10 ** min(finer, 18))
        fits &= rest == 0
    elif finer < 0:
        factor = 10**-finer
        fits &= np.abs(low) <= 2**62 // factor
        low = low * factor
    missing = missing_in(array)
    if missing is not None:
        fits |= missing
    return Column(low, missing, None if fits.all() else ~fits)


def _halves(array: pa.Array) -> Numbers:
    """The two halves of each decimal, the lower first."""
    buffer = array.buffers()[1]
    if buffer is None:
        return np.zeros((len(array), 2), np.int64)
    return np.frombuffer(buffer, np.int64).reshape(-1, 2)[array.offset : array.offset + len(array)]


def _cast_text(array: pa.Array, kind: pa.DataType, pattern: str) -> Column:
    plain = array.cast(pa.string())
    good = pc.match_substring_regex(plain, pattern)
    missing = missing_in(plain)
    fits: Mask = good.fill_null(True).to_numpy(zero_copy_only=False)
    if not fits.all():
        plain = pc.if_else(good, plain, pa.scalar(None, pa.string()))
    cast = plain.cast(kind)
    if pa.types.is_decimal(kind):
        values = _unscaled(cast.fill_null(0), kind.scale).values
    else:
        values = raw(cast.fill_null(0), np.float64 if kind == pa.float64() else np.int64)
    return Column(values, missing, None if fits.all() else ~fits)


def _by_text(
    array: pa.Array, read: Callable[[str], int], kind: type[np.generic], expected: Text
) -> AnyColumn:
    """Read each different text once."""
    if not is_text(array.type):
        raise UnfitColumn(expected)
    encoded = array if pa.types.is_dictionary(array.type) else array.cast(pa.string()).dictionary_encode()
    if encoded.dictionary.null_count:
        encoded = array.cast(pa.string()).dictionary_encode()
    missing = missing_in(encoded.indices)
    indices = encoded.indices if missing is None else encoded.indices.fill_null(0)
    numbers, fits = [], []
    for value in encoded.dictionary.to_pylist():
        try:
            numbers.append(read(value))
            fits.append(True)
        except (ValueError, KeyError):
            numbers.append(0)
            fits.append(False)
    if not numbers:
        return Column(np.zeros(len(array), kind), missing)
    readable = np.array(fits)

    def decoded() -> Column:
        positions = indices.to_numpy(zero_copy_only=False)
        values = np.array(numbers, kind)[positions]
        if readable.all():
            return Column(values, missing)
        unreadable = ~readable[positions]
        if missing is not None:
            unreadable &= ~missing
        return Column(values, missing, unreadable)

    if indices.type not in _CODES or kind in (np.int64, np.bool_):
        return decoded()
    codes = raw(indices, indices.type.to_pandas_dtype())
    known = np.where(readable, np.array(numbers, np.int32), np.int32(UNREADABLE))
    return CellColumn(Cells("code", codes, known), missing, decoded)


def _with_unreadable(column: Column, more: Mask) -> Column:
    both = more if column.unreadable is None else column.unreadable | more
    return Column(column.values, column.missing, both)
