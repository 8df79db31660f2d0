"""A node's backup is put back after more has crossed: it learns from its peer what it has forgotten."""

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from benchmarks.frame.folders import temporary

from tests.federation.two_nodes import TwoNodes, await_that, node_environment, two_running_nodes
from tongban.federation import walk
from tongban.federation.browsing import Visitor
from tongban.federation.sample_scans import placeholder
from tongban.federation.sides import CHONGQING, SICHUAN
from tongban.node import catching_up

pytestmark = pytest.mark.xdist_group("restored")

SCAN = hashlib.sha256(placeholder("conclusion-he-jianguo.png")).hexdigest()


@dataclass(frozen=True)
class Restored:
    """Two nodes, of which Chongqing's has a backup from before both cases."""

    nodes: TwoNodes
    asked: str
    asked_for_a_scan: str


@pytest.fixture(scope="module")
def restored(operator_server_url: str, migrated_database: str) -> Iterator[Restored]:
    """Nodes of their own: one of them will have to say that its log was rolled back."""
    with (
        temporary("back") as home,
        two_running_nodes(home, operator_server_url, migrated_database) as nodes,
    ):
        yield _put_back(nodes, home)


def _put_back(nodes: TwoNodes, home: Path) -> Restored:
    """Let Chongqing's node answer twice, once with a file that does not cross, and put its backup back."""
    run(nodes, "node", "backup", "--to", str(home / "backup"))
    attachments = nodes.federation.home / SICHUAN.node / "attachments"
    attachments.write_text("no folder: nothing can be kept here")
    asked = apply(nodes, "tang.fengying")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(walk, "SERVICE", "work-injury")
        asked_for_a_scan = apply(nodes, "he.jianguo")
    await_that(
        lambda: (nodes.answers_given(asked), nodes.answers_given(asked_for_a_scan)) == (1, 1),
        "Chongqing has answered both",
    )
    settled = "SELECT count(*) FROM exchange_outbox WHERE case_ref = %s AND outcome ? 'files'"
    await_that(
        lambda: nodes.count(SICHUAN.node, settled, asked_for_a_scan) == 1,
        "Sichuan has the answer that names the scan",
    )
    nodes.chongqing.stop()
    run(nodes, "node", "restore", "--from", str(home / "backup"))
    attachments.unlink()
    nodes.restart(CHONGQING.node)
    halted = "SELECT count(*) FROM translog_logstate WHERE halted <> ''"
    await_that(
        lambda: nodes.count(CHONGQING.node, halted) == 1,
        "the log finds that its database was rolled back",
    )
    run(nodes, "log", "resume")
    return Restored(nodes, asked, asked_for_a_scan)


def apply(nodes: TwoNodes, username: str) -> str:
    """Apply at Sichuan's node; the case's number."""
    citizen = Visitor(nodes.pages_url(SICHUAN.node), "zh-hans")
    citizen.sign_in(username, nodes.federation.password)
    return walk.apply(citizen)


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


def test_a_restored_node_writes_down_again_who_saw_data_through_it(restored: Restored) -> None:
    nodes = restored.nodes
    for _ in range(2):
        run(nodes, "node", "catch-up")
        assert nodes.answers_given(restored.asked) == 1
        assert accesses_written_down_again(nodes) == 2


def test_a_file_of_an_answer_that_had_not_crossed_comes_after_all(restored: Restored) -> None:
    run(restored.nodes, "node", "catch-up")
    kept = restored.nodes.federation.home / SICHUAN.node / "attachments" / SCAN[:2] / SCAN
    await_that(kept.exists, "the scan has come")
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == SCAN
    assert restored.nodes.answers_given(restored.asked_for_a_scan) == 1
