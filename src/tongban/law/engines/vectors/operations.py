"""The operations of the typed form on whole columns, with numpy: numbers, months, days and places."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from tongban.law.engines.program import Unsupported
from tongban.law.engines.vectors.timelines import Ints, place_within
from tongban.law.tables.columns import Numbers


def _first_day(month: Ints) -> Ints:
    days: Ints = (month - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return days


def _month_of(day: Ints) -> Ints:
    months: Ints = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months + 1970 * 12


def _plus_months(day: Ints, months: Ints, *, to_next_month: bool) -> Ints:
    month = _month_of(day)
    target = month + months
    end = _first_day(target + 1)
    there = _first_day(target) + (day - _first_day(month))
    return np.where(there < end, there, end if to_next_month else end - 1)


def _full_months(start: Ints, end: Ints, *, to_next_month: bool) -> Ints:
    months = _month_of(end) - _month_of(start)
    return months - (_plus_months(start, months, to_next_month=to_next_month) > end)


def _half_up(numbers: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    below = np.floor(numbers)
    return below + (numbers - below >= 0.5)


def _rounding(how: Callable[..., npt.NDArray[np.float64]]) -> Callable[..., Numbers]:
    return lambda numbers: how(numbers).astype(np.int64)


def _smaller(a: Numbers, b: Numbers) -> Numbers:
    return np.where(b < a, b, a)


def _greater(a: Numbers, b: Numbers) -> Numbers:
    return np.where(b > a, b, a)


_COMPUTE: dict[str, Callable[..., Numbers]] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "float_div": np.divide,
    "floordiv": np.floor_divide,
    "mod": np.mod,
    "neg": np.negative,
    "abs": np.abs,
    "min": _smaller,
    "max": _greater,
    "eq": np.equal,
    "ne": np.not_equal,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "to_float": lambda a: a.astype(np.float64),
    "float_round_down": _rounding(np.floor),
    "float_round_up": _rounding(np.ceil),
    "float_round_half_even": _rounding(np.rint),
    "float_round_half_up": _rounding(_half_up),
    "month_year": lambda m: m // 12,
    "month_number": lambda m: m % 12 + 1,
    "month_first_day": _first_day,
    "month_last_day": lambda m: _first_day(m + 1) - 1,
    "date_year": lambda d: _month_of(d) // 12,
    "date_month": _month_of,
    "date_day": lambda d: d - _first_day(_month_of(d)) + 1,
    "date_at": lambda d, minutes: d * 1440 + minutes,
    "date_plus_months_last_day": lambda d, n: _plus_months(d, n, to_next_month=False),
    "date_plus_months_next_month": lambda d, n: _plus_months(d, n, to_next_month=True),
    "date_plus_years_last_day": lambda d, n: _plus_months(d, 12 * n, to_next_month=False),
    "date_plus_years_next_month": lambda d, n: _plus_months(d, 12 * n, to_next_month=True),
    "full_years_feb_28": lambda a, b: _full_months(a, b, to_next_month=False) // 12,
    "full_years_mar_1": lambda a, b: _full_months(a, b, to_next_month=True) // 12,
    "full_months_last_day": lambda a, b: _full_months(a, b, to_next_month=False),
    "full_months_next_month": lambda a, b: _full_months(a, b, to_next_month=True),
    "datetime_date": lambda t: t // 1440,
    "datetime_minute": lambda t: t % 1440,
    "place_province": lambda p: p // 10_000 * 10_000,
    "place_city": lambda p: p // 100 * 100,
    "place_within": place_within,
}


def compute(op: str, values: Sequence[Numbers]) -> Numbers:
    """The operation of the typed form on whole columns; Unsupported for one there is no such way for."""
    if op not in _COMPUTE:
        raise Unsupported(f"the operation {op}")
    return _COMPUTE[op](*values)
