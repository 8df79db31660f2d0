"""What a user waits for: importing the library, and the first native run of a rule set that was run before.

Each is a new process; the time of a process that merely starts Python is taken off the import's.
"""

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from benchmarks.frame.timing import interleaved
from benchmarks.workloads import pensioners

_PERSONS = 1_000


def measure(size: Size) -> Result:
    """Start processes by turns."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        people, decided = folder / "people.parquet", folder / "decided.parquet"
        pq.write_table(pensioners.table(pensioners.people(_PERSONS)), people)
        tongban = [
            str(Path(sys.executable).with_name("tongban")),
            "law",
            "--rulesets",
            str(pensioners.RULESETS),
        ]
        command = [*tongban, "run", "old-age-pension", str(people), str(decided), "--on", str(pensioners.DAY)]
        times = interleaved(
            {
                "python": partial(_seconds, [sys.executable, "-c", "pass"], folder),
                "import": partial(_seconds, [sys.executable, "-c", "import tongban.law"], folder),
                "run": partial(_seconds, command, folder),
            },
            size.rounds(15),
        )
    measured = {name: one.best for name, one in times.items()}
    imported = 1000 * (times["import"].best - times["python"].best)
    return Result(
        "law_start",
        "Starting",
        (
            Figure("import tongban.law", imported, "ms", 150, "at most", measured),
            Figure(
                "first native run of a cached rule set, process and all", times["run"].best, "s", 1, "at most"
            ),
        ),
        versions(["tongban", "llvmlite", "pyarrow"]),
    )


def _seconds(command: list[str], cache: Path) -> float:
    environment = {**os.environ, "TONGBAN_CACHE": str(cache)}
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - begun
