"""Law over tables as large as a country: Parquet to Parquet, the speed of memory, and the memory it takes.

The pension in 19 rules, every row validated. Memory is measured in processes of their own.
"""

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from benchmarks.frame.timing import Times, interleaved, ratio, timed
from benchmarks.workloads import pensioners
from tongban.law import RuleSet
from tongban.law.engines.native import NativeEngine
from tongban.law.engines.program import program_for
from tongban.law.tables.run import open_run

_PERSONS = 1_000_000
_MANY = 10_000_000
# A process starts with the peak of the one that made it, so a small one has to make it.
_LAUNCHER = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True, stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def measure(size: Size) -> Result:
    """Measure files of a million rows and a kernel over ten million persons."""
    law = pensioners.law()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        files = _files(law, folder, size)
        memory = _memory(folder, size)
    return Result(
        "law_tables",
        "Law over tables: files, speed of memory, memory taken",
        (*files, _memory_speed(law, size), memory),
        versions(["tongban", "llvmlite", "numpy", "pyarrow"]),
    )


def _files(law: RuleSet, folder: Path, size: Size) -> tuple[Figure, ...]:
    people, decided, copied = (folder / f"{name}.parquet" for name in ("people", "decided", "copied"))
    pq.write_table(pensioners.table(pensioners.people(size.of(_PERSONS))), people)
    run = open_run(law, people, decided, pensioners.DAY)
    run.execute()
    outcomes = pq.read_table(decided)

    def copy() -> None:
        """Merely read what is read and write what is written."""
        pq.read_table(people)
        pq.write_table(outcomes, copied)

    times = interleaved(
        {"decided": timed(run.execute), "read and written": timed(copy)},
        size.rounds(15),
        runs=2,
    )
    return (
        Figure(
            "Parquet to Parquet with validation ÷ pyarrow merely reading and writing the same columns",
            ratio(times["decided"], times["read and written"]),
            "times",
            1.5,
            "at most",
            _best(times),
        ),
    )


def _memory_speed(law: RuleSet, size: Size) -> Figure:
    """Bytes a second of the kernel, in and out, against those of a copy of as many bytes."""
    batch = pensioners.batch(pensioners.people(size.of(_MANY)))
    engine = NativeEngine(program_for(law, pensioners.DAY))
    outputs = engine.memory(batch.persons)
    engine.compute(batch, outputs)
    moved = sum(column.values.nbytes for column in batch.columns.values())
    moved += sum(array.nbytes for array in outputs.values())
    source, target = np.ones(moved // 2, np.uint8), np.ones(moved // 2, np.uint8)
    times = interleaved(
        {
            "kernel": timed(partial(engine.compute, batch, outputs)),
            "copy": timed(partial(np.copyto, target, source)),
        },
        size.rounds(15),
        runs=2,
    )
    return Figure(
        f"kernel over {batch.persons:,} persons: its speed of memory against a copy's",
        100 * ratio(times["copy"], times["kernel"]),
        "%",
        50,
        measured=_best(times),
    )


def _memory(folder: Path, size: Size) -> Figure:
    """The most memory of `tongban law run`, Python and all libraries included, for tables of two sizes."""
    peaks = {}
    command = [str(Path(sys.executable).with_name("tongban")), "law", "--rulesets", str(pensioners.RULESETS)]
    for persons in (size.of(_PERSONS), size.of(_MANY)):
        table = folder / "many.parquet"
        _write(table, persons)
        told = [
            "run",
            "old-age-pension",
            str(table),
            str(folder / "out.parquet"),
            "--on",
            str(pensioners.DAY),
        ]
        peaks[f"MB for {persons:,} rows"] = _peak([*command, *told])
    return Figure(
        "most memory of tongban law run, file to file", max(peaks.values()), "MB", 256, "at most", peaks
    )


def _peak(command: list[str]) -> float:
    """Megabytes of 2²⁰ bytes that the command had resident at most."""
    told = subprocess.run(
        [sys.executable, "-S", "-c", _LAUNCHER, *command], check=True, capture_output=True, text=True
    )
    return float(told.stdout.splitlines()[-1]) / 1024


def _write(path: Path, persons: int) -> None:
    """Write so many people a part at a time."""
    part = 500_000
    schema = pensioners.table(pensioners.people(1)).schema
    with pq.ParquetWriter(path, schema) as writer:
        for start in range(0, persons, part):
            some = pensioners.people(min(part, persons - start), seed=start + 1)
            writer.write_table(pensioners.table(some))


def _best(times: dict[str, Times]) -> dict[str, float]:
    return {name: one.best for name, one in times.items()}
