"""Conditions and formulas of the source as words, with the titles of the names they use."""

import ast
from collections.abc import Callable

from tongban.law.ir import Text

Titles = Callable[[str], Text | None]
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "=", ast.NotEq: "≠", ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥",
    ast.In: "∈", ast.NotIn: "∉", ast.Is: "=", ast.IsNot: "≠",
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.Div: "÷", ast.FloorDiv: "÷", ast.Mod: "mod",
    ast.BitOr: "∪", ast.BitAnd: "∩",
}  # fmt: skip


def words(node: ast.expr, titles: Titles) -> Text:
    """Give an expression in Chinese and English."""
    return Text(_say(node, titles, "zh"), _say(node, titles, "en"))


def _say(node: ast.expr, titles: Titles, lang: str) -> str:
    zh = lang == "zh"
    match node:
        case ast.Name(id=name):
            title = titles(name)
            return title.of(lang) if title else name
        case ast.Constant(value=None):
            return "无" if zh else "none"
        case ast.Constant(value=bool() as value):
            return ("是" if value else "否") if zh else ("yes" if value else "no")
        case ast.Constant(value=value):
            return str(value)
        case ast.BoolOp(op=op, values=values):
            joint = ("且" if zh else " and ") if isinstance(op, ast.And) else ("或" if zh else " or ")
            return joint.join(_bracketed(value, titles, lang, ast.BoolOp) for value in values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return ("非" if zh else "not ") + _bracketed(operand, titles, lang, (ast.BoolOp, ast.Compare))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return "−" + _say(operand, titles, lang)
        case ast.Compare(left=left, ops=ops, comparators=others):
            said = _say(left, titles, lang)
            for sign, other in zip(ops, others, strict=True):
                said += f" {_COMPARE.get(type(sign), '?')} {_say(other, titles, lang)}"
            return said
        case ast.BinOp(left=left, op=op, right=right):
            sides = (_bracketed(side, titles, lang, (ast.BinOp, ast.IfExp)) for side in (left, right))
            return f" {_ARITHMETIC.get(type(op), '?')} ".join(sides)
        case ast.IfExp(test=test, body=body, orelse=otherwise):
            parts = [_say(one, titles, lang) for one in (test, body, otherwise)]
            return "若 {} 则 {} 否则 {}".format(*parts) if zh else "if {} then {} else {}".format(*parts)
        case ast.Subscript(value=table, slice=key):
            keys = key.elts if isinstance(key, ast.Tuple) else [key]
            joined = ("，" if zh else ", ").join(_say(one, titles, lang) for one in keys)
            return (
                f"{_say(table, titles, lang)}（{joined}）"
                if zh
                else f"{_say(table, titles, lang)} ({joined})"
            )
        case ast.Attribute(value=value, attr=name):
            return (
                name
                if isinstance(value, ast.Name) and titles(value.id) is None
                else f"{_say(value, titles, lang)}.{name}"
            )
        case ast.Call(func=function, args=arguments):
            said = (
                "、".join(_say(one, titles, lang) for one in arguments)
                if zh
                else ", ".join(_say(one, titles, lang) for one in arguments)
            )
            pattern = _FUNCTIONS.get(ast.unparse(function))
            if pattern:
                return pattern.of(lang).format(said)
            if isinstance(function, ast.Name) and function.id[:1].isupper():
                return said
            return f"{_say(function, titles, lang)}({said})"
    return ast.unparse(node)


def _bracketed(
    node: ast.expr, titles: Titles, lang: str, which: type[ast.expr] | tuple[type[ast.expr], ...]
) -> str:
    said = _say(node, titles, lang)
    return f"({said})" if isinstance(node, which) else said


_FUNCTIONS = {
    "min": Text("{} 中的较小者", "the smaller of {}"),
    "max": Text("{} 中的较大者", "the greater of {}"),
    "round_half_up": Text("{}（四舍五入）", "{} (rounded half up)"),
    "round_half_even": Text("{}（四舍六入五成双）", "{} (rounded half to even)"),
    "round_up": Text("{}（进一取整）", "{} (rounded up)"),
    "round_down": Text("{}（舍尾取整）", "{} (rounded down)"),
    "yuan": Text("{} 元", "{} yuan"),
}
