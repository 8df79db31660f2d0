"""The pension in 19 rules for a thousand to ten million people: time must grow with their number, no faster.

Each engine and peer goes on to the next size while a run is expected to stay within a budget of time. A full
run draws `docs/pictures/law-scale.svg`.
"""

import math
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from functools import partial
from pathlib import Path

from benchmarks.frame.figures import Figure, Result, Series
from benchmarks.frame.machine import versions
from benchmarks.frame.peer import Peer
from benchmarks.frame.plot import plot
from benchmarks.frame.size import Size
from benchmarks.frame.timing import Timed, timed
from benchmarks.workloads import pensioners
from benchmarks.workloads.files import save
from tongban.law.engines.native import NativeEngine
from tongban.law.engines.program import program_for
from tongban.law.engines.sql import DuckdbEngine
from tongban.law.engines.vectors import NumpyEngine

_SIZES = tuple(10**power for power in range(3, 8))
_BUDGET_SECONDS = 12.0
_RUNS = 3
_PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "law-scale.svg"
_PEERS = {
    "OpenFisca": ("openfisca", "fisca_pension", "openfisca_core"),
    "PolicyEngine": ("policyengine", "fisca_pension", "policyengine_core"),
    "ttsim": ("ttsim", "ttsim_pension", "numpy"),
    "ttsim with JAX": ("ttsim", "ttsim_pension", "jax"),
}
_INTERPRETED = "Tongban, one by one with reasons"


def measure(size: Size) -> Result:
    """Measure every size, one contestant after the other so that none holds another's memory."""
    sizes = _SIZES[:2] if size.quick else _SIZES
    with tempfile.TemporaryDirectory() as folder:
        series = [_series(name, of, sizes) for name, of in _own().items()]
        compared: dict[str, str] = {}
        for name, (environment, script, argument) in _PEERS.items():
            with ExitStack() as stack:
                peer = stack.enter_context(Peer(environment, script, argument))
                series.append(_series(name, partial(_of_peer, peer, Path(folder)), sizes))
                compared[name] = str(peer.ask("version"))
    if not size.quick:
        title = "Seconds by number of people: a pension in 19 rules"
        _PICTURE.write_text(plot(series, title, "people", "seconds"), encoding="utf-8")
    native = series[0]
    return Result(
        "law_scale",
        "A pension in 19 rules, from a thousand to ten million people",
        (
            Figure(
                "native: time a person at the largest size ÷ at a hundredth of it", _growth(native), "times"
            ),
        ),
        {**compared, **versions(["tongban", "llvmlite", "numpy", "duckdb"])},
        tuple(series),
    )


def _series(name: str, contestant: Callable[[int], Timed], sizes: tuple[int, ...]) -> Series:
    """The best of some warm runs at each size, until the next size would take too long."""
    points: list[tuple[int, float]] = []
    for persons in sizes:
        if points and points[-1][1] * persons / points[-1][0] * (_RUNS + 1) > _BUDGET_SECONDS * _RUNS:
            break
        run = contestant(persons)
        run()
        points.append((persons, min(run() for _ in range(_RUNS))))
    return Series(name, tuple(points))


def _own() -> dict[str, Callable[[int], Timed]]:
    law = pensioners.law()
    program = program_for(law, pensioners.DAY)
    day = date.fromisoformat(str(pensioners.DAY))

    def native(persons: int) -> Timed:
        engine, batch = NativeEngine(program), pensioners.batch(pensioners.people(persons))
        memory = engine.memory(batch.persons)
        return timed(lambda: engine.compute(batch, memory))

    def numpy(persons: int) -> Timed:
        engine, batch = NumpyEngine(program), pensioners.batch(pensioners.people(persons))
        return timed(lambda: engine.run(batch))

    def duckdb(persons: int) -> Timed:
        engine, batch = DuckdbEngine(program), pensioners.batch(pensioners.people(persons))
        return timed(lambda: engine.run(batch))

    def interpreted(persons: int) -> Timed:
        columns = pensioners.people(persons)
        facts = [pensioners.written(columns, person) for person in range(persons)]
        return timed(lambda: [law.explain(one, day) for one in facts])

    return {
        "Tongban, native": native,
        "Tongban, numpy": numpy,
        "Tongban, DuckDB": duckdb,
        _INTERPRETED: interpreted,
    }


def _of_peer(peer: Peer, folder: Path, persons: int) -> Timed:
    save(pensioners.people(persons), folder / "people.npz")
    peer.ask("load", file=str(folder / "people.npz"))
    return partial(peer.seconds, "run")


def _growth(series: Series) -> float:
    by_size = dict(series.points)
    largest = max(by_size)
    smaller = min(by_size, key=lambda size: abs(math.log10(size) - math.log10(largest) + 2))
    return (by_size[largest] / largest) / (by_size[smaller] / smaller)
