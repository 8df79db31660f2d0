"""Operands of straight-line LLVM assembly: numbers with the interval they lie in, and how they are held.

The interval decides how a whole number is held: in 32 bits, else as a double where a double is exact
(processors multiply, divide and compare those in lanes), else in 64 bits.
"""

import struct
from dataclasses import dataclass
from typing import Literal

# "real" is a whole number held in a double; "double" is a number with a fraction.
Kind = Literal["i1", "i8", "i16", "i32", "i64", "real", "double"]

INT32 = 2**31 - 1
INT64 = 2**63 - 1
# Up to here a whole number is held in a double: it can be shifted into the lower bits and back.
EXACT_DOUBLE = 2**51
_SHIFT_TO_DOUBLE = 0x4338000000000000
WHOLE_KINDS: dict[str, Kind] = {"i8": "i8", "i16": "i16", "i32": "i32", "i64": "i64"}
"""The widths in which whole numbers lie in memory, by their names in LLVM."""
_SIZES = {"i1": 1, "i8": 8, "i16": 16, "i32": 32, "i64": 64}


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


TRUE = Value("true", "i1", 1, 1)
FALSE = Value("false", "i1", 0, 0)


def width(low: int, high: int) -> Kind:
    """How every number from `low` to `high` is held; what needs more than 64 bits wraps, and is not used."""
    if low >= -INT32 - 1 and high <= INT32:
        return "i32"
    return "real" if low > -EXACT_DOUBLE and high < EXACT_DOUBLE else "i64"


def in_llvm(kind: Kind) -> str:
    """The type's name in LLVM."""
    return "double" if kind == "real" else kind


def whole(number: int) -> Value:
    """A constant whole number."""
    return Value(str(number), width(number, number), number, number)


def floating(number: float) -> Value:
    """A constant with a fraction."""
    return Value(f"0x{struct.pack('>d', number).hex().upper()}", "double")


@dataclass(frozen=True)
class _Made:
    """What a number in 32 bits was made of."""

    instruction: str
    left: Value
    right: Value


class Operands:
    """The body of a function, one instruction a line, and the other forms in which its numbers are at hand.

    A number in 32 bits that came out of doubles, or can be made again of such, goes back into a double that
    way: converting between the two costs a processor more than a sum.
    """

    def __init__(self, prefix: str = "v") -> None:
        self.lines: list[str] = []
        self._prefix = prefix
        self._names = 0
        self._made: dict[str, _Made] = {}
        self._reals: dict[str, str] = {}
        self._unrounded: dict[str, str] = {}

    def do(self, instruction: str) -> str:
        """Add an instruction with a result; give the result's name."""
        self._names += 1
        name = f"%{self._prefix}{self._names}"
        self.lines.append(f"  {name} = {instruction}")
        return name

    def cast(self, value: Value, kind: Kind) -> str:
        """The operand text of a whole number or truth value in this type."""
        if value.is_constant and value.kind != "i1":
            return floating(float(value.low)).text if kind == "real" else value.text
        if value.kind == kind:
            return value.text
        if value.kind == "real":
            text = self._from_real(value.text, kind)
            if kind == "i32":
                self._reals[text] = value.text
            return text
        if kind == "real":
            return self._to_real(value)
        if value.kind == "i1":
            if value.is_constant:
                return str(value.low)
            return self.do(f"zext i1 {value.text} to {kind}")
        instruction = "sext" if _SIZES[value.kind] < _SIZES[kind] else "trunc"
        return self.do(f"{instruction} {value.kind} {value.text} to {kind}")

    def remember_made(self, text: str, instruction: str, left: Value, right: Value) -> None:
        """Keep that a number in 32 bits is the sum, difference or product (add, sub, mul) of two others."""
        self._made[text] = _Made(instruction, left, right)

    def whole_part(self, quotient: str, low: int, high: int) -> Value:
        """⌊quotient⌋ of a double of which the whole part lies in the bounds."""
        kind = width(low, high)
        if low >= 0 and kind == "i32":
            number = self._from_real(quotient, kind)
            self._unrounded[number] = quotient
            return Value(number, kind, low, high)
        return Value(self.cast(Value(self._floor(quotient), "real"), kind), kind, low, high)

    def _floor(self, text: str) -> str:
        return self.do(f"call double @llvm.floor.f64(double {text})")

    def _to_real(self, a: Value) -> str:
        if a.kind == "i64":
            shifted = self.do(f"add i64 {a.text}, {_SHIFT_TO_DOUBLE}")
            return self.do(
                f"fsub double {self.do(f'bitcast i64 {shifted} to double')}, 0x{_SHIFT_TO_DOUBLE:016X}"
            )
        text = self.cast(a, "i32")
        found = self._reals.get(text)
        if found is None:
            found = self._reals[text] = self._real_of(text)
        return found

    def _real_of(self, text: str) -> str:
        unrounded, made = self._unrounded.get(text), self._made.get(text)
        if unrounded is not None:
            return self._floor(unrounded)
        if made is not None and (self._is_at_hand(made.left) or self._is_at_hand(made.right)):
            left, right = self.cast(made.left, "real"), self.cast(made.right, "real")
            return self.do(f"f{made.instruction} double {left}, {right}")
        return self.do(f"sitofp i32 {text} to double")

    def _is_at_hand(self, a: Value) -> bool:
        return a.kind == "real" or a.text in self._reals or a.text in self._unrounded

    def _from_real(self, text: str, kind: Kind) -> str:
        """The bits of a whole number up to 2⁵¹; of what is wider, any bits but the same everywhere."""
        if kind == "i64":
            shifted = self.do(f"fadd double {text}, 0x{_SHIFT_TO_DOUBLE:016X}")
            return self.do(f"sub i64 {self.do(f'bitcast double {shifted} to i64')}, {_SHIFT_TO_DOUBLE}")
        number = self.do(f"freeze i32 {self.do(f'fptosi double {text} to i32')}")
        return number if kind == "i32" else self.do(f"trunc i32 {number} to {kind}")
