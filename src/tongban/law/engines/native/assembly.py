"""Straight-line LLVM assembly for whole numbers whose bounds are known.

Every value carries the interval it lies in. The interval decides how it is held: in 32 bits, else as a double
where a double is exact (processors multiply, divide and compare those in lanes), else in 64 bits. Nothing
here branches or traps, whatever the bits of an input are.
"""

import math
import struct
from dataclasses import dataclass
from typing import Literal

# "real" is a whole number held in a double; "double" is a number with a fraction.
Kind = Literal["i1", "i8", "i16", "i32", "i64", "real", "double"]

INT32 = 2**31 - 1
INT64 = 2**63 - 1
# Up to here a whole number is held in a double: it can be shifted into the lower bits and back.
EXACT_DOUBLE = 2**51
# Up to here (n + ½) × (1 / d), each step rounded, rounds down to ⌊n / d⌋: it is at least ½ / d away from each
# whole number, and two roundings move it by less than n / d × 2⁻⁵² (2⁻²³ in 32 bits).
_DIVIDED_IN_DOUBLE = 2**50
_DIVIDED_IN_FLOAT = 2**22
_SHIFT_TO_DOUBLE = 0x4338000000000000
_ORDERED = {"eq": "oeq", "ne": "une", "slt": "olt", "sle": "ole", "sgt": "ogt", "sge": "oge"}


@dataclass(frozen=True)
class Value:
    """An operand with its type and, for whole numbers, the bounds it lies in."""

    text: str
    kind: Kind
    low: int = 0
    high: int = 1

    @property
    def is_constant(self) -> bool:
        """Whether it is a number known when the code is made."""
        return not self.text.startswith("%")


@dataclass(frozen=True)
class _Multiple:
    """times × value + plus: what a number was made of."""

    times: int
    value: Value
    plus: int


TRUE = Value("true", "i1", 1, 1)
FALSE = Value("false", "i1", 0, 0)


def width(low: int, high: int) -> Kind:
    """How every number from `low` to `high` is held; what needs more than 64 bits wraps, and is not used."""
    if low >= -INT32 - 1 and high <= INT32:
        return "i32"
    return "real" if low > -EXACT_DOUBLE and high < EXACT_DOUBLE else "i64"


def _in_llvm(kind: Kind) -> str:
    return "double" if kind == "real" else kind


def _held(low: int, high: int) -> tuple[int, int]:
    """The bounds, or those of 64 bits where a number may have wrapped."""
    return (low, high) if low >= -INT64 - 1 and high <= INT64 else (-INT64 - 1, INT64)


def whole(number: int) -> Value:
    """A constant whole number."""
    return Value(str(number), width(number, number), number, number)


def floating(number: float) -> Value:
    """A constant with a fraction."""
    return Value(f"0x{struct.pack('>d', number).hex().upper()}", "double")


