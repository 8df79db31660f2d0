"""Decides on a whole table, file to file: batches are read, decided by a pool of threads, written in order.

A few batches are in memory at a time, however long the table is. The result appears under its name only when
all rows were decided; rows that cannot be used stop the run, or go to a file of their own with the reasons.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Literal

import pyarrow as pa

from tongban.law.engines.choice import engine_for
from tongban.law.rule_sets import RuleSet
from tongban.law.tables.decisions import Decided, Decider
from tongban.law.tables.errors import FIRST, Offender, RowsRefused, UnusableTable
from tongban.law.tables.header import Header, read_header
from tongban.law.tables.sinks import Sink
from tongban.law.tables.sources import Source, open_table
from tongban.law.values import Date

_FEWEST_ROWS, _MOST_ROWS = 65_536, 524_288
OnError = Literal["stop", "report"]
Told = Callable[[int], None]


@dataclass(frozen=True)
class Summary:
    """How many rows were decided, how many could not be used and where those are."""

    decided: int
    refused: int
    refused_table: Path | None
    row_by_row: bool


@dataclass(frozen=True)
class Run:
    """A table to decide on: where it is, where the result goes, by which law.

    `lang` is the language of the reasons beside rows that cannot be used; Spark gives them in English.
    """

    ruleset: RuleSet
    source: Source
    result: Path
    day: Date
    engine: str = "native"
    on_error: OnError = "stop"
    lang: str = "en"

    @property
    def refused_table(self) -> Path:
        """Where rows that cannot be used go."""
        return self.result.with_name(f"{self.result.stem}.errors{self.result.suffix}")

    @property
    def _engine(self) -> str:
        """What computes; on Spark, in every executor."""
        return "native" if self.engine == "spark" else self.engine

    def header(self) -> Header:
        """What the columns are; UnusableTable when they do not fit."""
        program, _ = engine_for(self.ruleset, self.day.ordinal, self._engine)
        needed = {fact.name for fact in program.facts}
        return read_header(self.ruleset, needed, self.source.schema.names, str(self.source.path))

    def execute(self, told: Told = lambda rows: None) -> Summary:
        """Decide on all rows; `told` hears how many rows more are done."""
        if self.result.resolve() == self.source.path.resolve():
            raise UnusableTable(
                f"{self.result}: is the table itself; name another file for the result",
                f"{self.result}：就是原表本身；请为结果另取文件名",
            )
        header = self.header()
        decider = Decider(self.ruleset, self.day, self._engine, header, str(self.source.path))
        self.refused_table.unlink(missing_ok=True)
        with ExitStack() as open_files:
            sink = open_files.enter_context(Sink(self.result, decider.schema(self.source.schema)))
            refused = _Refused(self.refused_table, open_files, self.lang)
            stopping: list[Offender] = []
            for decided in self._decided(header, decider):
                if self.on_error == "stop":
                    stopping.extend(decided.offenders)
                if len(stopping) >= FIRST:
                    break
                if not stopping:
                    sink.write(decided.good)
                    refused.write(decided)
                told(decided.good.num_rows + decided.bad.num_rows)
            if stopping:
                raise RowsRefused(str(self.source.path), stopping)
        return Summary(
            sink.rows, refused.rows, self.refused_table if refused.rows else None, decider.row_by_row
        )

    def _decided(self, header: Header, decider: Decider) -> Iterator[Decided]:
        if self.engine != "spark":
            return _in_order(self.source.batches(header.columns, header.facts), decider)
        try:
            spark = import_module("tongban.law.tables.spark")
        except ImportError:
            raise UnusableTable(
                "--engine spark: Spark is not installed; pip install 'tongban[spark]'",
                "--engine spark：未安装 Spark；请运行 pip install 'tongban[spark]'",
            ) from None
        decided: Iterator[Decided] = spark.decided_by_spark(self.ruleset, self.day, header, self.source)
        return decided


def open_run(
    ruleset: RuleSet,
    table: Path,
    result: Path,
    day: Date,
    *,
    engine: str = "native",
    on_error: OnError = "stop",
    lang: str = "en",
) -> Run:
    """Prepare a run; UnusableTable when the table cannot be opened."""
    return Run(ruleset, open_table(table), result, day, engine, on_error, lang)


def decide_table(ruleset: RuleSet, table: pa.Table, day: Date, engine: str = "native") -> pa.Table:
    """Decide on an Arrow table in memory: columns that are no facts, then outcomes; RowsRefused otherwise."""
    needed = {fact.name for fact in engine_for(ruleset, day.ordinal, engine)[0].facts}
    header = read_header(ruleset, needed, table.schema.names, "table")
    decider = Decider(ruleset, day, engine, header, "table")
    share = -(-table.num_rows // (os.cpu_count() or 1))
    rows = max(_FEWEST_ROWS, min(share, _MOST_ROWS))
    batches = table.select(list(header.columns)).to_batches(max_chunksize=rows)
    good: list[pa.RecordBatch] = []
    offenders: list[Offender] = []
    for decided in _side_by_side(batches, decider):
        good.append(decided.good)
        offenders.extend(decided.offenders)
    if offenders:
        raise RowsRefused("table", offenders)
    return pa.Table.from_batches(good, decider.schema(table.schema))


class _Refused:
    """The table of rows that cannot be used, made when there is the first."""

    def __init__(self, path: Path, open_files: ExitStack, lang: str) -> None:
        self.rows = 0
        self._lang = lang
        self._path = path
        self._open_files = open_files
        self._sink: Sink | None = None

    def write(self, decided: Decided) -> None:
        if not decided.offenders:
            return
        batch = _with_reasons(decided.bad, decided.offenders, self._lang)
        if self._sink is None:
            self._sink = self._open_files.enter_context(Sink(self._path, batch.schema))
        self._sink.write(batch)
        self.rows += batch.num_rows


def _with_reasons(rows: pa.RecordBatch, offenders: tuple[Offender, ...], lang: str) -> pa.RecordBatch:
    numbers = pa.array([offender.row for offender in offenders], pa.int64())
    reasons = pa.array([offender.why(lang) for offender in offenders], pa.string())
    names = [name if name not in ("row", "reasons") else f"{name}_in_table" for name in rows.schema.names]
    columns = [
        column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
        for column in rows.columns
    ]
    return pa.record_batch([numbers, reasons, *columns], ["row", "reasons", *names])


def _side_by_side(batches: Sequence[pa.RecordBatch], decider: Decider) -> Iterator[Decided]:
    """Decide on batches that are all there; this thread takes its share of them, the others stay for more."""
    waiting: list[tuple[Future[Decided], pa.RecordBatch, int]] = []
    row = 1
    for batch in batches:
        if row > 1:
            waiting.append((_helpers().submit(decider.decide, batch, row), batch, row))
        row += batch.num_rows
    for batch in batches[:1]:
        yield decider.decide(batch, 1)
    for future, batch, first_row in waiting:
        yield decider.decide(batch, first_row) if future.cancel() else future.result()


@lru_cache(1)
def _helpers() -> ThreadPoolExecutor:
    """Threads that stay: starting and ending some takes a millisecond, in which many rows are decided."""
    return ThreadPoolExecutor(os.cpu_count() or 1, "tongban-tables")


# A process that is forked off has none of its parent's threads.
os.register_at_fork(after_in_child=_helpers.cache_clear)


def _in_order(batches: Iterator[pa.RecordBatch], decider: Decider) -> Iterator[Decided]:
    """Decide on the batches side by side; give the results in order, with a few at a time under way."""
    workers = os.cpu_count() or 1
    row = 1
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[Decided]] = deque()
        for batch in batches:
            waiting.append(pool.submit(decider.decide, batch, row))
            row += batch.num_rows
            if len(waiting) >= workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
