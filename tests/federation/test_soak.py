"""Two nodes killed at random moments while a hundred conversations cross: nothing is lost or doubled.

The long run of the same is `make bench ONLY=kill`.
"""

import os

import pytest
from benchmarks.frame.folders import temporary
from benchmarks.workloads.exchange_nodes import two_nodes
from benchmarks.workloads.exchange_soak import Load, soak


@pytest.mark.xdist_group("kill")
def test_nothing_is_lost_or_doubled_when_nodes_are_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TONGBAN_")]:
        monkeypatch.delenv(name)
    with temporary("soak") as home, two_nodes(home) as nodes:
        counted = soak(nodes, Load(questions=80, handovers=20, kills=5), seed=7, say=print)
    assert (counted.lost, counted.doubled) == (0, 0)
