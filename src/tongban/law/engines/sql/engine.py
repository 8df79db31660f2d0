"""Writes a program as one SQL query, a layer of columns a rule, and has DuckDB compute it.

A value that is missing is NULL. Beside each rule's value stands whether it refuses the person.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tongban.law import ir
from tongban.law.engines.batch import Answer, Answers, Batch
from tongban.law.engines.program import Fact, Program, Unsupported, plain
from tongban.law.engines.sql.operations import SCALAR, SPELLS, place_within, whole
from tongban.law.parameters import Parameter, Resolved, RowKey
from tongban.law.tables.histories import History

_NO = "FALSE"


@dataclass(frozen=True)
class Written:
    """An expression, and one that says whether the law has no answer."""

    value: str
    refused: str = _NO


Names: TypeAlias = Mapping[str, Written]


class DuckdbEngine:
    """A program as SQL."""

    name = "duckdb"
    reads_cells: frozenset[str] = frozenset()

    def __init__(self, program: Program) -> None:
        self._program = program
        self._query = _Writer(program).query()

    def run(self, batch: Batch) -> Answers:
        """Compute the outcomes of a batch."""
        with duckdb.connect() as connection:
            connection.register("facts", _table(self._program, batch))
            found = connection.execute(self._query).fetchnumpy()
        outcomes = {}
        for number, target in enumerate(self._program.targets):
            outcomes[target.name] = _answer(found[f"t{number}"], target.type)
        return Answers(outcomes, np.ma.filled(found["refused"], True).astype(bool))


def _answer(column: npt.NDArray[np.generic], kind: ir.Type) -> Answer:
    inner = plain(kind)
    dtype = np.bool_ if inner == ir.BOOL else np.float64 if inner == ir.FLOAT else np.int64
    missing = np.array(np.ma.getmaskarray(column), bool)
    values = np.ma.filled(column, 0).astype(dtype)
    return Answer(values, missing if isinstance(kind, ir.OptionalType) else None)


def _table(program: Program, batch: Batch) -> pa.Table:
    """The batch as Arrow, a column for each fact."""
    columns: dict[str, pa.Array] = {"person": pa.array(np.arange(batch.persons))}
    for number, fact in enumerate(program.facts):
        if fact.name in batch.histories:
            columns[f"f{number}"] = _spells(batch.histories[fact.name])
        elif fact.name in batch.columns:
            column = batch.columns[fact.name]
            values = (
                column.values
                if column.values.dtype in (np.bool_, np.float64)
                else column.values.astype(np.int64)
            )
            columns[f"f{number}"] = pa.array(values, mask=column.missing)
        else:
            columns[f"f{number}"] = pa.nulls(batch.persons, _arrow_type(fact.type))
    return pa.table(columns)


_SPELL = pa.struct([(name, pa.int64()) for name in ("f", "l", "p", "k")])


def _spells(history: History) -> pa.Array:
    parts = [part.astype(np.int64) for part in (history.first, history.last, history.place, history.kind)]
    spells = pa.StructArray.from_arrays([pa.array(part) for part in parts], fields=list(_SPELL))
    mask = None if history.missing is None else pa.array(history.missing)
    return pa.ListArray.from_arrays(pa.array(history.offsets.astype(np.int32)), spells, mask=mask)


def _arrow_type(kind: ir.Type) -> pa.DataType:
    inner = plain(kind)
    if inner == ir.SPELLS:
        return pa.list_(_SPELL)
    return pa.bool_() if inner == ir.BOOL else pa.float64() if inner == ir.FLOAT else pa.int64()


class _Writer:
    def __init__(self, program: Program) -> None:
        self._program = program
        self._source = "facts"
        self._new: list[str] = []
        self._locals = itertools.count()
        self._rules: dict[str, Written] = {}
        self._refused: list[str] = []

    def query(self) -> str:
        given = {"on": Written(whole(self._program.day))}
        for number, fact in enumerate(self._program.facts):
            given[fact.name] = self._fact(fact, f"f{number}")
        self._given = given
        self._layer()
        for number, rule in enumerate(self._program.rules.values()):
            written = self._write(rule, rule.body, {})
            self._column(f"r{number}", written.value)
            self._refusal(written.refused)
            self._layer()
            self._rules[rule.name] = Written(f"r{number}")
        for check in self._program.checks:
            held = self._write(check, check.body, {})
            self._refusal(f"({held.refused} OR NOT {held.value})")
            self._layer()
        targets = [
            f"{self._rules[target.rule].value} AS t{i}" for i, target in enumerate(self._program.targets)
        ]
        refused = " OR ".join(self._refused) or _NO
        columns = ", ".join([*targets, f"({refused}) AS refused"])
        return f"SELECT {columns} FROM {self._source} ORDER BY person"  # noqa: S608 - written from checked law only

    def _column(self, name: str, value: str) -> None:
        self._new.append(f"{value} AS {name}")

    def _refusal(self, condition: str) -> None:
        if condition != _NO:
            name = f"x{len(self._refused)}"
            self._column(name, condition)
            self._refused.append(name)

    def _layer(self) -> None:
        if self._new:
            self._source = f"(SELECT *, {', '.join(self._new)} FROM {self._source})"  # noqa: S608 - as above
            self._new = []

    def _local(self, written: Written) -> Written:
        """A column of its own for a named value; what a branch not taken cannot compute is NULL."""
        self._layer()
        number = next(self._locals)
        self._column(f"l{number}", f"TRY({written.value})")
        if written.refused != _NO:
            self._column(f"y{number}", f"TRY({written.refused})")
        self._layer()
        return Written(f"l{number}", _NO if written.refused == _NO else f"y{number}")

    # -- facts

    def _fact(self, fact: Fact, column: str) -> Written:
        if plain(fact.type) == ir.SPELLS:
            self._refusal(self._unfit_spells(fact, column))
        elif plain(fact.type) != ir.BOOL:
            outside = f"({column} < {self._literal(fact.low)} OR {column} > {self._literal(fact.high)})"
            if fact.one_of:
                outside = (
                    f"({outside} OR {column} NOT IN ({', '.join(self._literal(one) for one in fact.one_of)}))"
                )
            self._refusal(f"coalesce({outside}, FALSE)")
        if fact.default is not None:
            return Written(f"coalesce({column}, {self._literal(fact.default)})")
        if not fact.optional:
            self._refusal(f"({column} IS NULL)")
        return Written(column)

    def _unfit_spells(self, fact: Fact, column: str) -> str:
        low, high = int(fact.low), int(fact.high)
        bad = f"len(list_filter({column}, lambda x: x.f < {low} OR x.l > {high} OR x.l < x.f)) > 0"
        pairs = (
            f"len(list_filter({column}, lambda x: len(list_filter({column}, lambda y: "
            "y.p = x.p AND y.f <= x.l AND x.f <= y.l)) > 1)) > 0"
        )
        count = f"len({column}) < {fact.fewest} OR len({column}) > {fact.most}"
        return f"coalesce({count} OR {bad} OR {pairs}, FALSE)"

    def _literal(self, value: object) -> str:
        match value:
            case bool():
                return "TRUE" if value else _NO
            case int():
                return whole(value)
            case float():
                return f"'{value!r}'::DOUBLE"
            case str():
                return whole(self._program.texts.index(value))
        raise Unsupported(f"a constant of type {type(value).__name__}")

    # -- expressions

    def _write(self, rule: ir.Rule, expr: ir.Expr, names: Names) -> Written:
        match expr:
            case ir.Const():
                return Written(self._null(expr.type) if expr.value is None else self._literal(expr.value))
            case ir.Given():
                return self._given[expr.name]
            case ir.RuleValue():
                return self._rules[expr.name]
            case ir.Local():
                return names[expr.name]
            case ir.Because():
                value = self._write(rule, expr.value, names)
                said = [self._write(rule, one, names) for one, _ in rule.sentences[expr.reason].values]
                return Written(value.value, _any(value.refused, *(one.refused for one in said)))
            case ir.Let():
                bound = self._local(self._write(rule, expr.value, names))
                body = self._write(rule, expr.body, {**names, expr.name: Written(bound.value)})
                return Written(body.value, _any(bound.refused, body.refused))
            case ir.Select():
                test, then, otherwise = (
                    self._write(rule, one, names) for one in (expr.test, expr.then, expr.otherwise)
                )
                chosen = _choose(test.value, then.refused, otherwise.refused)
                return Written(_choose(test.value, then.value, otherwise.value), _any(test.refused, chosen))
            case ir.Lookup() | ir.HasRow() | ir.InSet():
                return self._looked_up(rule, expr, names)
            case ir.Op():
                return self._operation(expr.op, [self._write(rule, one, names) for one in expr.args])
        raise Unsupported(f"{rule.name} works on lists")

    def _null(self, kind: ir.Type) -> str:
        inner = plain(kind)
        return "NULL::" + ("BOOLEAN" if inner == ir.BOOL else "DOUBLE" if inner == ir.FLOAT else "BIGINT")

    def _operation(self, op: str, arguments: Sequence[Written]) -> Written:
        write = SCALAR.get(op) or SPELLS.get(op)
        if write is None:
            raise Unsupported(f"the operation {op}")
        if op in ("and", "or") and arguments[1].refused != _NO:
            left, right = arguments
            reached = left.value if op == "and" else f"(NOT {left.value})"
            refused = _any(left.refused, f"({reached} AND {right.refused})")
        else:
            refused = _any(*(argument.refused for argument in arguments))
        return Written(write(*(argument.value for argument in arguments)), refused)

    # -- parameters

    def _looked_up(self, rule: ir.Rule, expr: ir.Lookup | ir.HasRow | ir.InSet, names: Names) -> Written:
        parameter = self._program.parameters[expr.parameter]
        exprs = (expr.value,) if isinstance(expr, ir.InSet) else expr.keys
        keys = [self._write(rule, key, names) for key in exprs]
        refused = _any(*(key.refused for key in keys))
        if expr.at is None:
            found = self._on_day(expr, Resolved(parameter, self._program.day), [key.value for key in keys])
            return Written(found.value, _any(refused, found.refused))
        day = self._write(rule, expr.at, names)
        changes = {entry.since for entry in parameter.entries}
        changes |= {entry.until + 1 for entry in parameter.entries if entry.until is not None}
        periods = [
            (begin, self._on_day(expr, Resolved(parameter, begin), [key.value for key in keys]))
            for begin in changes
        ]
        periods.sort(key=lambda period: -period[0])
        before = self._on_day(expr, Resolved(parameter, min(changes) - 1), [key.value for key in keys])
        values = " ".join(f"WHEN {day.value} >= {begin} THEN {one.value}" for begin, one in periods)
        refusals = " ".join(f"WHEN {day.value} >= {begin} THEN {one.refused}" for begin, one in periods)
        return Written(
            f"(CASE {values} ELSE {before.value} END)",
            _any(refused, day.refused, f"(CASE {refusals} ELSE {before.refused} END)"),
        )

    def _on_day(
        self, expr: ir.Lookup | ir.HasRow | ir.InSet, resolved: Resolved, keys: Sequence[str]
    ) -> Written:
        if isinstance(expr, ir.InSet):
            return self._member(resolved, keys[0], within=expr.within)
        conditions = [
            (self._condition(resolved.parameter, key, keys), value)
            for key, value in _narrowest_first(resolved)
        ]
        hits = " OR ".join(condition for condition, _ in conditions) or _NO
        hit = f"coalesce({hits}, FALSE)"
        if isinstance(expr, ir.HasRow):
            return Written(hit)
        null = self._null(expr.type)
        otherwise, refused = null, f"(NOT {hit})"
        if resolved.parameter.has_otherwise:
            otherwise, refused = self._row_value(resolved.parameter.otherwise, null), _NO
        cases = " ".join(
            f"WHEN {condition} THEN {self._row_value(value, null)}" for condition, value in conditions
        )
        return Written(f"(CASE {cases} ELSE {otherwise} END)" if cases else otherwise, refused)

    def _row_value(self, value: object, null: str) -> str:
        return null if value is None else self._literal(value)

    def _condition(self, parameter: Parameter, row: RowKey, keys: Sequence[str]) -> str:
        parts = []
        for declared, wanted, given in zip(parameter.keys, row, keys, strict=True):
            literal = self._literal(wanted)
            if declared.match != "exact":
                parts.append(f"{given} {'>=' if declared.match == 'from' else '<='} {literal}")
            elif declared.type == ir.PLACE:
                parts.append(place_within(given, literal))
            else:
                parts.append(f"{given} = {literal}")
        return f"({' AND '.join(parts)})" if parts else "TRUE"

    def _member(self, resolved: Resolved, value: str, *, within: bool) -> Written:
        row = resolved.find(())
        if row is None or not isinstance(row.value, frozenset):
            return Written(_NO, "TRUE")
        members = [self._literal(member) for member in row.value]
        if not members:
            return Written(_NO)
        if within:
            return Written("(" + " OR ".join(place_within(value, member) for member in members) + ")")
        return Written(f"({value} IN ({', '.join(members)}))")


def _narrowest_first(resolved: Resolved) -> list[tuple[RowKey, object]]:
    """The rows in the order in which they are tried."""
    parameter = resolved.parameter

    def order(key: RowKey) -> tuple[float, ...]:
        tried: list[float] = []
        for position in parameter.places:
            place = key[position]
            zeros = len(f"{place:06d}") - len(f"{place:06d}".rstrip("0")) if place else 6
            tried.append(zeros // 2)
        if parameter.bands and isinstance(key[-1], int | float):
            tried.append(-key[-1] if parameter.keys[-1].match == "from" else key[-1])
        return tuple(tried)

    return [(key, resolved.rows[key].value) for key in sorted(resolved.rows, key=order)]


def _any(*conditions: str) -> str:
    some = [condition for condition in conditions if condition != _NO]
    if len(some) < 2:
        return some[0] if some else _NO
    return f"({' OR '.join(some)})"


def _choose(test: str, then: str, otherwise: str) -> str:
    return then if then == otherwise else f"(CASE WHEN {test} THEN {then} ELSE {otherwise} END)"
