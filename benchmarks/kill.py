"""Two nodes on this machine, killed at 200 random moments during 10,000 conversations of question and answer.

Nothing may be lost and nothing doubled: outcomes at the asker, answers and access records on both sides, and
the records of both logs are counted when everything is quiet again.
"""

import tempfile
from pathlib import Path

import click

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from benchmarks.workloads.exchange_nodes import two_nodes
from benchmarks.workloads.exchange_soak import soak

CONVERSATIONS = 10_000
KILLS = 200
SEED = 20261122


def measure(size: Size) -> Result:
    """Kill and count."""
    home = Path(tempfile.mkdtemp(prefix="tongban-kill-"))
    home.chmod(0o755)
    with two_nodes(home) as nodes:
        counted = soak(
            nodes, size.of(CONVERSATIONS), size.of(KILLS), SEED, lambda text: click.echo(f"[kill] {text}")
        )
    measured = {"all of it": counted.seconds}
    return Result(
        "kill",
        f"{counted.questions:,} conversations, kill -9 at {counted.kills} random moments (seed {SEED})",
        (
            Figure("lost", counted.lost, "of them", 0, "at most", measured=measured),
            Figure("doubled", counted.doubled, "of them", 0, "at most"),
        ),
        versions(["tongban", "granian", "psycopg"]),
    )
