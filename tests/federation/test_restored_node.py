"""A node's backup is put back after more has crossed: it learns from its peer what it has forgotten."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.federation.two_nodes import TwoNodes, await_that, node_environment, two_running_nodes
from tongban.federation.browsing import Visitor
from tongban.federation.sides import CHONGQING, SICHUAN
from tongban.federation.walk import apply
from tongban.node import catching_up


@pytest.fixture
def nodes() -> Iterator[TwoNodes]:
    """Nodes of its own: one of them will have to say that its log was rolled back."""
    home = Path(tempfile.mkdtemp(prefix="tongban-back-"))
    home.chmod(0o755)
    try:
        with two_running_nodes(home) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


def run(nodes: TwoNodes, *arguments: str) -> str:
    """What a command says about Chongqing's node; it must end well."""
    config = str(nodes.federation.config_path(CHONGQING.node))
    done = subprocess.run(
        [sys.executable, "-m", "tongban", *arguments, "--config", config],
        env=node_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def accesses_written_down_again(nodes: TwoNodes) -> int:
    """What Chongqing's node tells its operator that it had forgotten, whoever asked for it."""
    home = nodes.federation.config_path(CHONGQING.node).parent
    return sum(report.accesses for report in catching_up.reports(home))


def test_a_restored_node_writes_down_again_who_saw_data_through_it(nodes: TwoNodes, tmp_path: Path) -> None:
    run(nodes, "node", "backup", "--to", str(tmp_path / "backup"))
    citizen = Visitor(nodes.pages_url(SICHUAN.node), "zh-hans")
    citizen.sign_in("tang.fengying", nodes.federation.password)
    number = apply(citizen)
    await_that(lambda: nodes.answers_given(number) == 1, "Chongqing has answered the question")

    nodes.chongqing.stop()
    run(nodes, "node", "restore", "--from", str(tmp_path / "backup"))
    nodes.restart(CHONGQING.node)
    halted = "SELECT count(*) FROM translog_logstate WHERE halted <> ''"
    await_that(
        lambda: nodes.count(CHONGQING.node, halted) == 1,
        "the log finds that its database was rolled back",
    )
    run(nodes, "log", "resume")
    for _ in range(2):
        run(nodes, "node", "catch-up")
        assert nodes.answers_given(number) == 1
        assert accesses_written_down_again(nodes) == 1
