"""Spells: months in all, the longest run and the run to date of a million persons with four spells each.

Tongban's native engine against the best of Polars, DuckDB and pandas, from and to columns in memory.
"""

import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.frame.agreement import require_equal
from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.peer import Peer
from benchmarks.frame.size import Size
from benchmarks.frame.timing import interleaved, ratio, timed
from benchmarks.workloads import histories
from benchmarks.workloads.files import save
from tongban.law import Date
from tongban.law.engines.native import NativeEngine
from tongban.law.engines.program import program_for

DAY = Date("2026-11-22")
_PERSONS = 1_000_000
_PEERS = {"Polars": "polars", "DuckDB": "duckdb", "pandas": "pandas"}


def measure(size: Size) -> Result:
    """Measure a million persons."""
    columns = histories.histories(size.of(_PERSONS))
    law = histories.law()
    engine = NativeEngine(program_for(law, DAY))
    batch = histories.batch(columns)
    memory = engine.memory(batch.persons)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        save(columns, folder / "spells.npz")
        peers = {
            name: stack.enter_context(Peer("tables", "spells_tables", engine_name))
            for name, engine_name in _PEERS.items()
        }
        ours = {name: one.values for name, one in engine.compute(batch, memory).outcomes.items()}
        for name, peer in peers.items():
            peer.ask("load", file=str(folder / "spells.npz"))
            peer.ask("outcomes", file=str(folder / "outcomes.npz"))
            require_equal(name, ours, folder / "outcomes.npz")
        times = interleaved(
            {
                "Tongban": timed(lambda: engine.compute(batch, memory)),
                **{name: partial(peer.seconds, "run") for name, peer in peers.items()},
            },
            size.rounds(4),
            runs=2,
        )
        compared = {name: str(peer.ask("version")) for name, peer in peers.items()}
    best = min(_PEERS, key=lambda name: times[name].best)
    figure = Figure(
        f"spells of {batch.persons:,} people × 4: union, longest run, run to date against {best}",
        ratio(times[best], times["Tongban"]),
        "times",
        25,
        measured={name: one.best for name, one in times.items()},
    )
    return Result(
        "law_spells",
        "Spells of a million persons",
        (figure,),
        {**compared, **versions(["tongban", "llvmlite", "numpy"])},
    )
