"""Reads calls like `fact(…)` and `@rule(…)`: their options, texts, flags and constants."""

import ast
from collections.abc import Mapping

from tongban.law.declarations import Constant, Declared, constructed, enum_constant
from tongban.law.ir import BOOL, FLOAT, INT, STR, Const, Text
from tongban.law.source import Source

_CONSTRUCTORS = ("Month", "Date", "DateTime", "Fen", "Rate", "PlaceCode", "yuan")


class Options:
    """Reads options of calls in one file."""

    def __init__(self, source: Source, declared: Declared) -> None:
        self.source = source
        self.declared = declared
        self.refuse = source.refuse

    def options(self, call: ast.Call, known: set[str], positional: int) -> dict[str, ast.expr]:
        """Give the options of a call by name; refuse unknown ones."""
        options: dict[str, ast.expr] = {}
        for keyword in call.keywords:
            if keyword.arg not in known:
                raise self.refuse(call, "unknown-option", name=keyword.arg, known=", ".join(sorted(known)))
            options[keyword.arg] = keyword.value
        if len(call.args) != positional:
            raise self.refuse(call, "unknown-option/positional", count=positional)
        return options

    def text(self, call: ast.AST, options: Mapping[str, ast.expr], name: str) -> str:
        """Give an option that must be plain text."""
        value = options.get(name)
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.strip():
            return value.value
        raise self.refuse(call, "missing-text", name=name)

    def title(self, call: ast.AST, options: Mapping[str, ast.expr]) -> Text:
        """Give the options zh and en."""
        return Text(self.text(call, options, "zh"), self.text(call, options, "en"))

    def flag(self, options: Mapping[str, ast.expr], name: str) -> bool:
        """Give an option that is True or False; False without it."""
        value = options.get(name)
        if value is None:
            return False
        if isinstance(value, ast.Constant) and isinstance(value.value, bool):
            return value.value
        raise self.refuse(value, "option-value", name=name)

    def constant(self, node: ast.expr) -> Constant:
        """Give a constant of the module, or refuse."""
        match node:
            case ast.Constant(value=bool() as value):
                return Const(value, BOOL)
            case ast.Constant(value=int() as value):
                return Const(value, INT)
            case ast.Constant(value=float() as value):
                return Const(value, FLOAT)
            case ast.Constant(value=str() as value):
                return Const(value, STR)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
                return Const(-value, FLOAT if isinstance(value, float) else INT)
            case ast.Name(id=name) if name in self.declared.constants:
                return self.declared.constants[name]
            case ast.Attribute(value=ast.Name(id=enum), attr=member) if enum in self.declared.enums:
                return enum_constant(self.source, node, self.declared.enums[enum], member)
            case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _CONSTRUCTORS:
                return constructed(self.source, node, name, argument)
            case ast.Tuple(elts=items):
                consts = [self.constant(item) for item in items]
                flat = tuple(one for one in consts if isinstance(one, Const))
                if flat and len(flat) == len(consts) and all(one.type == flat[0].type for one in flat):
                    return flat
        raise self.refuse(node, "constant", written=ast.unparse(node))
