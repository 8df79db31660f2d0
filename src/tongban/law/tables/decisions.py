"""Decides on batches of rows: outcomes for those that can be used, reasons for those that cannot."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from tongban.law.engines.choice import engine_for
from tongban.law.engines.program import Program, Target
from tongban.law.errors import FactsRefused, LawError
from tongban.law.ir import Text
from tongban.law.rule_sets import RuleSet
from tongban.law.tables.columns import Mask, read_date
from tongban.law.tables.errors import Offender
from tongban.law.tables.facts import Facts, read_batch
from tongban.law.tables.header import Header
from tongban.law.tables.outcomes import column_type, write_answer, write_objects
from tongban.law.values import Date

Positions: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Decided:
    """Rows with their outcomes, and rows that cannot be used; each in the order of the table."""

    good: pa.RecordBatch
    bad: pa.RecordBatch
    offenders: tuple[Offender, ...]


@dataclass(frozen=True)
class _Part:
    """The rows of one day: outcomes of the good ones, which those are, and what is wrong with the others."""

    outcomes: pa.RecordBatch
    good: Positions
    offenders: tuple[Offender, ...]


class Decider:
    """Decides on the rows of one table by one rule set; several threads may ask it."""

    def __init__(self, ruleset: RuleSet, day: Date, engine: str, header: Header, table: str) -> None:
        self._ruleset = ruleset
        self._day = day
        self._engine = engine
        self._header = header
        self._table = table
        self._targets = engine_for(ruleset, day.ordinal, engine)[0].targets

    @property
    def row_by_row(self) -> bool:
        """Whether rules work on lists, so that the interpreter decides row by row."""
        return engine_for(self._ruleset, self._day.ordinal, self._engine)[1] is None

    def schema(self, rows: pa.Schema) -> pa.Schema:
        """The columns of the result: those carried over, then the outcomes."""
        return pa.schema([*(rows.field(name) for name in self._header.carried), *self._outcome_schema()])

    def decide(self, rows: pa.RecordBatch, first_row: int) -> Decided:
        """Decide on rows, of which the first is number `first_row` of the table."""
        parts = self._parts(rows, first_row)
        carried = rows.select(list(self._header.carried))
        if len(parts) == 1 and not parts[0].offenders:
            columns = [*carried.columns, *parts[0].outcomes.columns]
            return Decided(pa.record_batch(columns, self.schema(rows.schema)), rows.slice(0, 0), ())
        good = np.concatenate([part.good for part in parts]) if parts else np.zeros(0, np.int64)
        order = pa.array(np.argsort(good, kind="stable"))
        outcomes = _stacked([part.outcomes for part in parts], self._outcome_schema()).take(order)
        bad = np.ones(rows.num_rows, bool)
        bad[good] = False
        columns = [*carried.take(pa.array(np.sort(good))).columns, *outcomes.columns]
        return Decided(
            pa.record_batch(columns, self.schema(rows.schema)),
            rows.filter(pa.array(bad)),
            tuple(sorted((one for part in parts for one in part.offenders), key=lambda one: one.row)),
        )

    def _parts(self, rows: pa.RecordBatch, first_row: int) -> list[_Part]:
        """The rows day by day."""
        if "on" not in rows.schema.names:
            return [self._on_day(self._day.ordinal, rows, _everyone(rows.num_rows), first_row)]
        days = self._days(rows)
        return [
            self._on_day(day, rows, np.flatnonzero(days == day), first_row)
            for day in np.unique(days).tolist()
        ]

    def _outcome_schema(self) -> pa.Schema:
        return pa.schema([pa.field(one.name, column_type(one.type)) for one in self._targets])

    def _days(self, rows: pa.RecordBatch) -> Positions:
        everyone: Positions = np.full(rows.num_rows, self._day.ordinal, np.int64)
        given = read_date(rows.column("on"))
        days: Positions = given.values.astype(np.int64)
        for absent in (given.missing, given.unreadable):
            if absent is not None:
                days = np.where(absent, everyone, days)
        return days

    def _on_day(self, day: int, rows: pa.RecordBatch, chosen: Positions, first_row: int) -> _Part:
        if len(chosen) < rows.num_rows:
            rows = rows.take(pa.array(chosen))
        try:
            program, engine = engine_for(self._ruleset, day, self._engine)
        except LawError as error:
            nothing = pa.record_batch(
                [pa.nulls(0, one.type) for one in self._outcome_schema()], self._outcome_schema()
            )
            none = np.zeros(0, np.int64)
            return _Part(
                nothing,
                none,
                tuple(_offender(int(one) + first_row, (_said(error),)) for one in chosen),
            )
        facts = read_batch(program, self._ruleset.facts, rows, self._table)
        if engine is None:
            return self._one_by_one(program, facts, chosen, first_row)
        answers = engine.run(facts.batch)
        unreadable = facts.unreadable(engine.reads_cells)
        bad = answers.refused if unreadable is None else answers.refused | unreadable
        offenders = tuple(
            _offender(int(chosen[row]) + first_row, self._reasons(facts, row, day))
            for row in np.flatnonzero(bad).tolist()
        )
        columns = []
        for target in self._targets:
            answer = answers.outcomes.get(target.name)
            if answer is None:
                columns.append(pa.nulls(rows.num_rows, column_type(target.type)))
            else:
                missing = _without(answer.missing, bad) if offenders else answer.missing
                columns.append(write_answer(target, answer, missing, facts.batch.texts))
        outcomes = pa.record_batch(columns, self._outcome_schema())
        if not offenders:
            return _Part(outcomes, chosen, ())
        return _Part(outcomes.filter(pa.array(~bad)), chosen[~bad], offenders)

    def _reasons(self, facts: Facts, row: int, day: int) -> tuple[Text, ...]:
        """Why a row cannot be used, in the words of the interpreter."""
        found = self._explained(facts, row, day)
        return found if isinstance(found, tuple) else (_UNEXPLAINED,)

    def _explained(self, facts: Facts, row: int, day: int) -> dict[str, object] | tuple[Text, ...]:
        try:
            return dict(self._ruleset.explain(facts.written(row), Date.from_ordinal(day).to_date()).values)
        except FactsRefused as error:
            return tuple(Text(problem.said("zh"), problem.said("en")) for problem in error.problems)
        except LawError as error:
            return (_said(error),)

    def _one_by_one(self, program: Program, facts: Facts, chosen: Positions, first_row: int) -> _Part:
        values: list[dict[str, object]] = []
        good: list[int] = []
        offenders: list[Offender] = []
        for row, position in enumerate(chosen.tolist()):
            found = self._explained(facts, row, program.day)
            if isinstance(found, tuple):
                offenders.append(_offender(position + first_row, found))
            else:
                values.append(found)
                good.append(position)
        rules = {target.name: target.rule for target in program.targets}
        columns = [_objects(target, rules, values) for target in self._targets]
        return _Part(
            pa.record_batch(columns, self._outcome_schema()), np.array(good, np.int64), tuple(offenders)
        )


_UNEXPLAINED = Text(
    "计算引擎无法使用这一行；请连同规则集一并报告",
    "the engine cannot use this row; report it with the rule set",
)


def _said(error: LawError) -> Text:
    return Text(error.said("zh"), error.said("en"))


def _offender(row: int, reasons: tuple[Text, ...]) -> Offender:
    return Offender(row, tuple(one.en for one in reasons), tuple(one.zh for one in reasons))


@lru_cache(4)
def _everyone(rows: int) -> Positions:
    return np.arange(rows)


def _objects(target: Target, rules: dict[str, str], values: Sequence[dict[str, object]]) -> pa.Array:
    rule = rules.get(target.name)
    return write_objects(target.type, [None if rule is None else one[rule] for one in values])


def _without(missing: Mask | None, bad: Mask) -> Mask | None:
    """Rows that cannot be used count as missing, so that their numbers are never written out."""
    return bad if missing is None else missing | bad


def _stacked(parts: Sequence[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
    if len(parts) == 1:
        return parts[0]
    table = pa.Table.from_batches(list(parts), schema).unify_dictionaries().combine_chunks()
    batches = table.to_batches()
    return batches[0] if batches else _no_rows(schema)


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    return pa.record_batch([pa.nulls(0, one.type) for one in schema], schema)
