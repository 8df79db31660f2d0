"""A pension in 19 rules for many people: Tongban's native engine against OpenFisca, PolicyEngine and ttsim.

Everyone computes the same ten facts into the same six outcomes; differing outcomes end the run.
"""

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks.frame.agreement import require_equal
from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.peer import Peer
from benchmarks.frame.size import Size
from benchmarks.frame.timing import Times, interleaved, ratio, timed
from benchmarks.workloads import pensioners
from benchmarks.workloads.files import save
from tongban.law.engines.native import NativeEngine
from tongban.law.engines.program import program_for
from tongban.law.tables.run import decide_table

_PERSONS = 1_000_000


def measure(size: Size) -> Result:
    """Measure one million people."""
    columns = pensioners.people(size.of(_PERSONS))
    table = pensioners.table(columns)
    law = pensioners.law()
    program = program_for(law, pensioners.DAY)
    engine = NativeEngine(program)
    batch = pensioners.batch(columns)
    memory = engine.memory(batch.persons)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        save(columns, folder / "people.npz")
        openfisca = stack.enter_context(Peer("openfisca", "fisca_pension", "openfisca_core"))
        policyengine = stack.enter_context(Peer("policyengine", "fisca_pension", "policyengine_core"))
        ttsim = stack.enter_context(Peer("ttsim", "ttsim_pension", "numpy"))
        jax = stack.enter_context(Peer("ttsim", "ttsim_pension", "jax"))
        peers = {"OpenFisca": openfisca, "PolicyEngine": policyengine, "ttsim": ttsim, "ttsim with JAX": jax}
        for peer in peers.values():
            peer.ask("load", file=str(folder / "people.npz"))
        answers = engine.compute(batch, memory).outcomes
        ours = {name: answers[name].values for name in pensioners.OUTCOMES}
        for name, peer in peers.items():
            peer.ask("outcomes", file=str(folder / "outcomes.npz"))
            require_equal(name, ours, folder / "outcomes.npz")
        times = interleaved(
            {
                "kernel": timed(lambda: engine.compute(batch, memory)),
                **{name: partial(peer.seconds, "run") for name, peer in peers.items()},
                "Arrow to Arrow": timed(lambda: decide_table(law, table, pensioners.DAY)),
                "OpenFisca built": partial(openfisca.seconds, "build_and_run"),
            },
            size.rounds(15),
            runs=3,
        )
        compared = {name: str(peer.ask("version")) for name, peer in peers.items()}
    return Result(
        "law_population",
        f"A pension in 19 rules for {batch.persons:,} people",
        _figures(times),
        {**compared, **versions(["tongban", "llvmlite", "numpy", "pyarrow"])},
    )


def _figures(times: Mapping[str, Times]) -> tuple[Figure, ...]:
    kernel = times["kernel"]
    fastest = min(("OpenFisca", "PolicyEngine", "ttsim", "ttsim with JAX"), key=lambda name: times[name].best)
    bests = {name: one.best for name, one in times.items()}
    return (
        Figure(
            "kernel against OpenFisca's calculation",
            ratio(times["OpenFisca"], kernel),
            "times",
            20,
            measured=bests,
        ),
        Figure(f"kernel against the fastest peer ({fastest})", ratio(times[fastest], kernel), "times", 12),
        Figure(
            "Arrow table to Arrow table against OpenFisca's build and calculation",
            ratio(times["OpenFisca built"], times["Arrow to Arrow"]),
            "times",
            20,
        ),
    )
