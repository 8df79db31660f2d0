"""Forms over lists, for scalar-only rules: comprehensions, sums, elements, annuities."""

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from tongban.law import terms
from tongban.law.ir import (
    BOOL,
    DATE,
    DATETIME,
    FEN,
    FLOAT,
    INT,
    MONTH,
    RATE,
    Each,
    Expr,
    FieldOf,
    Given,
    ListType,
    Local,
    MappingType,
    Op,
    OptionalType,
    PairType,
    Range,
    Those,
    Type,
)
from tongban.law.narrowing import narrowed
from tongban.law.ranges import DEFAULT_RANGES, MOST_ITEMS
from tongban.law.terms import Operand, Refusal, Term, condition, fit, plain

if TYPE_CHECKING:
    from tongban.law.expressions import Lowering
    from tongban.law.scope import Scope

_SORTABLE = (INT, FLOAT, MONTH, DATE, DATETIME, FEN, RATE)
COUNT = Range(0, MOST_ITEMS)


def items_of(term: Term) -> tuple[Term, Type]:
    """Give the list form of a list or mapping and the type of an item."""
    if isinstance(term.type, ListType):
        return term, term.type.item
    raise Refusal("not-a-list", type=term.type)


def bind(lowering: "Lowering", target: ast.expr, item: Type, scope: "Scope") -> tuple[str, "Scope"]:
    """Bind the loop variable, or two of them for pairs; gives the variable's unique name and the scope."""
    match target, item:
        case ast.Name(id=name), _:
            variable = lowering.fresh(name)
            return variable, scope.with_names({name: item_term(Local(variable, item), item)})
        case ast.Tuple(elts=[ast.Name(id=first), ast.Name(id=second)]), PairType(key=key, value=value):
            variable = lowering.fresh(first)
            pair = Local(variable, item)
            return variable, scope.with_names(
                {
                    first: item_term(FieldOf(pair, 0, key), key),
                    second: item_term(FieldOf(pair, 1, value), value),
                }
            )
    raise Refusal("loop-variable")


def item_term(expr: Expr, kind: Type) -> Term:
    """Give an item of a list as a term with the range of its type."""
    return Term(expr, kind, DEFAULT_RANGES.get(str(getattr(kind, "name", ""))))


def comprehension(lowering: "Lowering", node: ast.expr, scope: "Scope") -> Term:
    """Give `[… for x in xs if …]` as a list."""
    if not isinstance(node, ast.ListComp | ast.GeneratorExp):
        raise Refusal("set/comprehension")
    if len(node.generators) != 1 or node.generators[0].is_async:
        raise Refusal("loop-in-loop/comprehension")
    generator = node.generators[0]
    items, item = items_of(lowering.term(generator.iter, scope))
    variable, inner = bind(lowering, generator.target, item, scope)
    tests: list[Term] = []
    for test in generator.ifs:
        tests.append(lowering.test(test, inner))
        inner = narrowed(lowering, test, inner, holds=True)
    value = plain(lowering.lower(node.elt, inner))
    test_expr = terms.conjunction("and", tests).expr if tests else None
    kind = ListType(value.type)
    return Term(Each(items.expr, variable, test_expr, value.expr, kind), kind, value.range, items.most)


def contains(items: Term, item: Term) -> Term:
    """Give whether a list has the item."""
    _, kind = items_of(items)
    return terms.made("list_contains", (items, fit(item, kind)), BOOL, terms.BOOLEAN)


def element(lowering: "Lowering", items: Term, index: ast.expr) -> Term:
    """Give `xs[0]`, `xs[-1]`, `xs[1:]` or `xs[:-1]`."""
    _, kind = items_of(items)
    written = ast.unparse(index)
    if written in ("1:", ":-1"):
        op = "list_rest" if written == "1:" else "list_front"
        return Term(Op(op, (items.expr,), items.type), items.type, most=items.most)
    if written not in ("0", "-1"):
        raise Refusal("element")
    if not isinstance(items.expr, Given) or items.range is None or items.range.low < 1:
        raise Refusal("element-missing")
    found = item_term(items.expr, kind)
    return Term(Op("list_first" if written == "0" else "list_last", (items.expr,), kind), kind, found.range)


def mapping_method(term: Term, name: str) -> Term | None:
    """Give `.items()`, `.keys()` or `.values()` of a mapping; None for other types."""
    if not isinstance(term.type, MappingType):
        return None
    kinds: dict[str, Type] = {
        "items": PairType(term.type.key, term.type.value),
        "keys": term.type.key,
        "values": term.type.value,
    }
    if name not in kinds:
        raise Refusal("no-member/mapping", name=name)
    kind = ListType(kinds[name])
    return Term(Op(f"mapping_{name}", (term.expr,), kind), kind, most=term.most)


def _argument(lowering: "Lowering", node: ast.Call, scope: "Scope", options: int = 0) -> Term:
    if len(node.args) != 1 or len(node.keywords) != options:
        raise Refusal("arguments/list")
    return lowering.term(node.args[0], scope)


def _summed(lowering: "Lowering", node: ast.Call, scope: "Scope") -> Operand:
    return _sum(_argument(lowering, node, scope), INT, "total(…)")


def _total(lowering: "Lowering", node: ast.Call, scope: "Scope") -> Operand:
    return _sum(_argument(lowering, node, scope), FEN, "sum(…)")


