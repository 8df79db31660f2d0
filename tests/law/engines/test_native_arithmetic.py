"""The native engine's whole-number arithmetic at the limits of its shortcuts."""

import ctypes
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.law.engines.native import calendar
from tongban.law.engines.native.assembly import Assembly
from tongban.law.engines.native.compiler import load_kernel
from tongban.law.engines.native.operands import Value, whole
from tongban.law.values import date_month, date_plus_months, full_months, month_first_day

Two = Callable[[Assembly, Value, Value], Value]
BOUNDS = (
    (1 - 2**22, 2**22 - 1),
    (-(2**31), 2**31 - 1),
    (1 - 2**50, 2**50 - 1),
    (-(2**50), 2**50),
    (-(2**62), 2**62),
)


def computed(make: Two, low: int, high: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    code = Assembly()
    left, right = (
        Value(
            code.do(f"load i64, ptr {code.do(f'getelementptr i64, ptr %{name}, i64 %i')}"), "i64", low, high
        )
        for name in "ab"
    )
    result = code.cast(make(code, code.known(left, low, high), code.known(right, low, high)), "i64")
    code.lines.append(f"  store i64 {result}, ptr {code.do('getelementptr i64, ptr %c, i64 %i')}")
    body = "\n".join(code.lines)
    kernel = load_kernel(
        f"""declare double @llvm.floor.f64(double)
declare float @llvm.floor.f32(float)
declare float @llvm.fmuladd.f32(float, float, float)
declare double @llvm.fmuladd.f64(double, double, double)
define void @law(i64 %begin, i64 %end, ptr noalias %a, ptr noalias %b, ptr noalias %c) {{
entry:
  br label %loop
loop:
  %i = phi i64 [%begin, %entry], [%next, %loop]
{body}
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %end
  br i1 %more, label %loop, label %done
done:
  ret void
}}""",
        "law",
        3,
    )
    c = np.empty(len(a), np.int64)
    kernel.call(0, len(a), *(array.ctypes.data_as(ctypes.c_void_p) for array in (a, b, c)))
    return c


@pytest.mark.parametrize(("low", "high"), BOUNDS)
def test_division_floors_for_every_sign_and_size(low: int, high: int) -> None:
    luck = np.random.default_rng(7)
    edges = np.array([low, low + 1, -1, 0, 1, high - 1, high], np.int64)
    a = np.concatenate((np.repeat(edges, 7), luck.integers(low, high, 5000, endpoint=True)))
    b = np.concatenate(
        (np.tile(edges, 7), luck.integers(low, high, 2500, endpoint=True), luck.integers(-9, 9, 2500))
    )
    b[b == 0] = 1
    assert computed(Assembly.floor_divide, low, high, a, b).tolist() == [
        x // y for x, y in zip(a.tolist(), b.tolist(), strict=True)
    ]


@pytest.mark.parametrize(("low", "high"), BOUNDS)
@pytest.mark.parametrize("divisor", [1, 2, 3, 7, 12, 100, 1461, 999_983, 4_000_037])
def test_division_by_a_constant_is_exact_around_its_multiples(low: int, high: int, divisor: int) -> None:
    luck = np.random.default_rng(9)
    multiples = luck.integers(low // divisor + 1, high // divisor, 2000, endpoint=True) * divisor
    near = np.concatenate([multiples + one for one in (-1, 0, 1)] + [np.array([low, high])])
    a = near[(near >= low) & (near <= high)].astype(np.int64)
    found = computed(lambda code, one, _: code.floor_divide(one, whole(divisor)), low, high, a, a)
    assert found.tolist() == [one // divisor for one in a.tolist()]


@pytest.mark.parametrize(("low", "high"), BOUNDS)
def test_remainder_has_the_divisors_sign(low: int, high: int) -> None:
    luck = np.random.default_rng(8)
    a, b = luck.integers(low, high, 5000), luck.integers(-1000, 1000, 5000)
    b[b == 0] = 3
    assert computed(Assembly.modulo, low, high, a, b).tolist() == [
        x % y for x, y in zip(a.tolist(), b.tolist(), strict=True)
    ]


def test_division_by_zero_in_a_branch_not_taken_does_not_trap() -> None:
    numbers = np.array([5, -5, -(2**62)], np.int64)
    computed(Assembly.floor_divide, -(2**62), 2**62, numbers, np.zeros(3, np.int64))


def test_months_and_days_of_ten_thousand_years() -> None:
    days = np.arange(-719_162, 2_932_897, 61, dtype=np.int64)
    months = computed(
        lambda code, day, _: calendar.take_apart(code, day).month, -719_162, 2_932_896, days, days
    )
    assert months.tolist() == [date_month(day) for day in days.tolist()]
    firsts = computed(lambda code, month, _: calendar.first_day(code, month), 12, 119_999, months, months)
    assert firsts.tolist() == [month_first_day(month) for month in months.tolist()]


@settings(deadline=None)
@given(st.integers(-10_000, 40_000), st.integers(-500, 500), st.booleans())
def test_moving_a_day_by_months(day: int, count: int, to_next_month: bool) -> None:
    a, b = np.array([day], np.int64), np.array([count], np.int64)

    def move(code: Assembly, one: Value, months: Value) -> Value:
        return calendar.plus_months(code, one, months, to_next_month=to_next_month)

    assert computed(move, -50_000, 50_000, a, b)[0] == date_plus_months(day, count, to_next_month)


@settings(deadline=None)
@given(st.integers(-10_000, 40_000), st.integers(-10_000, 40_000), st.booleans())
def test_full_months_between_days(start: int, end: int, to_next_month: bool) -> None:
    a, b = np.array([start], np.int64), np.array([end], np.int64)

    def count(code: Assembly, one: Value, other: Value) -> Value:
        return calendar.full_months(code, one, other, to_next_month=to_next_month)

    assert computed(count, -50_000, 50_000, a, b)[0] == full_months(start, end, to_next_month)
