"""Two nodes killed at random moments while a hundred conversations cross: nothing is lost or doubled.

The long run of the same is `make bench ONLY=kill`.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from benchmarks.workloads.exchange_nodes import two_nodes
from benchmarks.workloads.exchange_soak import Load, soak


@pytest.mark.xdist_group("kill")
def test_nothing_is_lost_or_doubled_when_nodes_are_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TONGBAN_")]:
        monkeypatch.delenv(name)
    home = Path(tempfile.mkdtemp(prefix="tongban-soak-"))
    home.chmod(0o755)
    try:
        with two_nodes(home) as nodes:
            counted = soak(nodes, Load(questions=80, handovers=20, kills=5), seed=7, say=print)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    assert (counted.lost, counted.doubled) == (0, 0)
