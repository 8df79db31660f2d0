"""Law on Spark: the native engine in every executor, batch by batch through Arrow.

For populations that outgrow one machine. Needs the extra `tongban[spark]` and a Java runtime.
"""

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from tongban.law.rule_sets import RuleSet
from tongban.law.tables.decisions import Decided, Decider
from tongban.law.tables.errors import Offender, UnusableTable
from tongban.law.tables.header import Header
from tongban.law.tables.sinks import flat_type, flattened
from tongban.law.tables.sources import Source, form_of
from tongban.law.values import Date

REASONS = "tongban.reasons"
_Files: TypeAlias = tuple[tuple[str, str], ...]
_Task: TypeAlias = Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]


def decide_frame(
    frame: DataFrame, ruleset: RuleSet, day: Date, header: Header, schema: pa.Schema
) -> DataFrame:
    """Decide on a data frame whose Arrow schema is given.

    The result has the frame's columns (facts only of rows that cannot be used), the outcomes, and
    `tongban.reasons`, which is null where a row was decided.
    """
    decider = Decider(ruleset, day, "native", header, "frame")
    result = _result_schema(decider, schema)
    return frame.mapInArrow(
        _task(tuple(ruleset.files.items()), ruleset.name, day.ordinal, header), from_arrow_schema(result)
    )


def decided_by_spark(ruleset: RuleSet, day: Date, header: Header, source: Source) -> Iterator[Decided]:
    """Decide on a table with a Spark session of this process; give the batches in the table's order."""
    session = _session()
    with tempfile.TemporaryDirectory(prefix="tongban-spark-") as folder:
        table, decided = Path(folder) / "in.parquet", Path(folder) / "out"
        if form_of(source.path) == "parquet":
            table = source.path.resolve()
        else:
            _copy(source, header, table)
        frame = session.read.parquet(str(table)).select(*(f"`{name}`" for name in header.columns))
        decide_frame(frame, ruleset, day, header, source.schema).write.parquet(str(decided))
        outcomes = Decider(ruleset, day, "native", header, str(source.path)).schema(source.schema)
        yield from _read_back(decided, header, outcomes)


def _session() -> SparkSession:
    """The Spark session of this process; without one, a local cluster of this machine."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    try:
        session = SparkSession.builder.appName("tongban").config("spark.ui.enabled", "false").getOrCreate()
    except PySparkException:
        raise UnusableTable(
            "--engine spark: Spark did not start; it needs Java 17 or later",
            "--engine spark：Spark 未能启动；需要 Java 17 或更高版本",
        ) from None
    session.sparkContext.setLogLevel("ERROR")
    return session


def _copy(source: Source, header: Header, table: Path) -> None:
    with pq.ParquetWriter(table, source.schema) as writer:
        for batch in source.batches(header.columns):
            writer.write_batch(batch)


def _result_schema(decider: Decider, schema: pa.Schema) -> pa.Schema:
    given = [pa.field(one.name, flat_type(one.type)) for one in schema]
    outcomes = [one for one in decider.schema(schema) if one.name not in schema.names]
    return pa.schema(
        [
            *given,
            *(pa.field(one.name, flat_type(one.type)) for one in outcomes),
            pa.field(REASONS, pa.string()),
        ]
    )


def _task(
    files: _Files, name: str, day: int, header: Header
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def run(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        decider = Decider(_ruleset(files, name), Date.from_ordinal(day), "native", header, "frame")
        for batch in batches:
            yield _as_one(decider.decide(batch, 0), batch, _result_schema(decider, batch.schema))

    return run


@lru_cache(maxsize=8)
def _ruleset(files: _Files, name: str) -> RuleSet:
    return RuleSet.from_files(dict(files), name)


def _as_one(decided: Decided, given: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """Good and bad rows in one batch, in the order they were given."""
    bad = np.zeros(given.num_rows, bool)
    bad[[offender.row for offender in decided.offenders]] = True
    order = pa.array(np.argsort(np.concatenate((np.flatnonzero(~bad), np.flatnonzero(bad)))))
    reasons = pa.array(["; ".join(offender.reasons) for offender in decided.offenders], pa.string())
    good, refused = _by_name(flattened(decided.good)), {**_by_name(flattened(decided.bad)), REASONS: reasons}
    columns = []
    for field in schema:
        halves = [
            half.get(field.name, pa.nulls(rows, field.type)).cast(field.type)
            for half, rows in ((good, decided.good.num_rows), (refused, decided.bad.num_rows))
        ]
        columns.append(pa.concat_arrays(halves).take(order))
    return pa.record_batch(columns, schema)


def _by_name(batch: pa.RecordBatch) -> Mapping[str, pa.Array]:
    return dict(zip(batch.schema.names, batch.columns, strict=True))


def _read_back(folder: Path, header: Header, outcomes: pa.Schema) -> Iterator[Decided]:
    """The parts that Spark wrote, in the order of their numbers."""
    row = 1
    for part in sorted(folder.glob("part-*.parquet")):
        with pq.ParquetFile(part) as file:
            for batch in file.iter_batches():
                reasons = batch.column(REASONS)
                bad = reasons.is_valid()
                positions = np.flatnonzero(bad.to_numpy(zero_copy_only=False)) + row
                told = [text for text in reasons.to_pylist() if text is not None]
                good = batch.filter(pc.invert(bad)).select(outcomes.names)
                columns = [
                    _typed(column, field.type) for column, field in zip(good.columns, outcomes, strict=True)
                ]
                yield Decided(
                    pa.record_batch(columns, outcomes),
                    batch.filter(bad).select(list(header.columns)),
                    tuple(Offender(int(at), (text,)) for at, text in zip(positions, told, strict=True)),
                )
                row += batch.num_rows


def _typed(column: pa.Array, kind: pa.DataType) -> pa.Array:
    return column.dictionary_encode() if pa.types.is_dictionary(kind) else column.cast(kind)
