"""Two nodes on this machine, killed at 200 random moments during 10,000 conversations.

Eight of ten are questions with their answers; two are cases handed over and withdrawn, three messages both
ways each in their order. Nothing may be lost and nothing doubled: outcomes at the asker, answers and access
records, messages said and heard, the cases opened by them with their events, and the records of both logs are
counted when everything is quiet again.
"""

import click

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.folders import temporary
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from benchmarks.workloads.exchange_nodes import two_nodes
from benchmarks.workloads.exchange_soak import Load, soak

QUESTIONS = 8_000
HANDOVERS = 2_000
KILLS = 200
SEED = 20261122


def measure(size: Size) -> Result:
    """Kill and count."""
    with temporary("kill") as home, two_nodes(home) as nodes:
        load = Load(size.of(QUESTIONS), size.of(HANDOVERS), size.of(KILLS))
        counted = soak(nodes, load, SEED, lambda text: click.echo(f"[kill] {text}"))
    measured = {"all of it": counted.seconds}
    return Result(
        "kill",
        f"{load.of_all:,} conversations, kill -9 at {load.kills} random moments (seed {SEED})",
        (
            Figure("lost", counted.lost, "of them", 0, "at most", measured=measured),
            Figure("doubled", counted.doubled, "of them", 0, "at most"),
        ),
        versions(["tongban", "granian", "psycopg"]),
    )
