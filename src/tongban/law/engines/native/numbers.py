"""Sums, products, comparisons and choices in straight-line LLVM assembly.

Nothing here branches or traps, whatever the bits of an input are.
"""

from dataclasses import dataclass

from tongban.law.engines.native.operands import (
    FALSE,
    INT64,
    TRUE,
    Kind,
    Operands,
    Value,
    in_llvm,
    whole,
    width,
)

_ORDERED = {"eq": "oeq", "ne": "une", "slt": "olt", "sle": "ole", "sgt": "ogt", "sge": "oge"}


@dataclass(frozen=True)
class Multiple:
    """times × value + plus: what a number was made of."""

    times: int
    value: Value
    plus: int


@dataclass(frozen=True)
class Choice:
    """then or otherwise: what a number was chosen of, both constants or choices themselves."""

    condition: Value
    then: Value
    otherwise: Value


class Numbers(Operands):
    """Adds instructions on whole numbers and truth values; each method gives the result."""

    def __init__(self, prefix: str = "v") -> None:
        super().__init__(prefix)
        self._multiples: dict[str, Multiple] = {}
        self._choices: dict[str, Choice] = {}

    def add(self, a: Value, b: Value) -> Value:
        """a + b."""
        found = self._whole("add", a, b, a.low + b.low, a.high + b.high)
        if a.is_constant != b.is_constant:
            constant, other = (a, b) if a.is_constant else (b, a)
            of = self.multiple(other)
            self._multiples[found.text] = Multiple(of.times, of.value, of.plus + constant.low)
        return found

    def subtract(self, a: Value, b: Value) -> Value:
        """a − b."""
        found = self._whole("sub", a, b, a.low - b.high, a.high - b.low)
        if b.is_constant and not a.is_constant:
            of = self.multiple(a)
            self._multiples[found.text] = Multiple(of.times, of.value, of.plus - b.low)
        elif a.is_constant and not b.is_constant:
            of = self.multiple(b)
            self._multiples[found.text] = Multiple(-of.times, of.value, a.low - of.plus)
        return found

    def multiply(self, a: Value, b: Value) -> Value:
        """a × b."""
        if b.is_constant and b.low == b.high == 1:
            return a
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
        found = self._whole("mul", a, b, min(corners), max(corners))
        if a.is_constant != b.is_constant:
            constant, other = (a, b) if a.is_constant else (b, a)
            of, by = self.multiple(other), constant.low
            self._multiples[found.text] = Multiple(of.times * by, of.value, of.plus * by)
        return found

    def smaller(self, a: Value, b: Value) -> Value:
        """The smaller of two whole numbers."""
        if a.high <= b.low or b.high <= a.low:
            return a if a.high <= b.low else b
        return self._extreme("slt", a, b, min(a.low, b.low), min(a.high, b.high))

    def greater(self, a: Value, b: Value) -> Value:
        """The greater of two whole numbers."""
        if a.low >= b.high or b.low >= a.high:
            return a if a.low >= b.high else b
        return self._extreme("sgt", a, b, max(a.low, b.low), max(a.high, b.high))

    def negative(self, a: Value) -> Value:
        """−a."""
        return self.subtract(whole(0), a)

    def absolute(self, a: Value) -> Value:
        """|a|."""
        return a if a.low >= 0 else self.known(self.greater(a, self.negative(a)), 0, INT64)

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

    def forced(self, a: Value, low: int, high: int) -> Value:
        """The number brought into the bounds even if it is said to lie there: refused facts say so too."""
        above = self._extreme("sgt", a, whole(low), low, max(a.high, low))
        return self._extreme("slt", above, whole(high), low, high)

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
        then, otherwise, held = self.cast(a, kind), self.cast(b, kind), in_llvm(kind)
        chosen = self.do(f"select i1 {condition.text}, {held} {then}, {held} {otherwise}")
        if all(one.is_constant or one.text in self._choices for one in (a, b)):
            self._choices[chosen] = Choice(condition, a, b)
        return Value(chosen, kind, low, high)

    # -- the rest

    def _whole(self, instruction: str, a: Value, b: Value, low: int, high: int) -> Value:
        low, high = _held(low, high)
        kind = width(low, high)
        if low == high and a.is_constant and b.is_constant:
            return whole(low)
        left, right = self.cast(a, kind), self.cast(b, kind)
        if kind == "real":
            return Value(self.do(f"f{instruction} double {left}, {right}"), kind, low, high)
        text = self.do(f"{instruction} {kind} {left}, {right}")
        if kind == "i32":
            self.remember_made(text, instruction, a, b)
        return Value(text, kind, low, high)

    def _compared(self, relation: str, kind: Kind, left: str, right: str) -> Value:
        if kind in ("real", "double"):
            return Value(self.do(f"fcmp {_ORDERED[relation]} double {left}, {right}"), "i1")
        return Value(self.do(f"icmp {relation} {kind} {left}, {right}"), "i1")

    def _extreme(self, relation: str, a: Value, b: Value, low: int, high: int) -> Value:
        kind = width(min(a.low, b.low), max(a.high, b.high))
        left, right = self.cast(a, kind), self.cast(b, kind)
        first, held = self._compared(relation, kind, left, right), in_llvm(kind)
        chosen = self.do(f"select i1 {first.text}, {held} {left}, {held} {right}")
        return Value(chosen, kind, low, high)

    def multiple(self, a: Value) -> Multiple:
        """What the number is a multiple of, at least once itself."""
        return self._multiples.get(a.text) or Multiple(1, a, 0)

    def choice(self, a: Value) -> Choice | None:
        """What constants the number was chosen of."""
        return self._choices.get(a.text)


def _held(low: int, high: int) -> tuple[int, int]:
    """The bounds, or those of 64 bits where a number may have wrapped."""
    return (low, high) if low >= -INT64 - 1 and high <= INT64 else (-INT64 - 1, INT64)


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
