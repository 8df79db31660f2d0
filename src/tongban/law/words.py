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


_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


def words(node: ast.expr, titles: Titles) -> Text:
    """Give an expression in Chinese and English."""
    return Text(_say(node, titles, "zh"), _say(node, titles, "en"))


def opposite(node: ast.expr) -> ast.expr:
    """Give the condition that holds where this one does not, as far as possible without a `not`."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.BoolOp(op=op, values=values):
            return ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), [*map(opposite, values)])
        case ast.Compare(left=left, ops=[sign], comparators=others) if type(sign) in _OPPOSITE:
            return ast.Compare(left, [_OPPOSITE[type(sign)]()], others)
    return ast.UnaryOp(ast.Not(), node)


def _say(node: ast.expr, titles: Titles, lang: str) -> str:
    zh = lang == "zh"
    joint = "、" if zh else ", "
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
            said = _bracketed(operand, titles, lang, (ast.BoolOp, ast.Compare))
            return f"{said} 不成立" if zh else f"not {said}"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return "−" + _say(operand, titles, lang)
        case ast.Compare(left=left, ops=ops, comparators=others):
            said = _say(left, titles, lang)
            for sign, other in zip(ops, others, strict=True):
                said += f" {_COMPARE.get(type(sign), '?')} {_say(other, titles, lang)}"
            return said
        case ast.BinOp(left=left, op=op, right=right):
            sides = (_operand(side, op, titles, lang, first=side is left) for side in (left, right))
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
        case ast.Attribute(value=ast.Name(id=base), attr=name) if title := titles(f"{base}.{name}"):
            return title.of(lang)
        case ast.Attribute(value=value, attr=name) if name in _PARTS:
            return _PARTS[name].of(lang).format(_say(value, titles, lang))
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=arguments) if (
            name in _METHODS and _METHODS[name].en.count("{}") == 1 + len(arguments)
        ):
            return _METHODS[name].of(lang).format(*(_say(one, titles, lang) for one in (value, *arguments)))
        case ast.Attribute(value=value, attr=name):
            return (
                name
                if isinstance(value, ast.Name) and titles(value.id) is None
                else f"{_say(value, titles, lang)}.{name}"
            )
        case ast.ListComp(elt=item, generators=[each]) | ast.GeneratorExp(elt=item, generators=[each]):
            return _each(item, each, titles, lang)
        case ast.Call(func=ast.Name(id="those"), args=[ast.Dict(keys=keys)]):
            return joint.join(_say(key, titles, lang) for key in keys if key is not None)
        case ast.Call(func=function, args=arguments):
            pattern = _function(function).of(lang)
            ends = pattern.startswith("{}") and pattern != "{}"
            parts = [
                _bracketed(one, titles, lang, (ast.BinOp, ast.IfExp) if ends else ()) for one in arguments
            ]
            return pattern.format(*parts if pattern.count("{}") == len(parts) else [joint.join(parts)])
    return ast.unparse(node)


def _each(item: ast.expr, each: ast.comprehension, titles: Titles, lang: str) -> str:
    """Say a list made from a list: of which items, and what of each."""
    items = _EACH.of(lang).format(_say(each.iter, titles, lang))
    if each.ifs:
        tests = (_bracketed(test, titles, lang, ast.BoolOp) for test in each.ifs)
        items = _WHERE.of(lang).format(items, ("且" if lang == "zh" else " and ").join(tests))
    if ast.unparse(item) == ast.unparse(each.target):
        return items
    return _OF_EACH.of(lang).format(items, _bracketed(item, titles, lang, (ast.BinOp, ast.IfExp)))


def _function(function: ast.expr) -> Text:
    """Give the pattern of a call; of what only makes a value of another form, the value is said."""
    name = ast.unparse(function)
    if name == "float" or name[:1].isupper():
        return Text("{}", "{}")
    return _FUNCTIONS.get(name, Text(f"{name}({{}})", f"{name}({{}})"))


def _bracketed(
    node: ast.expr, titles: Titles, lang: str, which: type[ast.expr] | tuple[type[ast.expr], ...]
) -> str:
    said = _say(node, titles, lang)
    return f"({said})" if isinstance(node, which) else said


def _operand(side: ast.expr, op: ast.operator, titles: Titles, lang: str, *, first: bool) -> str:
    """Say one side of an operation; a product in a sum, or what comes first of its kind, has no brackets."""
    sums, products = (ast.Add, ast.Sub), ast.Mult
    plain = isinstance(side, ast.BinOp) and (
        (isinstance(side.op, products) and isinstance(op, sums))
        or (first and any(isinstance(side.op, kind) and isinstance(op, kind) for kind in (sums, products)))
    )
    return _say(side, titles, lang) if plain else _bracketed(side, titles, lang, (ast.BinOp, ast.IfExp))


_FUNCTIONS = {
    "min": Text("{} 中的较小者", "the smaller of {}"),
    "max": Text("{} 中的较大者", "the greater of {}"),
    "round_half_up": Text("{}（四舍五入）", "{} (rounded half up)"),
    "round_half_even": Text("{}（四舍六入五成双）", "{} (rounded half to even)"),
    "round_up": Text("{}（进一取整）", "{} (rounded up)"),
    "round_down": Text("{}（舍尾取整）", "{} (rounded down)"),
    "yuan": Text("{} 元", "{} yuan"),
    "abs": Text("{} 的绝对值", "{} without its sign"),
    "sum": Text("{} 之和", "sum of {}"),
    "total": Text("{} 之和", "sum of {}"),
    "any": Text("{} 至少一项成立", "at least one of {}"),
    "all": Text("{} 全部成立", "all of {}"),
    "len": Text("{} 的项数", "number of {}"),
    "count": Text("{} 的项数", "number of {}"),
    "first": Text("{} 的第一项", "first of {}"),
    "last": Text("{} 的最后一项", "last of {}"),
    "smallest": Text("{} 中的最小者", "smallest of {}"),
    "greatest": Text("{} 中的最大者", "greatest of {}"),
    "ordered": Text("{}（按序排列）", "{} in order"),
    "annuity_payment": Text(
        "本金 {} 按年利率 {} 分 {} 个月等额偿还的月供",
        "equal monthly payment for {} at {} a year over {} months",
    ),
    "annuity_principal": Text(
        "月供 {} 按年利率 {} 在 {} 个月内可还清的本金",
        "principal that {} a month repays at {} a year over {} months",
    ),
}
_EACH = Text("{} 的各项", "each of {}")
_WHERE = Text("{}（{}）", "{} where {}")
_OF_EACH = Text("{0} 的 {1}", "{1} for {0}")
_PARTS = {
    "year": Text("{} 的年份", "year of {}"),
    "month": Text("{} 所在月份", "month of {}"),
    "number": Text("{} 的月份数", "number of the month of {}"),
    "day": Text("{} 的日", "day of {}"),
    "date": Text("{} 的日期", "date of {}"),
    "minute_of_day": Text("{} 在当日的分钟数", "minute of the day of {}"),
    "first_day": Text("{} 的第一天", "first day of {}"),
    "last_day": Text("{} 的最后一天", "last day of {}"),
    "province": Text("{} 所在省级地区", "province of {}"),
    "city": Text("{} 所在市级地区", "city of {}"),
}
_METHODS = {
    "items": Text("{} 的各项", "entries of {}"),
    "keys": Text("{} 的各项名称", "names in {}"),
    "values": Text("{} 的各项数值", "values of {}"),
    "at": Text("{}（{}）", "{} ({})"),
    "plus_months": Text("{} 之后 {} 个月", "{} and {} months"),
    "plus_years": Text("{} 之后 {} 年", "{} and {} years"),
    "full_months_to": Text("{} 至 {} 的足月数", "full months from {} to {}"),
    "full_years_to": Text("{} 至 {} 的周年数", "full years from {} to {}"),
    "months": Text("{} 的月数", "months of {}"),
    "within": Text("{}（{} 之内）", "{} within {}"),
    "within_any": Text("{}（{} 之内）", "{} within {}"),
    "of_kind": Text("{}（{}）", "{} ({})"),
    "up_to": Text("{}（至 {} 止）", "{} up to {}"),
    "starting": Text("{}（自 {} 起）", "{} from {} on"),
    "overlap": Text("{} 与 {} 重叠的月数", "months that {} and {} share"),
    "longest_run": Text("{} 最长的连续月数", "longest run of {}"),
    "run_ending": Text("{} 至 {} 的连续月数", "run of {} that ends in {}"),
    "gaps": Text("{} 中断的月数", "months missing in {}"),
    "longest_gap": Text("{} 最长的中断月数", "longest gap of {}"),
    "first": Text("{} 的首月", "first month of {}"),
    "last": Text("{} 的末月", "last month of {}"),
    "last_place": Text("{} 最后所在地", "last place of {}"),
    "first_month_with": Text("{} 满 {} 个月的月份", "month in which {} reaches {} months"),
}
