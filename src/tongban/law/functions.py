"""Functions a rule may call on single values: min, max, abs, float and the declared roundings."""

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from tongban.law import arithmetic, terms
from tongban.law.ir import FEN, Const
from tongban.law.scope import Scope
from tongban.law.terms import Operand, Refusal

if TYPE_CHECKING:
    from tongban.law.expressions import Lowering

_ROUND = {"round_half_up": "half_up", "round_half_even": "half_even", "round_up": "up", "round_down": "down"}


def _rounding(mode: str) -> Callable[["Lowering", ast.Call, Scope], Operand]:
    def found(lowering: "Lowering", node: ast.Call, scope: Scope) -> Operand:
        if len(node.args) != 1:
            raise Refusal("arguments/rounding")
        to = 1
        for keyword in node.keywords:
            to = _step(lowering, keyword, scope)
        return arithmetic.rounded(mode, lowering.lower(node.args[0], scope), to)

    return found


def _step(lowering: "Lowering", keyword: ast.keyword, scope: Scope) -> int:
    step = lowering.term(keyword.value, scope)
    if keyword.arg == "to" and step.type == FEN and isinstance(step.expr, Const):
        fen = step.expr.value
        if isinstance(fen, int) and fen > 0:
            return fen
    raise Refusal("round/step")


def _min_max(lowering: "Lowering", node: ast.Call, scope: Scope) -> Operand:
    assert isinstance(node.func, ast.Name)
    if node.keywords:
        raise Refusal("arguments/min-max")
    return arithmetic.extreme(node.func.id, [lowering.lower(argument, scope) for argument in node.args])


def _abs(lowering: "Lowering", node: ast.Call, scope: Scope) -> Operand:
    if len(node.args) != 1:
        raise Refusal("arguments/abs")
    return arithmetic.absolute(lowering.lower(node.args[0], scope))


def _float(lowering: "Lowering", node: ast.Call, scope: Scope) -> Operand:
    if len(node.args) != 1:
        raise Refusal("arguments/float")
    return terms.to_float(lowering.term(node.args[0], scope))


FUNCTIONS: dict[str, Callable[["Lowering", ast.Call, Scope], Operand]] = {
    "min": _min_max,
    "max": _min_max,
    "abs": _abs,
    "float": _float,
    **{name: _rounding(mode) for name, mode in _ROUND.items()},
}
