"""One person's decision: the typed rules as Python code, written once per set of versions and then only run.

The code is generated from the IR alone. Each rule gives its value, which sentence applies, the values the
sentence needs and which rows of parameters were used.
"""

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import CodeType, TracebackType
from typing import NamedTuple, TypeAlias, TypeVar

from tongban.law import annuities, histories, values
from tongban.law.consulting import Tables
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
from tongban.law.parameters import Row
from tongban.law.terms import walk

T = TypeVar("T")
# A step as the code gives it: value, number of its sentence (-1: none), the values to fill in, rows used.
Step: TypeAlias = tuple[object, int, tuple[object, ...], tuple[Row, ...]]
Decide: TypeAlias = Callable[[Mapping[str, object]], tuple[Step, ...]]


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
            f"{name}：数额超出规则集允许的范围，请核对据以累计的事项",
        )
    return value


class _Writer:
    """Writes the code of one rule as a function of the facts and the values of the rules it uses."""

    def __init__(self, rule: Rule, tables: dict[str, str]) -> None:
        self.rule = rule
        self.lines: list[str] = []
        self._tables = tables
        self._values = {name: f"value_{i}" for i, name in enumerate(rule.rules)}
        said = [expr for sentence in rule.sentences for expr, _ in sentence.values]
        self._lists = not _looks_up_surely(rule.body, at_end=True) or any(map(_looks_up, said))
        self._rows: list[str] = []

    def function(self, name: str) -> str:
        self.lines = [f"def {name}({', '.join(('f', *self._values.values()))}):"]
        if self._lists:
            self._put(1, "used = []")
        self._tail(self.rule.body, 1)
        return "\n".join(self.lines)

    def _put(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def _tail(self, expr: Expr, depth: int) -> None:
        match expr:
            case Select(test=test, then=then, otherwise=otherwise) if _speaks(expr):
                self._put(depth, f"if {self.code(test)}:")
                before = [*self._rows]
                self._tail(then, depth + 1)
                self._rows = before
                self._tail(otherwise, depth)
            case Let(name=name, value=value, body=body):
                self._put(depth, f"{_local(name)} = {self.code(value)}")
                self._tail(body, depth)
            case Because(value=value, reason=reason):
                said = self._checked(value)
                filling = self._tuple([one for one, _ in self.rule.sentences[reason].values])
                self._put(depth, f"return {said}, {reason}, {filling}, {self._used()}")
            case Op(op="some", args=(inner,)) if _speaks(inner):
                self._tail(inner, depth)
            case _:
                self._put(depth, f"return {self._checked(expr)}, -1, (), {self._used()}")

    def _used(self) -> str:
        return "tuple(used)" if self._lists else "(" + "".join(f"{one}, " for one in self._rows) + ")"

    def _checked(self, expr: Expr) -> str:
        code, limits = self.code(expr), self.rule.range
        if self.rule.scalar_only and limits is not None:
            return f"within_range({self.rule.name!r}, {limits.low!r}, {limits.high!r}, {code})"
        return code

    def _lookup(self, parameter: str, at: Expr | None, keys: Sequence[Expr]) -> str:
        if self._lists:
            return f"t.row(used, {parameter!r}, {self._day(at)}, {self._tuple(keys)})"
        key = self.code(keys[0]) if len(keys) == 1 else self._tuple(keys)
        table = self._tables.setdefault(parameter, f"rows_{len(self._tables)}")
        row = f"row_{len(self._rows)}"
        self._rows.append(row)
        return f"({row} := {table}[{key}]).value"

    def code(self, expr: Expr) -> str:
        """Give the expression as Python."""
        match expr:
            case Const(value=value):
                return repr(value)
            case Given(name=name):
                return f"f[{name!r}]"
            case RuleValue(name=name):
                return self._values[name]
            case Local(name=name):
                return _local(name)
            case Op():
                return self._operation(expr)
            case Select(test=test, then=then, otherwise=otherwise):
                return f"({self.code(then)} if {self.code(test)} else {self.code(otherwise)})"
            case Let(name=name, value=value, body=body):
                return f"(lambda {_local(name)}: {self.code(body)})({self.code(value)})"
            case Because(value=value):
                return self.code(value)
            case Lookup(parameter=parameter, at=at, keys=keys):
                return self._lookup(parameter, at, keys)
            case HasRow(parameter=parameter, at=at, keys=keys):
                return f"t.has({parameter!r}, {self._day(at)}, {self._tuple(keys)})"
            case InSet(parameter=parameter, at=at, value=value, within=within):
                return f"t.inside(used, {parameter!r}, {self._day(at)}, {self.code(value)}, {within})"
            case FieldOf(record=record, index=index):
                return f"{self.code(record)}[{index}]"
            case Each(items=items, variable=variable, test=test, value=value):
                condition = f" if {self.code(test)}" if test is not None else ""
                each = f"for {_local(variable)} in {self.code(items)}"
                return f"tuple([{self.code(value)} {each}{condition}])"
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
        names = ", ".join(_local(name) for name in (expr.variable, *expr.names))
        steps = self._tuple(expr.steps)
        starts = self._tuple(expr.starts)
        return f"fold({self.code(expr.items)}, {starts}, lambda {names}: {steps})[{expr.result}]"


def _local(name: str) -> str:
    return f"local_{name}"


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


def _looks_up_surely(expr: Expr, *, at_end: bool = False) -> bool:
    """Whether each look-up on the way to a sentence is made once, on the day of the decision.

    `at_end` says that the expression is written as statements of its own.
    """
    match expr:
        case Select(test=test, then=then, otherwise=otherwise) if at_end and _speaks(expr):
            return _looks_up_surely(test) and all(
                _looks_up_surely(one, at_end=True) for one in (then, otherwise)
            )
        case Let(value=value, body=body) if at_end:
            return _looks_up_surely(value) and _looks_up_surely(body, at_end=True)
        case Op(op="some", args=(inner,)) if at_end and _speaks(inner):
            return _looks_up_surely(inner, at_end=True)
        case Select(test=test, then=then, otherwise=otherwise):
            return _looks_up_surely(test) and not _looks_up(then) and not _looks_up(otherwise)
        case Op(op="and" | "or", args=(first, *others)):
            return _looks_up_surely(first) and not any(_looks_up(other) for other in others)
        case Let(value=value, body=body):
            return _looks_up_surely(value) and not _looks_up(body)
        case Lookup(at=None, keys=keys):
            return all(_looks_up_surely(key) for key in keys)
        case Because(value=value):
            return _looks_up_surely(value)
        case Op(args=args):
            return all(_looks_up_surely(arg) for arg in args)
        case FieldOf(record=record):
            return _looks_up_surely(record)
    return not _looks_up(expr)


def _looks_up(expr: Expr) -> bool:
    return any(isinstance(part, Lookup | InSet) for part in walk(expr))


class Decision(NamedTuple):
    """Rules as code for a day's tables: `run` gives a step for each, in their order."""

    rules: tuple[Rule, ...]
    run: Decide
    lines: tuple[int, ...]

    def rule_at(self, trace: TracebackType | None) -> str:
        """Give the name of the rule that an error came out of."""
        while trace is not None:
            if trace.tb_frame.f_code.co_name == _DECIDE:
                return self.rules[bisect_right(self.lines, trace.tb_lineno) - 1].name
            trace = trace.tb_next
        return ""


@dataclass(frozen=True)
class _Written:
    """The code of rules, the names of the tables in it, and the line on which each rule is called."""

    code: CodeType
    tables: Mapping[str, str]
    lines: tuple[int, ...]


_DECIDE = "decide"
_NAMES: dict[str, object] = {
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


@lru_cache(maxsize=256)
def _written(rules: tuple[Rule, ...]) -> _Written:
    tables: dict[str, str] = {}
    at = {rule.name: i for i, rule in enumerate(rules)}
    text = "\n\n".join(_Writer(rule, tables).function(f"rule_{i}") for i, rule in enumerate(rules))
    calls = [
        f"    step_{i} = rule_{i}(f{''.join(f', step_{at[used]}[0]' for used in rule.rules)})"
        for i, rule in enumerate(rules)
    ]
    begin = text.count("\n") + 4
    steps = "".join(f"step_{i}, " for i in range(len(rules)))
    text += "\n\n\n" + "\n".join([f"def {_DECIDE}(f):", *calls, f"    return ({steps})"])
    return _Written(compile(text, "<rules>", "exec"), tables, tuple(range(begin + 1, begin + 1 + len(rules))))


def compile_rules(rules: tuple[Rule, ...], tables: Tables) -> Decision:
    """Write and load the code of rules, each after those it uses, for the tables of a day."""
    written = _written(rules)
    names = _NAMES | {"t": tables} | {name: tables.rows(one) for one, name in written.tables.items()}
    exec(written.code, names)  # noqa: S102 - text written above from the checked IR only
    run = names[_DECIDE]
    assert callable(run)
    return Decision(rules, run, written.lines)
