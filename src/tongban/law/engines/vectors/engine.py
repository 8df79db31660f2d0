"""Evaluates a program over columns with numpy: every branch for all, then the one that holds is chosen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from tongban.law import ir
from tongban.law.engines.batch import Answer, Answers, Batch
from tongban.law.engines.program import Fact, Program, Unsupported, plain
from tongban.law.engines.vectors.operations import compute
from tongban.law.engines.vectors.timelines import Bools, Ints, Timeline, place_within
from tongban.law.parameters import Parameter, Resolved
from tongban.law.tables.columns import Numbers


@dataclass(frozen=True)
class Vector:
    """A value for every person; where `missing`, none; where `refused`, the law has no answer."""

    values: Numbers | Timeline
    missing: Bools
    refused: Bools


Names: TypeAlias = Mapping[str, Vector]


class NumpyEngine:
    """A program evaluated with numpy."""

    name = "numpy"
    reads_cells: frozenset[str] = frozenset()

    def __init__(self, program: Program) -> None:
        self._program = program

    def run(self, batch: Batch) -> Answers:
        """Compute the outcomes of a batch."""
        with np.errstate(all="ignore"):
            return _Evaluation(self._program, batch).answers()


class _Evaluation:
    def __init__(self, program: Program, batch: Batch) -> None:
        self.program = program
        self.batch = batch
        self.nobody = np.zeros(batch.persons, bool)
        self.refused = self.nobody
        self.given = {"on": self._all(np.full(batch.persons, program.day, np.int64))}
        for fact in program.facts:
            self.given[fact.name] = self._fact(fact)
        self.rules: dict[str, Vector] = {}

    def answers(self) -> Answers:
        for rule in self.program.rules.values():
            self.rules[rule.name] = self._evaluate(rule, rule.body, {})
            self.refused = self.refused | self.rules[rule.name].refused
        for check in self.program.checks:
            held = self._evaluate(check, check.body, {})
            self.refused = self.refused | held.refused | ~_numbers(held).astype(bool)
        outcomes = {}
        for target in self.program.targets:
            vector = self.rules[target.rule]
            missing = vector.missing if isinstance(target.type, ir.OptionalType) else None
            outcomes[target.name] = Answer(_numbers(vector), missing)
        return Answers(outcomes, self.refused)

    def _all(self, values: Numbers | Timeline) -> Vector:
        return Vector(values, self.nobody, self.nobody)

    def _refuse(self, unfit: Bools) -> None:
        self.refused = self.refused | unfit

    # -- facts

    def _fact(self, fact: Fact) -> Vector:
        if plain(fact.type) == ir.SPELLS:
            return self._history(fact)
        column = self.batch.columns.get(fact.name)
        kind = _dtype(fact.type)
        if column is None:
            values, missing = np.zeros(self.batch.persons, kind), ~self.nobody
        else:
            values = column.values.astype(kind)
            missing = self.nobody if column.missing is None else column.missing
        fits = self.nobody.copy()
        fits[:] = True
        if kind is not np.bool_:
            fits = (values >= kind(fact.low)) & (values <= kind(fact.high))
            if fact.one_of:
                fits &= np.isin(values, [self._constant(one) for one in fact.one_of])
        self._refuse(~missing & ~fits)
        if fact.default is not None:
            return self._all(np.where(missing, np.array(self._constant(fact.default), kind), values))
        if not fact.optional:
            self._refuse(missing)
            return self._all(values)
        return Vector(values, missing, self.nobody)

    def _history(self, fact: Fact) -> Vector:
        history = self.batch.histories.get(fact.name)
        if history is None:
            if not fact.may_be_missing:
                self._refuse(~self.nobody)
            none = np.zeros(0, np.int64)
            return Vector(
                Timeline(self.batch.persons, none, none, none, none, none), ~self.nobody, self.nobody
            )
        parts = (history.owner, history.first, history.last, history.place, history.kind)
        spells = Timeline(self.batch.persons, *(part.astype(np.int64) for part in parts))
        bad = (spells.first < fact.low) | (spells.last > fact.high) | (spells.last < spells.first)
        by_place = np.lexsort((spells.first, spells.place, spells.owner))
        before, after = by_place[:-1], by_place[1:]
        same = (spells.owner[before] == spells.owner[after]) & (spells.place[before] == spells.place[after])
        bad[after] |= same & (spells.first[after] <= spells.last[before])
        counts = np.diff(history.offsets)
        missing = self.nobody if history.missing is None else history.missing
        self._refuse(~missing & ((counts < fact.fewest) | (counts > fact.most)))
        unfit = self.nobody.copy()
        unfit[spells.owner[bad]] = True
        self._refuse(unfit)
        if not fact.may_be_missing:
            self._refuse(missing)
        return Vector(spells.only(~unfit[spells.owner]), missing, self.nobody)

    def _constant(self, value: int | float | str | bool) -> int | float | bool:
        return self.program.texts.index(value) if isinstance(value, str) else value

    # -- expressions

    def _evaluate(self, rule: ir.Rule, expr: ir.Expr, names: Names) -> Vector:
        match expr:
            case ir.Const():
                return self._const(expr)
            case ir.Given():
                return self.given[expr.name]
            case ir.RuleValue():
                used = self.rules[expr.name]
                return Vector(used.values, used.missing, self.nobody)
            case ir.Local():
                return names[expr.name]
            case ir.Because():
                said = [self._evaluate(rule, one, names) for one, _ in rule.sentences[expr.reason].values]
                return self._refused_with(self._evaluate(rule, expr.value, names), said)
            case ir.Let():
                bound = self._evaluate(rule, expr.value, names)
                plain_value = Vector(bound.values, bound.missing, self.nobody)
                body = self._evaluate(rule, expr.body, {**names, expr.name: plain_value})
                return self._refused_with(body, [bound])
            case ir.Select():
                return self._select(rule, expr, names)
            case ir.Lookup() | ir.HasRow() | ir.InSet():
                return self._looked_up(rule, expr, names)
            case ir.Op():
                return self._operation(expr.op, [self._evaluate(rule, one, names) for one in expr.args])
        raise Unsupported(f"{rule.name} works on lists")

    def _const(self, expr: ir.Const) -> Vector:
        if expr.value is None:
            return Vector(np.zeros(self.batch.persons, _dtype(expr.type)), ~self.nobody, self.nobody)
        return self._all(np.full(self.batch.persons, self._constant(expr.value), _dtype(expr.type)))

    def _refused_with(self, vector: Vector, others: Sequence[Vector]) -> Vector:
        refused = vector.refused
        for other in others:
            refused = refused | other.refused
        return Vector(vector.values, vector.missing, refused)

    def _select(self, rule: ir.Rule, expr: ir.Select, names: Names) -> Vector:
        test = self._evaluate(rule, expr.test, names)
        then, otherwise = (self._evaluate(rule, one, names) for one in (expr.then, expr.otherwise))
        holds = _numbers(test).astype(bool)
        values: Numbers | Timeline
        if isinstance(then.values, Timeline) and isinstance(otherwise.values, Timeline):
            a, b = then.values, otherwise.values
            values = a.only(holds[a.owner]).union(b.only(~holds[b.owner]))
        else:
            values = np.where(holds, _numbers(then), _numbers(otherwise))
        missing = np.where(holds, then.missing, otherwise.missing)
        refused = test.refused | np.where(holds, then.refused, otherwise.refused)
        return Vector(values, missing, refused)

    def _looked_up(self, rule: ir.Rule, expr: ir.Lookup | ir.HasRow | ir.InSet, names: Names) -> Vector:
        day = self.given["on"] if expr.at is None else self._evaluate(rule, expr.at, names)
        exprs = (expr.value,) if isinstance(expr, ir.InSet) else expr.keys
        keys = [self._evaluate(rule, key, names) for key in exprs]
        parameter = self.program.parameters[expr.parameter]
        columns = [day, *keys]
        different, which = _different([one.values for one in columns], [one.missing for one in columns])
        found = [self._row(expr, parameter, key) for key in different]
        values = [value for value, _ in found]
        missing = np.array([value is None for value in values], bool)
        numbers = np.array([0 if value is None else value for value in values], _dtype(expr.type))
        refused = np.array([without for _, without in found], bool)
        return self._refused_with(Vector(numbers[which], missing[which], refused[which]), columns)

    def _row(
        self, expr: ir.Lookup | ir.HasRow | ir.InSet, parameter: Parameter, key: tuple[object, ...]
    ) -> tuple[object, bool]:
        """The value (None: no value) and whether the law has no answer."""
        resolved = self._resolved(parameter, key[0])
        written = tuple(
            self._written(one, kind)
            for one, kind in zip(key[1:], self._key_types(expr, parameter), strict=True)
        )
        if isinstance(expr, ir.InSet):
            row = resolved.find(())
            members = row.value if row is not None and isinstance(row.value, frozenset) else frozenset()
            value = written[0]
            inside = any(_lies_within(value, one) for one in members) if expr.within else value in members
            return inside, row is None
        row = resolved.find(written)
        if isinstance(expr, ir.HasRow):
            return row is not None, False
        if row is None and not parameter.has_otherwise:
            return None, True
        value = parameter.otherwise if row is None else row.value
        return (self._constant(value) if isinstance(value, str) else value), False

    def _key_types(self, expr: ir.Lookup | ir.HasRow | ir.InSet, parameter: Parameter) -> list[ir.Type]:
        return [parameter.type] if isinstance(expr, ir.InSet) else [key.type for key in parameter.keys]

    def _written(self, value: object, kind: ir.Type) -> object:
        if value is None:
            return None
        if plain(kind) == ir.STR and isinstance(value, int):
            return self.batch.texts[value]
        return value

    def _resolved(self, parameter: Parameter, day: object) -> Resolved:
        return Resolved(parameter, day if isinstance(day, int) else 0)

    # -- operations

    def _operation(self, op: str, arguments: Sequence[Vector]) -> Vector:
        if op in ("and", "or"):
            left, right = arguments
            reached = _numbers(left).astype(bool) == (op == "and")
            refused = left.refused | (reached & right.refused)
        else:
            refused = self.nobody
            for argument in arguments:
                refused = refused | argument.refused
        first = arguments[0]
        match op:
            case "some" | "unwrap":
                return Vector(first.values, self.nobody, refused)
            case "is_none":
                return Vector(first.missing.copy(), self.nobody, refused)
        if isinstance(first.values, Timeline):
            return self._of_spells(op, first.values, arguments[1:], refused)
        return Vector(compute(op, [_numbers(argument) for argument in arguments]), self.nobody, refused)

    def _of_spells(self, op: str, spells: Timeline, others: Sequence[Vector], refused: Bools) -> Vector:
        arguments = [one.values for one in others]
        method: Callable[..., Timeline | Numbers | tuple[Ints, Bools]] | None
        method = getattr(Timeline, _SPELLS[op], None) if op in _SPELLS else None
        if method is None:
            raise Unsupported(f"the operation {op}")
        result = method(spells, *arguments)
        if isinstance(result, tuple):
            return Vector(result[0], ~result[1], refused)
        return Vector(result, self.nobody, refused)


_SPELLS = {
    "spells_within": "within",
    "spells_of_kind": "of_kind",
    "spells_up_to": "up_to",
    "spells_starting": "starting",
    "spells_union": "union",
    "spells_intersection": "intersection",
    "spells_difference": "difference",
    "spells_months": "months",
    "spells_overlap": "overlap",
    "spells_covers": "covers",
    "spells_longest_run": "longest_run",
    "spells_run_ending": "run_ending",
    "spells_gaps": "gaps",
    "spells_longest_gap": "longest_gap",
    "spells_first": "first_month",
    "spells_last": "last_month",
    "spells_last_place": "last_place",
    "spells_first_month_with": "first_month_with",
}


def _different(
    columns: Sequence[Numbers | Timeline], missing: Sequence[Bools]
) -> tuple[list[tuple[object, ...]], npt.NDArray[np.intp]]:
    """The different rows of some columns (None where missing), and for each person which of them it is."""
    which = np.zeros(len(missing[0]), np.int64)
    parts: list[list[object]] = []
    for column, absent in zip(columns, missing, strict=True):
        if isinstance(column, Timeline):
            raise TypeError("spells are no key")
        known, codes = np.unique(column, return_inverse=True)
        codes = np.where(absent, len(known), codes)
        parts.append([*known.tolist(), None])
        which = which * (len(known) + 1) + codes
    used, back = np.unique(which, return_inverse=True)
    rows = []
    for code in used.tolist():
        row: list[object] = []
        rest = code
        for part in reversed(parts):
            rest, position = divmod(rest, len(part))
            row.append(part[position])
        rows.append(tuple(reversed(row)))
    return rows, back


def _numbers(vector: Vector) -> Numbers:
    if isinstance(vector.values, Timeline):
        raise TypeError("spells are not a number")
    return vector.values


def _dtype(kind: ir.Type) -> type[np.generic]:
    inner = plain(kind)
    return np.bool_ if inner == ir.BOOL else np.float64 if inner == ir.FLOAT else np.int64


def _lies_within(inner: object, outer: object) -> bool:
    one = place_within(np.array([inner], np.int64), np.array([outer], np.int64))
    return bool(one[0])
