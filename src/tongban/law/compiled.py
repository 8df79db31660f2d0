"""One person's decision: the typed rules as Python code, written once per set of versions and then only run.

The code is generated from the IR alone. Each rule gives its value, which sentence applies, the values the
sentence needs and which rows of parameters were used.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from tongban.law import annuities, histories, values
from tongban.law.errors import NoLaw
from tongban.law.ir import (
    Because,
    Const,
    Each,
    Expr,
    FieldOf,
    Fold,
    Given,
    HasRow,
    InSet,
    Let,
    Local,
    Lookup,
    Op,
    Rule,
    RuleValue,
    Select,
    Those,
)
from tongban.law.parameters import Parameter, Resolved, Row

T = TypeVar("T")


class Step(NamedTuple):
    """What one rule gave: value, number of its sentence, the values to fill in, rows used."""

    value: object
    sentence: int
    filling: tuple[object, ...]
    used: list[Row]


Code = Callable[["Tables", Mapping[str, object], Mapping[str, object]], Step]


class Tables:
    """The parameters of a rule set as in force on a day; other days are resolved when asked."""

    def __init__(
        self, parameters: Mapping[str, Parameter], day: int, resolve: Callable[[str, int], Resolved]
    ) -> None:
        self.parameters = parameters
        self.day = day
        self.resolve = resolve
        self._resolved: dict[str, Resolved] = {}

    def row(self, used: list[Row], name: str, at: int | None, key: tuple[object, ...]) -> object:
        """Give a value and note that its row was used."""
        row = (self._today(name) if at is None else self.resolve(name, at)).get(key)
        used.append(row)
        return row.value

    def _today(self, name: str) -> Resolved:
        found = self._resolved.get(name)
        if found is None:
            found = self._resolved[name] = self.resolve(name, self.day)
        return found

    def has(self, name: str, at: int | None, key: tuple[object, ...]) -> bool:
        """Whether there is a row for the key."""
        return (self._today(name) if at is None else self.resolve(name, at)).find(key) is not None

    def inside(self, used: list[Row], name: str, at: int | None, value: object, within: bool) -> bool:
        """Whether a value is a member of a set, or its place lies in one."""
        members = self.row(used, name, at, ())
        assert isinstance(members, frozenset)
        if within and isinstance(value, int):
            return any(values.place_within(value, member) for member in members)
        return value in members


_INFIX = {
    "add": "+", "sub": "-", "mul": "*", "float_div": "/", "floordiv": "//", "mod": "%",
    "eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "and": "and", "or": "or",
}  # fmt: skip
_TEMPLATES = {
    "neg": "(-{0})",
    "not": "(not {0})",
    "abs": "abs({0})",
    "min": "min({0}, {1})",
    "max": "max({0}, {1})",
    "to_float": "float({0})",
    "float_round_down": "floor({0})",
    "float_round_up": "ceil({0})",
    "float_round_half_up": "float_half_up({0})",
    "float_round_half_even": "round({0})",
    "is_none": "({0} is None)",
    "some": "{0}",
    "unwrap": "{0}",
    "month_year": "({0} // 12)",
    "month_number": "({0} % 12 + 1)",
    "month_first_day": "values.month_first_day({0})",
    "month_last_day": "(values.month_first_day({0} + 1) - 1)",
    "date_year": "(values.date_month({0}) // 12)",
    "date_month": "values.date_month({0})",
    "date_day": "date_day({0})",
    "date_at": "({0} * 1440 + {1})",
    "date_plus_months_last_day": "values.date_plus_months({0}, {1}, False)",
    "date_plus_months_next_month": "values.date_plus_months({0}, {1}, True)",
    "date_plus_years_last_day": "values.date_plus_months({0}, 12 * {1}, False)",
    "date_plus_years_next_month": "values.date_plus_months({0}, 12 * {1}, True)",
    "full_years_feb_28": "(values.full_months({0}, {1}, False) // 12)",
    "full_years_mar_1": "(values.full_months({0}, {1}, True) // 12)",
    "full_months_last_day": "values.full_months({0}, {1}, False)",
    "full_months_next_month": "values.full_months({0}, {1}, True)",
    "datetime_date": "({0} // 1440)",
    "datetime_minute": "({0} % 1440)",
    "place_province": "({0} // 10000 * 10000)",
    "place_city": "({0} // 100 * 100)",
    "place_within": "values.place_within({0}, {1})",
    "spells_difference": "histories.difference({0}, {1})",
    "spells_union": "histories.union({0}, {1})",
    "spells_intersection": "histories.intersection({0}, {1})",
    "spells_covers": "histories.covers({0}, {1})",
    "annuity_payment": "annuities.payment({0}, {1}, {2})",
    "annuity_principal": "annuities.principal({0}, {1}, {2})",
    "list_sum": "sum({0})",
    "list_any": "any({0})",
    "list_all": "all({0})",
    "list_count": "len({0})",
    "list_contains": "({1} in {0})",
    "list_first": "{0}[0]",
    "list_last": "{0}[-1]",
    "list_rest": "{0}[1:]",
    "list_front": "{0}[:-1]",
    "list_first_or_none": "next(iter({0}), None)",
    "list_last_or_none": "next(reversed({0}), None)",
    "list_smallest": "min({0}, default={1})",
    "list_greatest": "max({0}, default={1})",
    "list_ordered": "tuple(sorted({0}))",
    "mapping_items": "{0}",
    "mapping_keys": "tuple(pair[0] for pair in {0})",
    "mapping_values": "tuple(pair[1] for pair in {0})",
}


def float_half_up(number: float) -> int:
    """Round to the nearest, a half towards +∞, exactly."""
    below = int(number // 1)
    return below + 1 if number - below >= 0.5 else below


def date_day(day: int) -> int:
    """Give the day of the month."""
    return day - values.month_first_day(values.date_month(day)) + 1


def within_range(name: str, low: float, high: float, value: T) -> T:
    """Give the value back; NoLaw when a loop made it too great."""
    if isinstance(value, int | float) and not low <= value <= high:
        raise NoLaw(
            "overflow",
            name,
            f"{name}: the amount grew beyond what the rule set admits. Check the facts that it adds up",
        )
    return value


class _Writer:
    """Writes the code of one rule."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.lines: list[str] = []

    def function(self, name: str) -> str:
        self.lines = [f"def {name}(t, f, v):", "    used = []"]
        self._tail(self.rule.body, 1)
        return "\n".join(self.lines)

    def _put(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def _tail(self, expr: Expr, depth: int) -> None:
        match expr:
            case Select(test=test, then=then, otherwise=otherwise) if _speaks(expr):
                self._put(depth, f"if {self.code(test)}:")
                self._tail(then, depth + 1)
                self._tail(otherwise, depth)
            case Let(name=name, value=value, body=body):
                self._put(depth, f"{name} = {self.code(value)}")
                self._tail(body, depth)
            case Because(value=value, reason=reason):
                filling = "".join(f"{self.code(one)}, " for one, _ in self.rule.sentences[reason].values)
                self._put(depth, f"return Step({self._checked(value)}, {reason}, ({filling}), used)")
            case Op(op="some", args=(inner,)) if _speaks(inner):
                self._tail(inner, depth)
            case _:
                self._put(depth, f"return Step({self._checked(expr)}, -1, (), used)")

    def _checked(self, expr: Expr) -> str:
        code, limits = self.code(expr), self.rule.range
        if self.rule.scalar_only and limits is not None:
            return f"within_range({self.rule.name!r}, {limits.low!r}, {limits.high!r}, {code})"
        return code

    def code(self, expr: Expr) -> str:
        """Give the expression as Python."""
        match expr:
            case Const(value=value):
                return repr(value)
            case Given(name=name):
                return f"f[{name!r}]"
            case RuleValue(name=name):
                return f"v[{name!r}]"
            case Local(name=name):
                return name
            case Op():
                return self._operation(expr)
            case Select(test=test, then=then, otherwise=otherwise):
                return f"({self.code(then)} if {self.code(test)} else {self.code(otherwise)})"
            case Let(name=name, value=value, body=body):
                return f"(lambda {name}: {self.code(body)})({self.code(value)})"
            case Because(value=value):
                return self.code(value)
            case Lookup(parameter=parameter, at=at, keys=keys):
                return f"t.row(used, {parameter!r}, {self._day(at)}, {self._tuple(keys)})"
            case HasRow(parameter=parameter, at=at, keys=keys):
                return f"t.has({parameter!r}, {self._day(at)}, {self._tuple(keys)})"
            case InSet(parameter=parameter, at=at, value=value, within=within):
                return f"t.inside(used, {parameter!r}, {self._day(at)}, {self.code(value)}, {within})"
            case FieldOf(record=record, index=index):
                return f"{self.code(record)}[{index}]"
            case Each(items=items, variable=variable, test=test, value=value):
                condition = f" if {self.code(test)}" if test is not None else ""
                return f"tuple([{self.code(value)} for {variable} in {self.code(items)}{condition}])"
            case Those(keys=keys, conditions=conditions):
                pairs = ", ".join(
                    f"({self.code(k)}, {self.code(c)})" for k, c in zip(keys, conditions, strict=True)
                )
                return f"tuple(key for key, holds in ({pairs},) if holds)"
            case Fold():
                return self._fold(expr)

    def _day(self, at: Expr | None) -> str:
        return "None" if at is None else self.code(at)

    def _tuple(self, exprs: Sequence[Expr]) -> str:
        return "(" + "".join(f"{self.code(one)}, " for one in exprs) + ")"

    def _operation(self, expr: Op) -> str:
        args = [self.code(arg) for arg in expr.args]
        if expr.op in _INFIX:
            return f"({args[0]} {_INFIX[expr.op]} {args[1]})"
        if expr.op in _TEMPLATES:
            return _TEMPLATES[expr.op].format(*args)
        return f"histories.{expr.op.removeprefix('spells_')}({', '.join(args)})"

    def _fold(self, expr: Fold) -> str:
        names = ", ".join(expr.names)
        steps = self._tuple(expr.steps)
        starts = self._tuple(expr.starts)
        step = f"lambda {expr.variable}, {names}: {steps}"
        return f"fold({self.code(expr.items)}, {starts}, {step})[{expr.result}]"


def fold(
    items: Sequence[object], starts: tuple[object, ...], step: Callable[..., tuple[object, ...]]
) -> tuple[object, ...]:
    """Carry values through a list."""
    for item in items:
        starts = step(item, *starts)
    return starts


def _speaks(expr: Expr) -> bool:
    """Whether a sentence depends on which part of the expression is taken."""
    match expr:
        case Because():
            return True
        case Select(then=then, otherwise=otherwise):
            return _speaks(then) or _speaks(otherwise)
        case Let(body=body):
            return _speaks(body)
        case Op(op="some", args=(inner,)):
            return _speaks(inner)
    return False


class Compiled(NamedTuple):
    """A rule with its code."""

    rule: Rule
    run: Code


def compile_rules(rules: Sequence[Rule]) -> tuple[Compiled, ...]:
    """Write and load the code of rules."""
    text = "\n\n".join(_Writer(rule).function(f"rule_{i}") for i, rule in enumerate(rules))
    names: dict[str, object] = {
        "Step": Step,
        "annuities": annuities,
        "ceil": math.ceil,
        "date_day": date_day,
        "float_half_up": float_half_up,
        "floor": math.floor,
        "fold": fold,
        "histories": histories,
        "values": values,
        "within_range": within_range,
    }
    exec(compile(text, "<rules>", "exec"), names)  # noqa: S102 - text written above from the checked IR only
    found: list[Compiled] = []
    for i, rule in enumerate(rules):
        run = names[f"rule_{i}"]
        assert callable(run)
        found.append(Compiled(rule, run))
    return tuple(found)
