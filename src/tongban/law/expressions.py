"""From a Python expression of the subset to a typed term; all else is refused with what to write instead."""

import ast
from collections.abc import Callable

from tongban.law import arithmetic, listforms, methods, terms
from tongban.law.declarations import constructed, enum_constant
from tongban.law.errors import RuleSetError
from tongban.law.functions import FUNCTIONS
from tongban.law.hints import EXPRESSIONS, nearest, unknown_function
from tongban.law.ir import (
    BOOL,
    DATE,
    FLOAT,
    INT,
    MONTH,
    NONE,
    PLACE,
    SPELLS,
    STR,
    Expr,
    FieldOf,
    HasRow,
    InSet,
    Lookup,
    OptionalType,
    RecordType,
    Type,
)
from tongban.law.narrowing import COMPARISONS, narrowed
from tongban.law.parameters import Parameter
from tongban.law.scope import Scope, parameter_range
from tongban.law.source import Source
from tongban.law.terms import (
    Constants,
    DatedOf,
    Operand,
    Refusal,
    SetOf,
    TableOf,
    Term,
    condition,
    constant,
    fit,
    plain,
)

_BINARY: dict[type[ast.operator], Callable[[Operand, Operand], Operand]] = {
    ast.Add: arithmetic.add,
    ast.Sub: arithmetic.subtract,
    ast.Mult: arithmetic.multiply,
    ast.Div: arithmetic.divide,
    ast.FloorDiv: arithmetic.floor_divide,
    ast.Mod: arithmetic.modulo,
}


