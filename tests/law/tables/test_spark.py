"""Law on a local Spark cluster gives what the native engine gives; only where Spark and Java are."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.law.tables.ruritania import DAY, people
from tongban.law import RuleSet
from tongban.law.tables.errors import UnusableTable
from tongban.law.tables.run import open_run

INSTALLED = all(find_spec(package) for package in ("pyspark", "pandas")) and shutil.which("java") is not None

REQUIRED = "TONGBAN_REQUIRE_SPARK" in os.environ
QUICK_START = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""A Java runtime that lives for seconds spends half of its time on compiling for the long run."""


@pytest.mark.skipif(
    not INSTALLED and not REQUIRED, reason="the extra tongban[spark] or Java is not installed"
)
def test_spark_decides_and_reports_as_the_native_engine_does(
    ruritania: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", QUICK_START)
    table = people(40)
    trades = table.column("trade").to_pylist()
    trades[3] = trades[17] = "plumber"
    position = table.schema.get_field_index("trade")
    pq.write_table(table.set_column(position, "trade", [trades]), tmp_path / "in.parquet")
    for engine in ("native", "spark"):
        result = tmp_path / f"{engine}.parquet"
        summary = open_run(
            ruritania, tmp_path / "in.parquet", result, DAY, engine=engine, on_error="report"
        ).execute()
        assert (summary.decided, summary.refused) == (38, 2)
    for name in ("{}.parquet", "{}.errors.parquet"):
        native, spark = (pq.read_table(tmp_path / name.format(engine)) for engine in ("native", "spark"))
        assert spark.to_pylist() == native.to_pylist()


def test_without_spark_the_run_says_what_to_install(
    ruritania: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tongban.law.tables.spark", None)
    pq.write_table(people(2), tmp_path / "in.parquet")
    with pytest.raises(UnusableTable, match=r"tongban\[spark\]"):
        open_run(ruritania, tmp_path / "in.parquet", tmp_path / "out.parquet", DAY, engine="spark").execute()
