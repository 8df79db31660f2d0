"""Straight-line LLVM assembly for the numbers of the law: what the other two modules add, and division.

Nothing here branches or traps, whatever the bits of an input are.
"""

import math
import struct

from tongban.law.engines.native.numbers import Multiple, Numbers
from tongban.law.engines.native.operands import INT32, INT64, Kind, Value, floating, whole

# Up to here (n + ½) × (1 / d), each step rounded, rounds down to ⌊n / d⌋: it is at least ½ / d away from each
# whole number. With n = times × value + plus, as value × (times / d) + (plus + ½) / d, four roundings move it
# by less than 3 × n / d × 2⁻⁵³ (2⁻²⁴ in 32 bits), where n is the sum of both magnitudes.
_DIVIDED_IN_DOUBLE = 2**50
_DIVIDED_IN_FLOAT = 2**21


class Assembly(Numbers):
    """The body of a function; each method adds what it needs and gives the result."""

    def floor_divide(self, a: Value, b: Value) -> Value:
        """⌊a / b⌋; where b is 0, anything, but no trap."""
        if b.high < 0:
            return self.floor_divide(self.negative(a), self.negative(b))
        if b.low < 0:
            below = self.compare("slt", b, whole(0))
            return self.floor_divide(self.select(below, self.negative(a), a), self.absolute(b))
        least = max(b.low, 1)
        corners = [x // y for x in (a.low, a.high) for y in (least, max(b.high, 1))]
        low, high = min(corners), max(corners)
        if not b.is_constant:
            return self._by_number(a, self.greater(b, whole(1)), low, high)
        if b.low == 1 or a.is_constant:
            return a if b.low == 1 else whole(low)
        of = self.multiple(a)
        common = math.gcd(of.times, of.plus, b.low)
        if common > 1:
            less = self.add(self.multiply(of.value, whole(of.times // common)), whole(of.plus // common))
            return self.known(self.floor_divide(less, whole(b.low // common)), low, high)
        return self._by_constant(a, b, low, high)

    def modulo(self, a: Value, b: Value) -> Value:
        """a − b·⌊a / b⌋."""
        rest = self.subtract(a, self.multiply(b, self.floor_divide(a, b)))
        most = max(abs(b.low), abs(b.high), 1) - 1
        return self.known(rest, -most if b.low < 0 else 0, most if b.high > 0 else 0)

    # -- numbers with a fraction

    def float_operation(self, instruction: str, a: Value, b: Value) -> Value:
        """One of fadd fsub fmul fdiv; as IEEE 754 says, nothing merged or reordered."""
        return Value(self.do(f"{instruction} double {a.text}, {b.text}"), "double")

    def to_float(self, a: Value) -> Value:
        """The whole number as a double, to the nearest."""
        if a.kind == "real":
            return Value(self.do(f"fadd double {a.text}, {floating(0.0).text}"), "double")
        held: Kind = "i32" if a.kind == "i32" else "i64"
        return Value(self.do(f"sitofp {held} {self.cast(a, held)} to double"), "double")

    # -- the rest

    def _by_constant(self, a: Value, b: Value, low: int, high: int) -> Value:
        by, turns = b.low, -(a.low // b.low) if a.low < 0 else 0
        for held, most in (("float", _DIVIDED_IN_FLOAT), ("double", _DIVIDED_IN_DOUBLE)):
            for of in (self.multiple(a), Multiple(1, a, 0)):
                for more in (turns, 0):
                    plus = of.plus + more * by
                    if of.times and abs(of.times) * _magnitude(of.value) + abs(plus) < most:
                        scaled = self._scaled(held, Multiple(of.times, of.value, plus), by)
                        found = self._rounded_down(held, scaled, low + more, high + more)
                        return self.subtract(found, whole(more)) if more else found
        return self._divide_whole(a, b, low, high)

    def _scaled(self, held: str, of: Multiple, by: int) -> str:
        """(times × value + plus + ½) / by."""
        value = self._in(held, of.value)
        part, more = (_rounded(held, number / by).text for number in (of.times, of.plus + 0.5))
        name = f"llvm.fmuladd.{_SUFFIXES[held]}"
        return self.do(f"call {held} @{name}({held} {value}, {held} {part}, {held} {more})")

    def _by_number(self, a: Value, b: Value, low: int, high: int) -> Value:
        largest = max(_magnitude(a), b.high)
        if largest < _DIVIDED_IN_FLOAT:
            return self._rounded_down("float", self._near_quotient("float", a, b), low, high)
        if _is_near_in_float(a, b):
            return self._corrected(a, b, low, high)
        if largest < _DIVIDED_IN_DOUBLE:
            return self._rounded_down("double", self._near_quotient("double", a, b), low, high)
        return self._divide_whole(a, b, low, high)

    def _near_quotient(self, held: str, a: Value, b: Value) -> str:
        """(a + ½) / b, near enough that rounding it down gives ⌊a / b⌋."""
        of = self.multiple(a)
        most = _DIVIDED_IN_FLOAT if held == "float" else _DIVIDED_IN_DOUBLE
        if of.times != 1 or _magnitude(of.value) + abs(of.plus) >= most:
            of = Multiple(1, a, 0)
        middle = self.do(f"fadd {held} {self._in(held, of.value)}, {floating(of.plus + 0.5).text}")
        part = self._part(held, b)
        if part is not None:
            return self.do(f"fmul {held} {middle}, {part.text}")
        return self.do(f"fdiv {held} {middle}, {self._in(held, b)}")

    def _part(self, held: str, b: Value) -> Value | None:
        """1 / b, where b is one of some constants."""
        if b.is_constant:
            return _rounded(held, 1 / b.low) if b.low > 0 else None
        choice = self.choice(b)
        if choice is None:
            return None
        then, otherwise = self._part(held, choice.then), self._part(held, choice.otherwise)
        if then is None or otherwise is None:
            return None
        chosen = f"select i1 {choice.condition.text}, {held} {then.text}, {held} {otherwise.text}"
        return Value(self.do(chosen), "double")

    def _corrected(self, a: Value, b: Value, low: int, high: int) -> Value:
        """The quotient of floats, which is the right one or a neighbour of it, as the rest tells."""
        dividend, divisor = (self.cast(one, "i32") for one in (a, b))
        quotient = self.do(f"fdiv float {self._in('float', a)}, {self._in('float', b)}")
        near = self.do(f"freeze i32 {self.do(f'fptosi float {quotient} to i32')}")
        rest = self.do(f"sub i32 {dividend}, {self.do(f'mul i32 {near}, {divisor}')}")
        less = self.do(f"sext i1 {self.do(f'icmp slt i32 {rest}, 0')} to i32")
        more = self.do(f"zext i1 {self.do(f'icmp sge i32 {rest}, {divisor}')} to i32")
        return Value(self.do(f"add i32 {self.do(f'add i32 {near}, {less}')}, {more}"), "i32", low, high)

    def _in(self, held: str, a: Value) -> str:
        if held == "double":
            return self.cast(a, "real")
        return self.do(f"sitofp i32 {self.cast(a, 'i32')} to float")

    def _rounded_down(self, held: str, quotient: str, low: int, high: int) -> Value:
        if held == "double":
            return self.whole_part(quotient, low, high)
        if low < 0:
            quotient = self.do(f"call float @llvm.floor.f32(float {quotient})")
        return Value(self.do(f"freeze i32 {self.do(f'fptosi float {quotient} to i32')}"), "i32", low, high)

    def _divide_whole(self, a: Value, b: Value, low: int, high: int) -> Value:
        dividend, divisor = self.cast(a, "i64"), self.cast(self.forced(b, 1, INT64), "i64")
        if a.low >= 0:
            return Value(self.do(f"udiv i64 {dividend}, {divisor}"), "i64", low, high)
        sign = self.do(f"ashr i64 {dividend}, 63")
        flipped = self.do(f"xor i64 {dividend}, {sign}")
        quotient = self.do(f"udiv i64 {flipped}, {divisor}")
        return Value(self.do(f"xor i64 {quotient}, {sign}"), "i64", low, high)


_SUFFIXES = {"float": "f32", "double": "f64"}


def _magnitude(a: Value) -> int:
    return max(abs(a.low), abs(a.high))


def _rounded(held: str, number: float) -> Value:
    """The constant as a float or double holds it."""
    return floating(struct.unpack("f", struct.pack("f", number))[0] if held == "float" else number)


def _is_near_in_float(a: Value, b: Value) -> bool:
    """Whether the quotient of the two as floats is less than 1 away, and its rest fits into 32 bits."""
    if a.low < 0 or a.high > INT32 or 2 * b.high > INT32 or b.low < 1:
        return False
    largest = a.high // b.low + 1
    moved = _half_step(a.high) / b.low + _half_step(b.high) * largest / b.low
    return moved + 2.0 ** (largest.bit_length() - 25) < 1


def _half_step(number: int) -> float:
    """How far a whole number up to this one moves at most when a float takes it."""
    return 0.0 if number < 2**24 else 2.0 ** (number.bit_length() - 25)