class Assembly:
    """The body of a function, one instruction a line; each method adds what it needs and gives the result."""

    def __init__(self, prefix: str = "v") -> None:
        self.lines: list[str] = []
        self._prefix = prefix
        self._names = 0
        self._multiples: dict[str, _Multiple] = {}

    def do(self, instruction: str) -> str:
        """Add an instruction with a result; give the result's name."""
        self._names += 1
        name = f"%{self._prefix}{self._names}"
        self.lines.append(f"  {name} = {instruction}")
        return name

    # -- whole numbers

    def cast(self, value: Value, kind: Kind) -> str:
        """The operand text of a whole number or truth value in this type."""
        if value.is_constant and value.kind != "i1":
            return floating(float(value.low)).text if kind == "real" else value.text
        if value.kind == kind:
            return value.text
        if "real" in (value.kind, kind):
            return self._from_real(value.text, kind) if value.kind == "real" else self._to_real(value)
        if value.kind == "i1":
            if value.is_constant:
                return str(value.low)
            return self.do(f"zext i1 {value.text} to {kind}")
        sizes = {"i1": 1, "i8": 8, "i16": 16, "i32": 32, "i64": 64}
        instruction = "sext" if sizes[value.kind] < sizes[kind] else "trunc"
        return self.do(f"{instruction} {value.kind} {value.text} to {kind}")

    def add(self, a: Value, b: Value) -> Value:
        """a + b."""
        found = self._whole("add", a, b, a.low + b.low, a.high + b.high)
        if a.is_constant != b.is_constant:
            constant, other = (a, b) if a.is_constant else (b, a)
            of = self._multiple(other)
            self._multiples[found.text] = _Multiple(of.times, of.value, of.plus + constant.low)
        return found

    def subtract(self, a: Value, b: Value) -> Value:
        """a − b."""
        found = self._whole("sub", a, b, a.low - b.high, a.high - b.low)
        if b.is_constant and not a.is_constant:
            of = self._multiple(a)
            self._multiples[found.text] = _Multiple(of.times, of.value, of.plus - b.low)
        elif a.is_constant and not b.is_constant:
            of = self._multiple(b)
            self._multiples[found.text] = _Multiple(-of.times, of.value, a.low - of.plus)
        return found

    def multiply(self, a: Value, b: Value) -> Value:
        """a × b."""
        if b.is_constant and b.low == b.high == 1:
            return a
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        found = self._whole("mul", a, b, min(corners), max(corners))
        if a.is_constant != b.is_constant:
            constant, other = (a, b) if a.is_constant else (b, a)
            of, by = self._multiple(other), constant.low
            self._multiples[found.text] = _Multiple(of.times * by, of.value, of.plus * by)
        return found

    def smaller(self, a: Value, b: Value) -> Value:
        """The smaller of two whole numbers."""
        return self._extreme("slt", a, b, min(a.low, b.low), min(a.high, b.high))

    def greater(self, a: Value, b: Value) -> Value:
        """The greater of two whole numbers."""
        return self._extreme("sgt", a, b, max(a.low, b.low), max(a.high, b.high))

    def negative(self, a: Value) -> Value:
        """−a."""
        return self.subtract(whole(0), a)

    def absolute(self, a: Value) -> Value:
        """|a|."""
        return a if a.low >= 0 else self.known(self.greater(a, self.negative(a)), 0, INT64)

    def floor_divide(self, a: Value, b: Value) -> Value:
        """⌊a / b⌋; where b is 0, anything, but no trap."""
        if b.high < 0:
            return self.floor_divide(self.negative(a), self.negative(b))
        if b.low < 0:
            below = self.compare("slt", b, whole(0))
            return self.floor_divide(self.select(below, self.negative(a), a), self.absolute(b))
        if not b.is_constant:
            b = self.greater(b, whole(1))
        if b.low == b.high == 1:
            return a
        corners = [x // y for x in (a.low, a.high) for y in (max(b.low, 1), max(b.high, 1))]
        low, high = min(corners), max(corners)
        if a.is_constant and b.is_constant:
            return whole(low)
        if b.is_constant:
            of = self._multiple(a)
            common = math.gcd(of.times, of.plus, b.low)
            if common > 1:
                less = self.add(self.multiply(of.value, whole(of.times // common)), whole(of.plus // common))
                return self.known(self.floor_divide(less, whole(b.low // common)), low, high)
        largest = max(abs(a.low), abs(a.high))
        if largest < _DIVIDED_IN_FLOAT and b.high < _DIVIDED_IN_FLOAT:
            return self._divide_float(a, b, low, high)
        if largest < _DIVIDED_IN_DOUBLE and b.high < _DIVIDED_IN_DOUBLE:
            return self._divide_double(a, b, low, high)
        return self._divide_whole(a, b, low, high)

    def modulo(self, a: Value, b: Value) -> Value:
        """a − b·⌊a / b⌋."""
        rest = self.subtract(a, self.multiply(b, self.floor_divide(a, b)))
        most = max(abs(b.low), abs(b.high), 1) - 1
        return self.known(rest, -most if b.low < 0 else 0, most if b.high > 0 else 0)

    def known(self, a: Value, low: int, high: int) -> Value:
        """The same number, of which the law of numbers tells closer bounds."""
        if a.is_constant:
            return a
        low, high = max(low, a.low), min(high, a.high)
        kind = width(low, high)
        return Value(self.cast(a, kind), kind, low, high)

    def bounded(self, a: Value, low: int, high: int) -> Value:
        """The number itself where it lies in the bounds, the nearer bound where not."""
        return self.smaller(self.greater(a, whole(low)), whole(high))

    def compare(self, relation: str, a: Value, b: Value) -> Value:
        """One of eq ne slt sle sgt sge between two whole numbers or truth values."""
        if a.kind == "double":
            return self._compared(relation, "double", a.text, b.text)
        if a.kind == b.kind == "i1":
            return Value(self.do(f"icmp {relation} i1 {a.text}, {b.text}"), "i1")
        known = _known(relation, a, b)
        if known is not None:
            return known
        kind = width(min(a.low, b.low), max(a.high, b.high))
        return self._compared(relation, kind, self.cast(a, kind), self.cast(b, kind))

    # -- truth values

    def both(self, a: Value, b: Value) -> Value:
        """a and b."""
        if FALSE in (a, b):
            return FALSE
        if TRUE in (a, b):
            return b if a == TRUE else a
        return Value(self.do(f"and i1 {a.text}, {b.text}"), "i1")

    def either(self, a: Value, b: Value) -> Value:
        """a or b."""
        if TRUE in (a, b):
            return TRUE
        if FALSE in (a, b):
            return b if a == FALSE else a
        return Value(self.do(f"or i1 {a.text}, {b.text}"), "i1")

    def negate(self, a: Value) -> Value:
        """Not a."""
        if a in (TRUE, FALSE):
            return FALSE if a == TRUE else TRUE
        return Value(self.do(f"xor i1 {a.text}, true"), "i1")

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        """a where the condition holds, else b."""
        if condition == TRUE or a == b:
            return a
        if condition == FALSE:
            return b
        if a.kind == "double":
            return Value(self.do(f"select i1 {condition.text}, double {a.text}, double {b.text}"), "double")
        if a.kind == b.kind == "i1":
            return Value(self.do(f"select i1 {condition.text}, i1 {a.text}, i1 {b.text}"), "i1")
        low, high = min(a.low, b.low), max(a.high, b.high)
        kind = width(low, high)
        then, otherwise, held = self.cast(a, kind), self.cast(b, kind), _in_llvm(kind)
        chosen = self.do(f"select i1 {condition.text}, {held} {then}, {held} {otherwise}")
        return Value(chosen, kind, low, high)

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

    def _whole(self, instruction: str, a: Value, b: Value, low: int, high: int) -> Value:
        low, high = _held(low, high)
        kind = width(low, high)
        if low == high and a.is_constant and b.is_constant:
            return whole(low)
        left, right = self.cast(a, kind), self.cast(b, kind)
        if kind == "real":
            return Value(self.do(f"f{instruction} double {left}, {right}"), kind, low, high)
        return Value(self.do(f"{instruction} {kind} {left}, {right}"), kind, low, high)

    def _compared(self, relation: str, kind: Kind, left: str, right: str) -> Value:
        if kind in ("real", "double"):
            return Value(self.do(f"fcmp {_ORDERED[relation]} double {left}, {right}"), "i1")
        return Value(self.do(f"icmp {relation} {kind} {left}, {right}"), "i1")

    def _extreme(self, relation: str, a: Value, b: Value, low: int, high: int) -> Value:
        kind = width(min(a.low, b.low), max(a.high, b.high))
        left, right = self.cast(a, kind), self.cast(b, kind)
        first, held = self._compared(relation, kind, left, right), _in_llvm(kind)
        chosen = self.do(f"select i1 {first.text}, {held} {left}, {held} {right}")
        return Value(chosen, kind, low, high)

    def _multiple(self, a: Value) -> "_Multiple":
        return self._multiples.get(a.text) or _Multiple(1, a, 0)

    def _sum(self, a: Value, limit: int) -> "_Multiple":
        """The number as another one plus a constant, where that one and the sum lie below the limit."""
        of = self._multiple(a)
        fits = of.times == 1 and max(abs(of.value.low), abs(of.value.high), abs(of.plus)) < limit
        return of if fits else _Multiple(1, a, 0)

    def _divide_float(self, a: Value, b: Value, low: int, high: int) -> Value:
        of = self._sum(a, _DIVIDED_IN_FLOAT)
        dividend = self.do(f"sitofp i32 {self.cast(of.value, 'i32')} to float")
        divisor = "" if b.is_constant else self.do(f"sitofp i32 {self.cast(b, 'i32')} to float")
        quotient = self._near_quotient("float", dividend, of.plus, b, divisor)
        if low < 0:
            quotient = self.do(f"call float @llvm.floor.f32(float {quotient})")
        return Value(self.do(f"freeze i32 {self.do(f'fptosi float {quotient} to i32')}"), "i32", low, high)

    def _divide_double(self, a: Value, b: Value, low: int, high: int) -> Value:
        divisor = "" if b.is_constant else self.cast(b, "real")
        of = self._sum(a, _DIVIDED_IN_DOUBLE)
        quotient = self._near_quotient("double", self.cast(of.value, "real"), of.plus, b, divisor)
        kind = width(low, high)
        if low < 0 or kind == "real":
            quotient = self.do(f"call double @llvm.floor.f64(double {quotient})")
        return Value(self.cast(Value(quotient, "real"), kind), kind, low, high)

    def _near_quotient(self, held: str, dividend: str, plus: int, b: Value, divisor: str) -> str:
        """(a + plus + ½) / b, near enough that rounding it down gives ⌊(a + plus) / b⌋."""
        middle = self.do(f"fadd {held} {dividend}, {floating(plus + 0.5).text}")
        if not b.is_constant:
            return self.do(f"fdiv {held} {middle}, {divisor}")
        part = 1 / b.low
        if held == "float":
            part = struct.unpack("f", struct.pack("f", part))[0]
        return self.do(f"fmul {held} {middle}, {floating(part).text}")

    def _divide_whole(self, a: Value, b: Value, low: int, high: int) -> Value:
        dividend, divisor = self.cast(a, "i64"), self.cast(b, "i64")
        if a.low >= 0:
            return Value(self.do(f"udiv i64 {dividend}, {divisor}"), "i64", low, high)
        sign = self.do(f"ashr i64 {dividend}, 63")
        flipped = self.do(f"xor i64 {dividend}, {sign}")
        quotient = self.do(f"udiv i64 {flipped}, {divisor}")
        return Value(self.do(f"xor i64 {quotient}, {sign}"), "i64", low, high)

    def _to_real(self, a: Value) -> str:
        if a.kind != "i64":
            return self.do(f"sitofp i32 {self.cast(a, 'i32')} to double")
        shifted = self.do(f"add i64 {a.text}, {_SHIFT_TO_DOUBLE}")
        return self.do(
            f"fsub double {self.do(f'bitcast i64 {shifted} to double')}, 0x{_SHIFT_TO_DOUBLE:016X}"
        )

    def _from_real(self, text: str, kind: Kind) -> str:
        """The bits of a whole number up to 2⁵¹; of what is wider, any bits but the same everywhere."""
        if kind == "i64":
            shifted = self.do(f"fadd double {text}, 0x{_SHIFT_TO_DOUBLE:016X}")
            return self.do(f"sub i64 {self.do(f'bitcast double {shifted} to i64')}, {_SHIFT_TO_DOUBLE}")
        number = self.do(f"freeze i32 {self.do(f'fptosi double {text} to i32')}")
        return number if kind == "i32" else self.do(f"trunc i32 {number} to {kind}")


def _known(relation: str, a: Value, b: Value) -> Value | None:
    """The answer that the bounds alone give."""
    if a.high < b.low:
        return TRUE if relation in ("ne", "slt", "sle") else FALSE
    if a.low > b.high:
        return TRUE if relation in ("ne", "sgt", "sge") else FALSE
    if relation == "sle" and a.high <= b.low:
        return TRUE
    if relation == "sge" and a.low >= b.high:
        return TRUE
    return None
