"""What a condition says about names where it holds: a value is there, a range is tighter."""

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from tongban.law.ir import (
    FLOAT,
    Op,
    OptionalType,
    Range,
)
from tongban.law.scope import Scope
from tongban.law.terms import (
    Term,
)

if TYPE_CHECKING:
    from tongban.law.expressions import Lowering

COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
}
_MIRROR = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
_NEGATED = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}


def narrowed(lowering: "Lowering", node: ast.expr, scope: Scope, *, holds: bool) -> Scope:
    """Give the scope in which the condition holds (or does not): present values, tighter ranges."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return narrowed(lowering, operand, scope, holds=not holds)
        case ast.BoolOp(op=op, values=values) if isinstance(op, ast.And) == holds:
            for value in values:
                scope = narrowed(lowering, value, scope, holds=holds)
            return scope
        case ast.Compare(
            left=left, ops=[ast.Is() | ast.IsNot() as op], comparators=[ast.Constant(value=None)]
        ):
            return _present(left, scope) if isinstance(op, ast.IsNot) == holds else scope
        case ast.Compare(left=left, ops=signs, comparators=others) if holds or len(signs) == 1:
            for sign, other in zip(signs, others, strict=True):
                scope = _tightened(lowering, left, sign, other, scope, holds=holds)
                left = other
    return scope


def _present(node: ast.expr, scope: Scope) -> Scope:
    if not isinstance(node, ast.Name):
        return scope
    operand = scope.names.get(node.id)
    if isinstance(operand, Term) and isinstance(operand.type, OptionalType):
        item = operand.type.item
        return scope.with_names({node.id: Term(Op("unwrap", (operand.expr,), item), item, operand.range)})
    return scope


def _tightened(
    lowering: "Lowering", left: ast.expr, op: ast.cmpop, right: ast.expr, scope: Scope, *, holds: bool
) -> Scope:
    if type(op) not in COMPARISONS:
        return scope
    sign = COMPARISONS[type(op)]
    sign = sign if holds else _NEGATED[sign]
    for one, other, direction in ((left, right, sign), (right, left, _MIRROR[sign])):
        if isinstance(one, ast.Name):
            scope = _bounded(lowering, one.id, direction, other, scope)
    return scope


def _bounded(lowering: "Lowering", name: str, sign: str, other: ast.expr, scope: Scope) -> Scope:
    term, limit = scope.names.get(name), lowering.lower(other, scope)
    if not isinstance(term, Term) or not isinstance(limit, Term) or term.range is None or limit.range is None:
        return scope
    step = 0 if term.type == FLOAT else 1
    low, high = term.range.low, term.range.high
    if sign in ("lt", "le", "eq"):
        high = min(high, limit.range.high - (step if sign == "lt" else 0))
    if sign in ("gt", "ge", "eq"):
        low = max(low, limit.range.low + (step if sign == "gt" else 0))
    if sign == "ne" and limit.range.low == limit.range.high and step:
        term = replace(term, never_zero=term.never_zero or limit.range.low == 0)
        low, high = low + (low == limit.range.low), high - (high == limit.range.low)
    if low > high:
        return scope
    return scope.with_names({name: replace(term, range=Range(low, high))})