class Lowering:
    """Lowers expressions of one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._counter = 0

    def fresh(self, name: str) -> str:
        """Give a local name that is unique in the file."""
        self._counter += 1
        return f"{name}_{self._counter}"

    def lower(self, node: ast.expr, scope: Scope) -> Operand:
        """Give the operand an expression means; RuleSetError at the node otherwise."""
        try:
            return self._lower(node, scope)
        except Refusal as refusal:
            raise self.refused(node, refusal) from None

    def refused(self, node: ast.AST, refusal: Refusal) -> RuleSetError:
        """Give a refusal its place in the file."""
        return self.source.refuse(node, refusal.mistake, **refusal.said)

    def term(self, node: ast.expr, scope: Scope) -> Term:
        """Give a value that is not missing."""
        operand = self.lower(node, scope)
        try:
            return plain(operand)
        except Refusal as refusal:
            raise self.refused(node, refusal) from None

    def test(self, node: ast.expr, scope: Scope) -> Term:
        """Give a condition."""
        operand = self.lower(node, scope)
        try:
            return condition(operand)
        except Refusal as refusal:
            raise self.refused(node, refusal) from None

    def _lower(self, node: ast.expr, scope: Scope) -> Operand:
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node, scope)
            case ast.BinOp():
                return self._binary(node, scope)
            case ast.UnaryOp():
                return self._unary(node, scope)
            case ast.BoolOp():
                return self._boolean(node, scope)
            case ast.Compare():
                return self._comparison(node, scope)
            case ast.IfExp():
                return self.choice(node, scope, self.lower)
            case ast.Tuple(elts=items):
                return Constants(tuple(self.term(item, scope) for item in items))
            case ast.Attribute():
                return self._attribute(node, scope)
            case ast.Subscript():
                return self._subscript(node, scope)
            case ast.Call():
                return self._call(node, scope)
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                self._only_scalar(scope)
                return listforms.comprehension(self, node, scope)
        raise Refusal(EXPRESSIONS.get(type(node), "expression"))

    def _constant(self, node: ast.Constant) -> Operand:
        kinds: dict[type, Type] = {bool: BOOL, int: INT, float: FLOAT, str: STR, type(None): NONE}
        kind = kinds.get(type(node.value))
        if kind is None or node.value in (float("inf"), float("-inf")):
            raise Refusal("constant/kind")
        value = node.value
        return terms.fitting(constant(value if isinstance(value, bool | int | float | str) else None, kind))

    def _name(self, node: ast.Name, scope: Scope) -> Operand:
        name = node.id
        if name in scope.names:
            return scope.names[name]
        if name in scope.unavailable:
            raise Refusal("maybe-unset", name=name)
        if name in scope.declared.constants:
            found = scope.declared.constants[name]
            if isinstance(found, tuple):
                return Constants(tuple(constant(one.value, one.type) for one in found))
            return constant(found.value, found.type)
        if name in scope.declared.facts or name in scope.parameters or self._is_rule(name, scope):
            raise Refusal("not-an-argument", name=name)
        known = [*scope.names, *scope.declared.constants, *scope.declared.enums]
        near = nearest(name, known)
        raise Refusal("unknown-name/near" if near else "unknown-name", name=name, near=near)

    def _is_rule(self, name: str, scope: Scope) -> bool:
        return name in scope.declared.imports or any(f.node.name == name for f in scope.declared.functions)

    def _binary(self, node: ast.BinOp, scope: Scope) -> Operand:
        if type(node.op) in (ast.BitAnd, ast.BitOr):
            left, right = self.term(node.left, scope), self.term(node.right, scope)
            if left.type == right.type == SPELLS:
                op = "spells_union" if isinstance(node.op, ast.BitOr) else "spells_intersection"
                return terms.made(op, (left, right), SPELLS)
            word = "and" if isinstance(node.op, ast.BitAnd) else "or"
            raise Refusal("bit-operator", word=word)
        if type(node.op) not in _BINARY:
            mistake = "operator/power" if isinstance(node.op, ast.Pow) else "operator"
            raise Refusal(mistake, written=ast.unparse(node))
        return _BINARY[type(node.op)](self.lower(node.left, scope), self.lower(node.right, scope))

    def _unary(self, node: ast.UnaryOp, scope: Scope) -> Operand:
        match node.op:
            case ast.Not():
                return terms.made("not", (self.test(node.operand, scope),), BOOL, terms.BOOLEAN)
            case ast.USub():
                return arithmetic.negate(self.lower(node.operand, scope))
        raise Refusal("operator/sign")

    def _boolean(self, node: ast.BoolOp, scope: Scope) -> Operand:
        conjunction = isinstance(node.op, ast.And)
        found: list[Term] = []
        for value in node.values:
            found.append(self.test(value, scope))
            scope = narrowed(self, value, scope, holds=conjunction)
        return terms.conjunction("and" if conjunction else "or", found)

    def _comparison(self, node: ast.Compare, scope: Scope) -> Operand:
        left_node = node.left
        found: list[Term] = []
        for op, right_node in zip(node.ops, node.comparators, strict=True):
            found.append(self._compared(left_node, op, right_node, scope))
            left_node = right_node
        return terms.conjunction("and", found)

    def _compared(self, left: ast.expr, op: ast.cmpop, right: ast.expr, scope: Scope) -> Term:
        if type(op) in COMPARISONS:
            return self._ordered_compare(COMPARISONS[type(op)], left, right, scope)
        if isinstance(op, ast.Is | ast.IsNot):
            if not (isinstance(right, ast.Constant) and right.value is None):
                raise Refusal("is")
            return self._is_none(left, scope, negative=isinstance(op, ast.IsNot))
        inside = self._contained(left, self.lower(right, scope), scope)
        return terms.made("not", (inside,), BOOL, terms.BOOLEAN) if isinstance(op, ast.NotIn) else inside

    def _ordered_compare(self, op: str, left: ast.expr, right: ast.expr, scope: Scope) -> Term:
        for side in (left, right):
            if isinstance(side, ast.Constant) and side.value is None:
                raise Refusal("none-compared")
            if isinstance(side, ast.Constant) and isinstance(side.value, bool):
                raise Refusal("bool-compared")
        return arithmetic.compare(op, self.lower(left, scope), self.lower(right, scope))

    def _is_none(self, left: ast.expr, scope: Scope, *, negative: bool) -> Term:
        operand = self.lower(left, scope)
        if not isinstance(operand, Term) or not isinstance(operand.type, OptionalType):
            raise Refusal("never-none", written=ast.unparse(left))
        missing = terms.made("is_none", (operand,), BOOL, terms.BOOLEAN)
        return terms.made("not", (missing,), BOOL, terms.BOOLEAN) if negative else missing

    def _contained(self, left: ast.expr, right: Operand, scope: Scope) -> Term:
        if isinstance(right, TableOf):
            return Term(
                HasRow(right.parameter.name, right.at, self._keys(right.parameter, left, scope)),
                BOOL,
                terms.BOOLEAN,
            )
        item = self.term(left, scope)
        match right:
            case SetOf(parameter=parameter, at=at):
                return Term(
                    InSet(parameter.name, at, fit(item, parameter.type).expr, False), BOOL, terms.BOOLEAN
                )
            case Constants(items=items):
                if not items:
                    raise Refusal("empty-in")
                return terms.conjunction("or", [arithmetic.compare("eq", item, one) for one in items])
            case Term(type=kind) if kind == SPELLS:
                return terms.made("spells_covers", (right, fit(item, MONTH)), BOOL, terms.BOOLEAN)
            case Term() if scope.scalar_only:
                return listforms.contains(right, item)
        raise Refusal("in")

    def choice(self, node: ast.IfExp, scope: Scope, lower: Callable[[ast.expr, Scope], Operand]) -> Term:
        """Give a conditional expression; each branch knows what its condition says."""
        test = self.test(node.test, scope)
        then = lower(node.body, narrowed(self, node.test, scope, holds=True))
        otherwise = lower(node.orelse, narrowed(self, node.test, scope, holds=False))
        return terms.select(test, then, otherwise, node.lineno)

    def _attribute(self, node: ast.Attribute, scope: Scope) -> Operand:
        if (
            isinstance(node.value, ast.Name)
            and node.value.id in scope.declared.enums
            and node.value.id not in scope.names
        ):
            found = enum_constant(self.source, node, scope.declared.enums[node.value.id], node.attr)
            return constant(found.value, found.type)
        term = self.term(node.value, scope)
        if isinstance(term.type, RecordType):
            return self._field(term, term.type, node.attr)
        return methods.attribute(term, node.attr)

    def _field(self, term: Term, record: RecordType, name: str) -> Term:
        written = name.rstrip("_")
        for index, declared in enumerate(record.fields):
            if declared.name == written:
                return Term(FieldOf(term.expr, index, declared.type), declared.type, declared.range)
        names = ", ".join(declared.name for declared in record.fields)
        raise Refusal("no-member/field", record=record.name, name=name, known=names)

    def _subscript(self, node: ast.Subscript, scope: Scope) -> Operand:
        operand = self.lower(node.value, scope)
        if isinstance(operand, TableOf):
            return self.row(operand.parameter, operand.at, self._keys(operand.parameter, node.slice, scope))
        if isinstance(operand, DatedOf):
            raise Refusal("dated", name=operand.parameter.name)
        if isinstance(operand, Term) and scope.scalar_only:
            return listforms.element(self, operand, node.slice)
        raise Refusal("subscript")

    def _keys(self, parameter: Parameter, node: ast.expr, scope: Scope) -> tuple[Expr, ...]:
        nodes = node.elts if isinstance(node, ast.Tuple) else [node]
        if len(nodes) != len(parameter.keys):
            names = ", ".join(key.name for key in parameter.keys)
            raise Refusal("table-keys", name=parameter.name, count=len(parameter.keys), keys=names)
        found = [self.term(one, scope) for one in nodes]
        return tuple(fit(term, key.type).expr for term, key in zip(found, parameter.keys, strict=True))

    def row(self, parameter: Parameter, at: Expr | None, keys: tuple[Expr, ...]) -> Term:
        """Give a parameter's value as a term with the range of all its values."""
        return Term(
            Lookup(parameter.name, at, keys, parameter.type), parameter.type, parameter_range(parameter)
        )

    def _call(self, node: ast.Call, scope: Scope) -> Operand:
        match node.func:
            case ast.Attribute(value=value, attr=name):
                return self._method(node, value, name, scope)
            case ast.Name(id=name) if name in (
                "Month",
                "Date",
                "DateTime",
                "Fen",
                "Rate",
                "PlaceCode",
                "yuan",
            ):
                if len(node.args) != 1:
                    raise Refusal("arguments/literal", name=name)
                found = constructed(self.source, node, name, node.args[0])
                return constant(found.value, found.type)
            case ast.Name(id=name) if name in FUNCTIONS:
                return FUNCTIONS[name](self, node, scope)
            case ast.Name(id="because"):
                raise Refusal("because/place")
            case ast.Name(id=name) if self._is_rule(name, scope):
                raise Refusal("rule-called", name=name)
            case ast.Name(id=name):
                if name in listforms.LIST_FUNCTIONS:
                    self._only_scalar(scope, name)
                    return listforms.LIST_FUNCTIONS[name](self, node, scope)
                raise Refusal(unknown_function(name), name=name)
        raise Refusal("call")

    def _only_scalar(self, scope: Scope, name: str = "") -> None:
        if not scope.scalar_only:
            raise Refusal("scalar-only/function" if name else "scalar-only/comprehension", name=name)

    def _method(self, node: ast.Call, value: ast.expr, name: str, scope: Scope) -> Operand:
        operand = self.lower(value, scope)
        if isinstance(operand, DatedOf):
            return self._at_day(operand, node, name, scope)
        if isinstance(operand, TableOf | SetOf | Constants):
            raise Refusal("table-method", name=name)
        term = plain(operand)
        if name == "within_any" and term.type == PLACE and len(node.args) == 1:
            return self._within_any(term, self.lower(node.args[0], scope))
        if scope.scalar_only:
            found = listforms.mapping_method(term, name)
            if found is not None:
                return found
        options = {keyword.arg or "": keyword.value for keyword in node.keywords}
        bridging = options.pop("bridging", None)
        bridged = fit(self.term(bridging, scope), INT) if bridging is not None else None
        return methods.call(
            term, name, [self.term(argument, scope) for argument in node.args], options, bridged
        )

    def _within_any(self, term: Term, places: Operand) -> Term:
        if isinstance(places, SetOf) and places.parameter.type == PLACE:
            return Term(InSet(places.parameter.name, places.at, term.expr, True), BOOL, terms.BOOLEAN)
        if isinstance(places, Constants):
            each = ((term, fit(one, PLACE)) for one in places.items)
            return terms.conjunction(
                "or", [terms.made("place_within", pair, BOOL, terms.BOOLEAN) for pair in each]
            )
        raise Refusal("in/places")

    def _at_day(self, operand: DatedOf, node: ast.Call, name: str, scope: Scope) -> Operand:
        if name != "at" or len(node.args) != 1 or node.keywords:
            raise Refusal("dated/value", name=operand.parameter.name)
        day = self.term(node.args[0], scope)
        if day.type == MONTH:
            day = methods.attribute(day, "first_day")
        at = fit(day, DATE).expr
        return self.parameter_at(operand.parameter, at)

    def parameter_at(self, parameter: Parameter, at: Expr | None) -> Operand:
        """Give what a parameter is on a day: a set, a table or a value."""
        if parameter.is_set:
            return SetOf(parameter, at)
        return TableOf(parameter, at) if parameter.keys else self.row(parameter, at, ())
