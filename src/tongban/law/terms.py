"""Typed operands of expressions: values, unrounded fractions, tables, and how one becomes another.

Fractions exist only here: a quotient stays numerator and denominator until a rounding makes it whole. Ranges
prove that nothing overflows 64 bits and that no divisor is zero.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

from tongban.law.ir import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    FLOAT,
    INT,
    MONTH,
    NONE,
    RATE,
    Const,
    Expr,
    Given,
    Kind,
    Let,
    Local,
    Op,
    OptionalType,
    Range,
    RuleValue,
    Select,
    Text,
    Type,
)
from tongban.law.parameters import Parameter
from tongban.law.ranges import MOST_ITEMS
from tongban.law.values import Date

INT64 = Range(-(2**63) + 1, 2**63 - 1)
LIMITS: dict[Type, Range] = {
    INT: INT64,
    FEN: INT64,
    RATE: INT64,
    MONTH: Range(12, 9999 * 12 + 11),
    DATE: Range(Date("0001-01-01").ordinal, Date("9999-12-31").ordinal),
    DATETIME: Range(Date("0001-01-01").ordinal * 1440, Date("9999-12-31").ordinal * 1440 + 1440),
    FLOAT: Range(float("-inf"), float("inf")),
}
ORDERED = (INT, FLOAT, MONTH, DATE, DATETIME, FEN, RATE)
BOOLEAN = Range(0, 1)


class Refusal(Exception):
    """Something the language does not admit, by its name in the catalogue; the caller knows its place."""

    def __init__(self, mistake: str, /, **said: object) -> None:
        super().__init__(mistake)
        self.mistake = mistake
        self.said = said


@dataclass(frozen=True)
class Term:
    """An expression with its type and, for numbers, what it can be; for lists, what their numbers can be.

    `most` is the greatest number of items a list can have; `never_zero` that a whole number is not zero.
    """

    expr: Expr
    type: Type
    range: Range | None = None
    most: int = MOST_ITEMS
    never_zero: bool = False


@dataclass(frozen=True)
class Exact:
    """A fraction that is not rounded yet; `unit` is INT for a number, FEN for money."""

    num: Term
    den: Term
    unit: Type


@dataclass(frozen=True)
class TableOf:
    """A parameter with keys, at a day."""

    parameter: Parameter
    at: Expr | None


@dataclass(frozen=True)
class SetOf:
    """A parameter that is a set, at a day."""

    parameter: Parameter
    at: Expr | None


@dataclass(frozen=True)
class DatedOf:
    """A parameter to be looked up at a day that the rule says."""

    parameter: Parameter


@dataclass(frozen=True)
class Constants:
    """A tuple of constants."""

    items: tuple[Term, ...]


Operand = Term | Exact | TableOf | SetOf | DatedOf | Constants


def constant(value: bool | int | float | str | None, kind: Type) -> Term:
    """Give a constant as a term."""
    number = isinstance(value, int | float) and kind in LIMITS
    return Term(
        Const(value, kind),
        kind,
        Range(value, value) if number and value is not None and not isinstance(value, str) else None,
    )


def whole(value: int) -> Term:
    """Give a whole number as a term."""
    return constant(value, INT)


def made(op: str, args: tuple[Term, ...], kind: Type, found: Range | None = None) -> Term:
    """Give an operation as a term; Refusal when its range does not fit its type."""
    term = Term(Op(op, tuple(arg.expr for arg in args), kind), kind, found)
    return fitting(term)


def fitting(term: Term) -> Term:
    """Give the term back; Refusal when its range does not fit its type."""
    limit = LIMITS.get(term.type)
    if limit is None or term.range is None or (limit.low <= term.range.low and term.range.high <= limit.high):
        return term
    names = sorted({one.name for one in walk(term.expr) if isinstance(one, Given | RuleValue)})
    timed = term.type in (MONTH, DATE, DATETIME)
    raise Refusal(
        "overflow/date" if timed else "overflow", names=", ".join(names) or Text("这里所用的事项", "it")
    )


def walk(expr: object) -> Iterator[object]:
    """Give every part of an expression."""
    stack: list[object] = [expr]
    while stack:
        one = stack.pop()
        if isinstance(one, tuple):
            stack.extend(one)
        elif is_dataclass(one) and not isinstance(one, type | Kind):
            yield one
            stack.extend(getattr(one, f.name) for f in fields(one) if f.name != "type")


def plain(operand: Operand) -> Term:
    """Give a term that is a value; Refusal for tables, sets, unrounded fractions and missing values."""
    match operand:
        case Term(type=OptionalType() | Kind(name="none")):
            raise Refusal("maybe-missing")
        case Term():
            return operand
        case Exact(unit=unit):
            raise Refusal("not-rounded/money" if unit == FEN else "not-rounded/number")
        case TableOf() | DatedOf():
            raise Refusal(
                "table-value/dated" if isinstance(operand, DatedOf) else "table-value",
                name=operand.parameter.name,
            )
        case SetOf():
            raise Refusal("set-value", name=operand.parameter.name)
        case Constants():
            raise Refusal("tuple-value")


def conjunction(op: str, terms: list[Term]) -> Term:
    """Join conditions by "and" or "or"."""
    result = terms[0]
    for term in terms[1:]:
        result = made(op, (result, term), BOOL, BOOLEAN)
    return result


def to_float(term: Term) -> Term:
    """Give the number as a float."""
    if term.type == FLOAT:
        return term
    if term.type != INT:
        raise Refusal("mixed-types/number", type=term.type)
    return made("to_float", (term,), FLOAT, term.range)


def condition(operand: Operand) -> Term:
    """Give a condition; Refusal when it is not a bool."""
    term = plain(operand)
    if term.type != BOOL:
        raise Refusal("not-bool", type=term.type)
    return term


def select(test: Term, then: Operand, otherwise: Operand, line: int) -> Term:
    """Choose by a condition between values of one type."""
    left, right = value(then), value(otherwise)
    kind = joined(left.type, right.type)
    found = left.range.join(right.range) if left.range and right.range else None
    left, right = fit(left, kind), fit(right, kind)
    return Term(
        Select(test.expr, left.expr, right.expr, kind, line), kind, found or left.range or right.range
    )


def value(operand: Operand) -> Term:
    """Give a term that may also be a missing value."""
    return operand if isinstance(operand, Term) else plain(operand)


def joined(left: Type, right: Type) -> Type:
    """Give the type that holds both; Refusal when there is none."""
    if left == right:
        return left
    bare = [one.item if isinstance(one, OptionalType) else one for one in (left, right)]
    known = [one for one in bare if one != NONE]
    if len(set(known)) == 1:
        return OptionalType(known[0])
    if not known:
        return NONE
    if set(known) == {INT, FLOAT} and left in (INT, FLOAT) and right in (INT, FLOAT):
        return FLOAT
    raise Refusal("branch-types", left=left, right=right)


def fit(operand: Operand, kind: Type) -> Term:
    """Give the operand as that type: int as float, a value as maybe-missing; Refusal otherwise."""
    term = value(operand)
    if term.type == kind:
        return term
    if kind == FLOAT and term.type == INT:
        return to_float(term)
    if isinstance(kind, OptionalType):
        if term.type == NONE:
            return Term(Const(None, kind), kind)
        if term.type == kind.item or (kind.item == FLOAT and term.type == INT):
            return Term(Op("some", (fit(term, kind.item).expr,), kind), kind, term.range)
    if isinstance(term.type, OptionalType):
        raise Refusal("maybe-missing/annotation", type=kind)
    raise Refusal("wrong-type", wanted=kind, type=term.type)


def named(name: str, term: Term) -> Term:
    """Give the local name that holds the term."""
    return Term(Local(name, term.type), term.type, term.range)


def let(name: str, bound: Term, body: Term) -> Term:
    """Bind a name in a body."""
    return Term(Let(name, bound.expr, body.expr, body.type), body.type, body.range)