def _sum(items: Term, wanted: Type, other: str) -> Term:
    _, kind = items_of(items)
    if kind != wanted:
        raise Refusal("sum", wanted=wanted, type=kind, other=other)
    found = items.range if isinstance(items.expr, Each) else item_term(items.expr, kind).range
    most = items.most
    reach = Range(min(0, found.low * most), max(0, found.high * most)) if found else None
    return terms.made("list_sum", (items,), kind, reach)


def _quantified(op: str) -> Callable[["Lowering", ast.Call, "Scope"], Operand]:
    def found(lowering: "Lowering", node: ast.Call, scope: "Scope") -> Operand:
        items = _argument(lowering, node, scope)
        _, kind = items_of(items)
        if kind != BOOL:
            raise Refusal("not-bool/list", type=kind)
        return terms.made(op, (items,), BOOL, terms.BOOLEAN)

    return found


def _counted(lowering: "Lowering", node: ast.Call, scope: "Scope") -> Operand:
    items = _argument(lowering, node, scope)
    if isinstance(items.type, MappingType):
        return terms.made("list_count", (items,), INT, COUNT)
    items_of(items)
    return terms.made("list_count", (items,), INT, COUNT)


def _end(op: str) -> Callable[["Lowering", ast.Call, "Scope"], Operand]:
    def found(lowering: "Lowering", node: ast.Call, scope: "Scope") -> Operand:
        items = _argument(lowering, node, scope)
        _, kind = items_of(items)
        reach = items.range if isinstance(items.expr, Each) else item_term(items.expr, kind).range
        return Term(Op(op, (items.expr,), OptionalType(kind)), OptionalType(kind), reach)

    return found


def _extreme(op: str) -> Callable[["Lowering", ast.Call, "Scope"], Operand]:
    def found(lowering: "Lowering", node: ast.Call, scope: "Scope") -> Operand:
        if len(node.keywords) != 1:
            raise Refusal("arguments/otherwise")
        items = _argument(lowering, node, scope, options=1)
        _, kind = items_of(items)
        if node.keywords[0].arg != "otherwise" or kind not in _SORTABLE:
            raise Refusal("arguments/ordered")
        otherwise = fit(lowering.term(node.keywords[0].value, scope), kind)
        reach = items.range if isinstance(items.expr, Each) else item_term(items.expr, kind).range
        both = reach.join(otherwise.range) if reach and otherwise.range else None
        return terms.made(op, (items, otherwise), kind, both)

    return found


def _ordered(lowering: "Lowering", node: ast.Call, scope: "Scope") -> Operand:
    items = _argument(lowering, node, scope)
    _, kind = items_of(items)
    if kind not in _SORTABLE:
        raise Refusal("no-order/list", type=kind)
    return Term(Op("list_ordered", (items.expr,), items.type), items.type, items.range)


def _those(lowering: "Lowering", node: ast.Call, scope: "Scope") -> Operand:
    if len(node.args) != 1 or not isinstance(node.args[0], ast.Dict) or node.keywords:
        raise Refusal("arguments/those")
    pairs = node.args[0]
    keys = [lowering.term(key, scope) for key in pairs.keys if key is not None]
    conditions = [condition(lowering.term(value, scope)) for value in pairs.values]
    if not keys or len(keys) != len(conditions) or any(key.type != keys[0].type for key in keys):
        raise Refusal("arguments/keys")
    kind = ListType(keys[0].type)
    return Term(Those(tuple(k.expr for k in keys), tuple(c.expr for c in conditions), kind), kind)


def _annuity(op: str) -> Callable[["Lowering", ast.Call, "Scope"], Operand]:
    def found(lowering: "Lowering", node: ast.Call, scope: "Scope") -> Operand:
        if len(node.args) != 3 or node.keywords:
            raise Refusal("arguments/annuity", op=op)
        amount, rate, months = (
            fit(lowering.term(argument, scope), kind)
            for argument, kind in zip(node.args, (FEN, RATE, INT), strict=True)
        )
        for part in (amount, rate, months):
            if part.range is not None and part.range.low < 0:
                raise Refusal("sign/annuity")
        return terms.made(op, (amount, rate, months), FEN, _annuity_range(op, amount, rate, months))

    return found


def _annuity_range(op: str, amount: Term, rate: Term, months: Term) -> Range | None:
    if amount.range is None or months.range is None or rate.range is None:
        return None
    if op == "annuity_payment":
        return Range(0, amount.range.high * (2 + rate.range.high // 1_000_000))
    return Range(0, amount.range.high * max(months.range.high, 1))


LIST_FUNCTIONS: dict[str, Callable[["Lowering", ast.Call, "Scope"], Operand]] = {
    "sum": _summed,
    "total": _total,
    "any": _quantified("list_any"),
    "all": _quantified("list_all"),
    "len": _counted,
    "count": _counted,
    "first": _end("list_first_or_none"),
    "last": _end("list_last_or_none"),
    "smallest": _extreme("list_smallest"),
    "greatest": _extreme("list_greatest"),
    "ordered": _ordered,
    "those": _those,
    "annuity_payment": _annuity("annuity_payment"),
    "annuity_principal": _annuity("annuity_principal"),
}
