"""Memory does not grow with the table, whatever form it has."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

ROWS, FEW, MANY, MOST_MORE_MB = 5_000, 10, 110, 40
# Each person carries a text along, so that few persons make a large table: 20 MB and 220 MB.
PERSON = {"birth_month": "1976-02", "category": "female50", "carried": "x" * 380}
MEASURED = """
import resource, sys
from tongban.law.cli import law
for table in sys.argv[2:]:
    law(["run", "retirement-age", table, sys.argv[1], "--on", "2026-11-22"], standalone_mode=False)
    print("peak", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


class Writer(Protocol):
    """What writes a table batch by batch."""

    def write_batch(self, batch: pa.RecordBatch) -> None: ...
    def close(self) -> None: ...


WRITERS: dict[str, Callable[[Path, pa.Schema], Writer]] = {
    "arrow": lambda path, schema: pa.ipc.new_file(str(path), schema),
    "csv": pyarrow.csv.CSVWriter,
    "parquet": lambda path, schema: pq.ParquetWriter(
        path, schema, use_dictionary=False, compression="none", column_encoding="PLAIN"
    ),
}


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process is told in other units elsewhere")
@pytest.mark.parametrize("form", WRITERS)
def test_a_table_eleven_times_as_long_takes_hardly_more_memory(form: str, tmp_path: Path) -> None:
    batch = pa.record_batch([pa.array([value] * ROWS) for value in PERSON.values()], list(PERSON))
    tables = []
    for batches in (FEW, MANY):
        tables.append(tmp_path / f"{batches}.{form}")
        writer = WRITERS[form](tables[-1], batch.schema)
        for _ in range(batches):
            writer.write_batch(batch)
        writer.close()
    command = [sys.executable, "-c", MEASURED, str(tmp_path / "out.parquet"), *map(str, tables)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    small, large = (int(line.split()[1]) for line in told.splitlines() if line.startswith("peak"))
    assert large - small < MOST_MORE_MB
