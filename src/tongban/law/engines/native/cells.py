"""Reads one cell of a table in native code: the number in it, and whether the fact admits such a number.

Whether it lies outside is told by a truth value or, cheaper where there are many facts, by a number in
32 bits that is negative then: those of all facts are joined bit by bit and looked at once.
"""

from collections.abc import Callable

from tongban.law import ir
from tongban.law.engines.native.assembly import Assembly
from tongban.law.engines.native.lower import encode
from tongban.law.engines.native.operands import FALSE, INT32, TRUE, Value, floating, whole
from tongban.law.engines.native.shapes import Shape
from tongban.law.engines.program import Fact, Program, plain

_LATEST_MONTH = 999_999


class Cells:
    """Adds loads to some assembly; `pointer` gives the name of a column."""

    def __init__(self, program: Program, pointer: Callable[[str], str]) -> None:
        self._program = program
        self._pointer = pointer

    def load(self, code: Assembly, pointer: str, stored: str, index: str) -> str:
        """What is stored in a column at an index."""
        at = code.do(f"getelementptr inbounds {stored}, ptr {self._pointer(pointer)}, i64 %{index}")
        return code.do(f"load {stored}, ptr {at}, align 1")

    def number(self, code: Assembly, fact: Fact, shape: Shape, index: str) -> tuple[Value, Value]:
        """The number in a cell, and whether it cannot be read or leaves the bounds of the fact."""
        name = f"fact_{fact.name}"
        match shape.form:
            case "month":
                return self._month(code, fact, shape.stored, self.load(code, name, shape.stored, index))
            case "decimal":
                low, high = self._halves(code, name, index)
                value, outside = self._checked(code, fact, "i64", low)
                sign = code.do(f"ashr i64 {low}, 63")
                overflown = Value(code.do(f"icmp ne i64 {high}, {sign}"), "i1")
                return value, either_outside(code, outside, overflown)
            case "code":
                stored = self.load(code, name, shape.stored, index)
                position = code.do(f"zext {shape.stored} {stored} to i64")
                numbers = self._pointer(f"numbers_{fact.name}")
                at = code.do(f"getelementptr inbounds i32, ptr {numbers}, i64 {position}")
                return self._checked(code, fact, "i32", code.do(f"load i32, ptr {at}, align 4"))
        return self._checked(code, fact, shape.stored, self.load(code, name, shape.stored, index))

    def _month(self, code: Assembly, fact: Fact, stored: str, loaded: str) -> tuple[Value, Value]:
        """A month written YYYYMM."""
        raw = code.bounded(_any_number(stored, loaded), 0, _LATEST_MONTH)
        year = code.floor_divide(raw, whole(100))
        number = code.subtract(raw, code.multiply(year, whole(100)))
        month = code.subtract(code.add(code.multiply(year, whole(12)), number), whole(1))
        low, high = int(fact.low), int(fact.high)
        no_month, beyond = _beyond(code, number, 1, 12), _beyond(code, month, low, high)
        return code.known(month, low, high), either_outside(code, no_month, beyond)

    def _halves(self, code: Assembly, pointer: str, index: str) -> tuple[str, str]:
        """The two halves of a decimal, the lower first."""
        first = code.do(f"shl nuw nsw i64 %{index}, 1")
        second = code.do(f"or disjoint i64 {first}, 1")
        places = (
            code.do(f"getelementptr inbounds i64, ptr {self._pointer(pointer)}, i64 {one}")
            for one in (first, second)
        )
        low, high = (code.do(f"load i64, ptr {place}, align 1") for place in places)
        return low, high

    def _checked(self, code: Assembly, fact: Fact, stored: str, loaded: str) -> tuple[Value, Value]:
        """The number with the bounds of the fact, and whether it leaves them."""
        if plain(fact.type) == ir.BOOL:
            return Value(code.do(f"icmp ne {stored} {loaded}, 0"), "i1"), FALSE
        if stored == "double":
            value = Value(loaded, "double")
            above = code.compare("sge", value, floating(fact.low))
            return value, code.negate(code.both(above, code.compare("sle", value, floating(fact.high))))
        raw = _any_number(stored, loaded)
        low, high = int(fact.low), int(fact.high)
        outside = _beyond(code, raw, low, high)
        if fact.one_of:
            allowed = FALSE
            for one in fact.one_of:
                allowed = code.either(allowed, code.compare("eq", raw, encode(self._program, one)))
            outside = either_outside(code, outside, code.negate(allowed))
        return code.known(raw, low, high), outside


def either_outside(code: Assembly, one: Value, other: Value) -> Value:
    """Whether one or the other is outside."""
    if FALSE in (one, other):
        return one if other == FALSE else other
    if one.kind == other.kind == "i32":
        return _any_sign(code.do(f"or i32 {one.text}, {other.text}"))
    return code.either(is_outside(code, one), is_outside(code, other))


def is_outside(code: Assembly, outside: Value) -> Value:
    """The same as a truth value."""
    return outside if outside.kind == "i1" else Value(code.do(f"icmp slt i32 {outside.text}, 0"), "i1")


def _beyond(code: Assembly, number: Value, low: int, high: int) -> Value:
    """Whether a number lies outside: u = number − low or high − low − u is negative then, in 32 bits."""
    if number.kind not in ("i8", "i16", "i32") or high - low > INT32:
        within = code.both(code.compare("sge", number, whole(low)), code.compare("sle", number, whole(high)))
        return code.negate(within)
    low, high = max(low, number.low), min(high, number.high)
    if low > high:
        return TRUE
    if (low, high) == (number.low, number.high):
        return FALSE
    above = code.cast(number, "i32")
    if low:
        above = code.do(f"sub i32 {above}, {low}")
    below = code.do(f"sub i32 {high - low}, {above}")
    return _any_sign(code.do(f"or i32 {above}, {below}"))


def _any_sign(text: str) -> Value:
    return Value(text, "i32", -INT32 - 1, INT32)


def _any_number(stored: str, loaded: str) -> Value:
    """A number from memory, of which nothing is known yet."""
    bits = int(stored[1:])
    return Value(loaded, stored, -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)  # type: ignore[arg-type]
