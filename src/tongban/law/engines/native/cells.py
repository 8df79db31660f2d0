"""Reads one cell of a table in native code: the number in it, and whether the fact admits such a number.

Whether it lies outside is told by a truth value or, cheaper where there are many facts, by a number in 32 or
64 bits that is negative then: those of all facts are joined bit by bit and looked at once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from tongban.law import ir
from tongban.law.engines.native.assembly import Assembly
from tongban.law.engines.native.lower import encode
from tongban.law.engines.native.operands import (
    FALSE,
    INT32,
    INT64,
    TRUE,
    WHOLE_KINDS,
    Kind,
    Value,
    floating,
    whole,
)
from tongban.law.engines.native.shapes import Shape
from tongban.law.engines.program import Fact, Program, plain
from tongban.law.tables.columns import UNREADABLE

# Up to so many different texts in a column are told apart by choosing.
FEW_CODES = 4
_KINDS: tuple[Kind, ...] = ("i64", "i32", "i1")


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
                return value, either_outside(code, outside, _overflown(code, fact, low, high))
            case "few codes":
                return self._coded(code, fact, self._few(code, fact, shape.stored, index))
            case "code":
                stored = self.load(code, name, shape.stored, index)
                position = code.do(f"zext {shape.stored} {stored} to i64")
                numbers = self._pointer(f"numbers_{fact.name}")
                at = code.do(f"getelementptr inbounds i32, ptr {numbers}, i64 {position}")
                return self._coded(code, fact, code.do(f"load i32, ptr {at}, align 4"))
        return self._checked(code, fact, shape.stored, self.load(code, name, shape.stored, index))

    def _coded(self, code: Assembly, fact: Fact, number: str) -> tuple[Value, Value]:
        """What a code stands for: within the bounds of the fact, or UNREADABLE, which is negative."""
        if fact.one_of or fact.low < 0:
            return self._checked(code, fact, "i32", number)
        return Value(number, "i32", int(fact.low), int(fact.high)), _any_sign("i32", number)

    def _month(self, code: Assembly, fact: Fact, stored: str, loaded: str) -> tuple[Value, Value]:
        """A month written YYYYMM."""
        low, high = int(fact.low), int(fact.high)
        first, last = (bound // 12 * 100 + bound % 12 + 1 for bound in (low, high))
        beyond = _beyond(code, _any_number(stored, loaded), first, last)
        raw = code.known(_any_number(stored, loaded), first, last)
        year = code.floor_divide(raw, whole(100))
        number = code.subtract(raw, code.multiply(year, whole(100)))
        month = code.subtract(raw, code.add(code.multiply(year, whole(88)), whole(1)))
        return code.known(month, low, high), either_outside(code, _beyond(code, number, 1, 12), beyond)

    def _few(self, code: Assembly, fact: Fact, stored: str, index: str) -> str:
        """What one of a few codes stands for: chosen, since lanes that look up at once are slow."""
        given = self.load(code, f"fact_{fact.name}", stored, index)
        chosen, numbers = str(UNREADABLE), self._pointer(f"numbers_{fact.name}")
        for one in range(FEW_CODES):
            at = code.do(f"getelementptr inbounds i32, ptr {numbers}, i64 {one}")
            number = code.do(f"load i32, ptr {at}, align 4")
            is_one = code.do(f"icmp eq {stored} {given}, {one}")
            chosen = code.do(f"select i1 {is_one}, i32 {number}, i32 {chosen}")
        return chosen

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
        if raw.kind == "i64" and not raw.is_constant:
            return Value(raw.text, "i64", max(low, raw.low), min(high, raw.high)), outside
        return code.known(raw, low, high), outside


@dataclass
class Refusals:
    """Why a person may be refused, joined in as few numbers as there are widths."""

    code: Assembly
    _by_kind: dict[Kind, Value] = field(default_factory=dict)

    def add(self, outside: Value) -> None:
        """Refuse too whom this is true of, or negative for."""
        before = self._by_kind.get(outside.kind, FALSE)
        self._by_kind[outside.kind] = either_outside(self.code, before, outside)

    def any(self) -> Value:
        """Whether the person is refused for one reason or another, as a truth value."""
        refused = FALSE
        for kind in _KINDS:
            refused = either_outside(self.code, refused, self._by_kind.get(kind, FALSE))
        return is_outside(self.code, refused)


def either_outside(code: Assembly, one: Value, other: Value) -> Value:
    """Whether one or the other is outside."""
    if FALSE in (one, other):
        return one if other == FALSE else other
    if "i1" in (one.kind, other.kind):
        return code.either(is_outside(code, one), is_outside(code, other))
    if one.kind != other.kind:
        one, other = (_upper_half(code, each) for each in (one, other))
    return _any_sign(one.kind, code.do(f"or {one.kind} {one.text}, {other.text}"))


def is_outside(code: Assembly, outside: Value) -> Value:
    """The same as a truth value."""
    if outside.kind == "i1":
        return outside
    return Value(code.do(f"icmp slt {outside.kind} {outside.text}, 0"), "i1")


def _beyond(code: Assembly, number: Value, low: int, high: int) -> Value:
    """Whether a number lies outside: u = number − low or high − low − u is negative then, in as many bits."""
    low, high = max(low, number.low), min(high, number.high)
    if low > high or (low, high) == (number.low, number.high):
        return TRUE if low > high else FALSE
    kind: Kind = "i64" if number.kind == "i64" else "i32"
    if number.kind == "real" or high - low > (INT64 if kind == "i64" else INT32):
        within = code.both(code.compare("sge", number, whole(low)), code.compare("sle", number, whole(high)))
        return code.negate(within)
    above = code.cast(number, kind)
    if low:
        above = code.do(f"sub {kind} {above}, {low}")
    below = code.do(f"sub {kind} {high - low}, {above}")
    return _any_sign(kind, code.do(f"or {kind} {above}, {below}"))


def _overflown(code: Assembly, fact: Fact, low: str, high: str) -> Value:
    """Whether a decimal is wider than its lower half: the upper half is not the sign of the lower one.

    Where a negative number lies outside anyhow, the upper half need only be 0.
    """
    if int(fact.low) < 0:
        sign = code.do(f"ashr i64 {low}, 63")
        high = code.do(f"xor i64 {high}, {sign}")
    return _any_sign("i64", code.do(f"or i64 {high}, {code.do(f'sub i64 0, {high}')}"))


def _upper_half(code: Assembly, outside: Value) -> Value:
    if outside.kind != "i64":
        return outside
    upper = code.do(f"lshr i64 {outside.text}, 32")
    return _any_sign("i32", code.do(f"trunc i64 {upper} to i32"))


def _any_sign(kind: Kind, text: str) -> Value:
    most = INT64 if kind == "i64" else INT32
    return Value(text, kind, -most - 1, most)


def _any_number(stored: str, loaded: str) -> Value:
    """A number from memory, of which nothing is known yet."""
    bits = int(stored[1:])
    return Value(loaded, WHOLE_KINDS[stored], -(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
