"""A node's backup is put back after more has crossed: it learns from its peer what it has forgotten."""

import subprocess
import sys
from pathlib import Path

from tests.federation.two_nodes import TwoNodes, await_that, node_environment
from tongban.federation.browsing import Visitor
from tongban.federation.sides import CHONGQING, SICHUAN
from tongban.federation.walk import apply


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


def test_a_restored_node_writes_down_again_who_saw_data_through_it(
    two_nodes: TwoNodes, tmp_path: Path
) -> None:
    run(two_nodes, "node", "backup", "--to", str(tmp_path / "backup"))
    citizen = Visitor(two_nodes.pages_url(SICHUAN.node), "zh-hans")
    citizen.sign_in("tang.fengying", two_nodes.federation.password)
    number = apply(citizen)
    await_that(lambda: two_nodes.answers_given(number) == 1, "Chongqing has answered the question")

    two_nodes.chongqing.stop()
    run(two_nodes, "node", "restore", "--from", str(tmp_path / "backup"))
    two_nodes.restart(CHONGQING.node)
    assert two_nodes.answers_given(number) == 0
    halted = "SELECT count(*) FROM translog_logstate WHERE halted <> ''"
    await_that(
        lambda: two_nodes.count(CHONGQING.node, halted) == 1,
        "the log finds that its database was rolled back",
    )
    run(two_nodes, "log", "resume")
    told = run(two_nodes, "node", "catch-up")
    assert two_nodes.answers_given(number) == 1
    assert "accesses written down again" in told
    run(two_nodes, "node", "catch-up")
    assert two_nodes.answers_given(number) == 1
