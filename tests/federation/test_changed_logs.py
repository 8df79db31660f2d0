"""Two running nodes whose operators change their own logs: the other refuses to cosign, and it is said.

One node shows two histories, then goes back to an old database; the other rewrites a record by SQL.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from benchmarks.frame.folders import temporary

from tests.federation.two_nodes import TwoNodes, await_that, node_environment, two_running_nodes
from tongban.federation import walk
from tongban.federation.browsing import Visitor
from tongban.federation.sides import CHONGQING, SICHUAN
from tongban.node.tls_folder import TlsFolder, client_context
from tongban.protocol.tlog.checkpoints import Checkpoint, sign_checkpoint
from tongban.protocol.tlog.growing import GrowingTree
from tongban.protocol.tlog.hashing import EMPTY_ROOT, leaf_hash
from tongban.protocol.tlog.notes import Note
from tongban.protocol.tlog.tiles import Tile
from tongban.protocol.tlog.witnessing import ADD_CHECKPOINT_PATH, AddCheckpoint
from tongban.suites import SigningKey

pytestmark = pytest.mark.xdist_group("changed-logs")

ORIGIN = {side.node: f"tongban/{side.node}" for side in (SICHUAN, CHONGQING)}
CUT = """
ALTER TABLE translog_logrecord DISABLE TRIGGER USER;
DELETE FROM translog_logrecord WHERE index >= {size} OR index IS NULL;
ALTER TABLE translog_logrecord ENABLE TRIGGER USER;
DELETE FROM translog_logcheckpoint WHERE size > {size};
"""
LEAVES = "SELECT leaf FROM translog_logrecord WHERE index IS NOT NULL ORDER BY index"
REWRITE = """
ALTER TABLE translog_logrecord DISABLE TRIGGER USER;
UPDATE translog_logrecord SET leaf = (SELECT leaf FROM translog_logrecord WHERE index = 1) WHERE index = 0;
ALTER TABLE translog_logrecord ENABLE TRIGGER USER;
"""


@dataclass(frozen=True)
class Seen:
    """What can be seen of a changed log: at the node itself, at the other, by the offline verifier."""

    ready: httpx.Response
    metrics: str
    metrics_of_the_other: str
    status: str
    verified: dict[str, list[str]]


@dataclass(frozen=True)
class Changed:
    """The two nodes after each change; `asked_since` is a case opened when Chongqing's log had halted."""

    nodes: TwoNodes
    split: Seen
    split_reply: httpx.Response
    rolled_back: Seen
    asked_since: str
    rewritten: Seen
    last_cosigned: int


@pytest.fixture(scope="module")
def changed(operator_server_url: str, migrated_database: str) -> Iterator[Changed]:
    """Nodes of their own, since their logs halt for good."""
    with (
        temporary("logs") as home,
        two_running_nodes(home, operator_server_url, migrated_database) as nodes,
    ):
        yield _change(nodes)


def _change(nodes: TwoNodes) -> Changed:
    for username in ("tang.fengying", "yang.lihua"):
        _apply(nodes, username)
        for side in (SICHUAN, CHONGQING):
            _await_cosigned(nodes, side.node)
    reply = _show_another_head(nodes)
    kept = nodes.federation.home / SICHUAN.node / "log" / "conflicts" / CHONGQING.node
    await_that(kept.exists, "the witness has published what it was shown")
    split = _seen(nodes, CHONGQING.node)

    first = nodes.count(CHONGQING.node, "SELECT min(size) FROM translog_logcheckpoint")
    _change_database(nodes, CHONGQING.node, CUT.format(size=first), size=first)
    nodes.chongqing.kill()
    shutil.rmtree(nodes.federation.home / CHONGQING.node / "log")
    nodes.restart(CHONGQING.node)
    _await_halted(nodes, CHONGQING.node)
    asked_since = _apply(nodes, "he.jianguo")
    refused = "SELECT count(*) FROM exchange_outbox WHERE case_ref = %s AND problem = 'log-unavailable'"
    await_that(lambda: nodes.count(SICHUAN.node, refused, asked_since) == 1, "the question is refused")
    rolled_back = _seen(nodes, CHONGQING.node)

    _await_cosigned(nodes, SICHUAN.node)
    _change_database(nodes, SICHUAN.node, REWRITE)
    last = _cosigned_size(nodes, SICHUAN.node)
    _sign_in(nodes, SICHUAN.node, "wei.chunmei").get("/accesses/")
    walk.apply(_sign_in(nodes, SICHUAN.node, "deng.zhiqiang"))
    _await_halted(nodes, SICHUAN.node)
    return Changed(nodes, split, reply, rolled_back, asked_since, _seen(nodes, SICHUAN.node), last)


def _sign_in(nodes: TwoNodes, node: str, username: str) -> Visitor:
    citizen = Visitor(nodes.pages_url(node), "zh-hans")
    citizen.sign_in(username, nodes.federation.password)
    return citizen


def _apply(nodes: TwoNodes, username: str) -> str:
    return walk.apply(_sign_in(nodes, SICHUAN.node, username))


def _other(node: str) -> str:
    return CHONGQING.node if node == SICHUAN.node else SICHUAN.node


def _cosigned_size(nodes: TwoNodes, node: str) -> int:
    seen = "SELECT coalesce(max(size), 0) FROM translog_witnessedlog WHERE origin = %s"
    return nodes.count(_other(node), seen, ORIGIN[node])


def _await_cosigned(nodes: TwoNodes, node: str) -> None:
    """Wait until the other node has cosigned every record of this one's log."""
    size = "SELECT coalesce(max(size), 0) FROM translog_logcheckpoint"
    await_that(
        lambda: 1 < nodes.count(node, size) == _cosigned_size(nodes, node), f"the log of {node} is cosigned"
    )


def _await_halted(nodes: TwoNodes, node: str) -> None:
    halted = "SELECT count(*) FROM translog_logstate WHERE halted <> ''"
    await_that(lambda: nodes.count(node, halted) == 1, f"the log of {node} halts")


def _show_another_head(nodes: TwoNodes) -> httpx.Response:
    """Have Chongqing's operator, who has its key, show Sichuan's node another history of the same length."""
    home = nodes.federation.home
    pem = (home / CHONGQING.node / "log.pem").read_bytes()
    key = SigningKey.from_pem(f"{CHONGQING.node}-log", pem)
    head = Note.parse((home / CHONGQING.node / "log" / "checkpoint").read_bytes())
    known = Checkpoint.parse(head.text)
    other = sign_checkpoint(Checkpoint(known.origin, known.size, EMPTY_ROOT), key)
    folder = TlsFolder(home / CHONGQING.node / "tls")
    context = client_context([TlsFolder(home / SICHUAN.node / "tls").issuer.read_text("ascii")], folder)
    return httpx.post(
        nodes.sichuan.config.gateway_url + ADD_CHECKPOINT_PATH,
        content=AddCheckpoint(known.size, (), other).encode(),
        verify=context,
        trust_env=False,
        timeout=60,
    )


def _change_database(nodes: TwoNodes, node: str, statements: str, size: int | None = None) -> None:
    """Change the log by SQL and make its tiles fit, as an operator would; up to `size` records if given."""
    with nodes.database(node) as connection:
        connection.execute(statements.encode())
        rows = connection.execute(LEAVES)
        tiles: dict[Tile, bytes] = {}
        tree = GrowingTree(tiles.__setitem__)
        tree.extend(leaf_hash(leaf) for (leaf,) in rows)
        assert size in (None, tree.size)
        tiles |= dict(tree.partial_tiles())
        connection.execute("DELETE FROM translog_logtile")
        for tile, hashes in tiles.items():
            connection.execute(
                "INSERT INTO translog_logtile (level, number, hashes) VALUES (%s, %s, %s)",
                (tile.level, tile.number, hashes),
            )


def _seen(nodes: TwoNodes, node: str) -> Seen:
    own, other = (nodes.federation.addresses[name].watch_port for name in (node, _other(node)))
    ready = httpx.get(f"http://127.0.0.1:{own}/health/ready", timeout=60, trust_env=False)
    metrics, others = (_metrics(port) for port in (own, other))
    status = _run("log", "status", "--config", str(nodes.federation.config_path(node)))
    told = json.loads(_run("log", "verify", "--home", str(nodes.federation.home), "--json"))
    verified = {one["node"]: [found["code"] for found in one["findings"]] for one in told}
    return Seen(ready, metrics, others, status, verified)


def _metrics(port: int) -> str:
    return httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=60, trust_env=False).text


def _run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tongban", *arguments],
        env=node_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_a_head_that_contradicts_the_one_cosigned_is_refused_and_both_are_kept(changed: Changed) -> None:
    assert changed.split_reply.status_code == 409
    assert 'tongban_log_conflicts{origin="tongban/chongqing"} 1.0' in changed.split.metrics_of_the_other
    assert changed.split.verified == {CHONGQING.node: ["split-view"], SICHUAN.node: []}


def test_a_database_that_went_back_is_found_by_what_the_other_node_cosigned(changed: Changed) -> None:
    seen = changed.rolled_back
    assert "HALTED, log-rolled-back: the witness sichuan has this log" in seen.status
    assert 'tongban_log_halted{reason="log-rolled-back"} 1.0' in seen.metrics
    assert seen.ready.status_code == 503
    assert "the log takes no records (log-rolled-back)" in seen.ready.json()["problems"][0]
    assert "truncated" in seen.verified[CHONGQING.node]


def test_while_the_log_takes_no_records_nothing_is_answered(changed: Changed) -> None:
    assert changed.nodes.answers_given(changed.asked_since) == 0


def test_a_record_rewritten_by_sql_is_found_at_the_next_head(changed: Changed) -> None:
    """What the log's files show depends on when the log halted; what the database shows does not."""
    seen = changed.rewritten
    assert "HALTED, log-rewritten" in seen.status
    assert 'tongban_log_halted{reason="log-rewritten"} 1.0' in seen.metrics
    assert 'tongban_log_conflicts{origin="tongban/sichuan"}' in seen.metrics_of_the_other
    assert _cosigned_size(changed.nodes, SICHUAN.node) == changed.last_cosigned
    assert seen.verified[SICHUAN.node]
    config = str(changed.nodes.federation.config_path(SICHUAN.node))
    (told,) = json.loads(_run("log", "verify", "--database", "--json", "--config", config))
    assert {"record-changed", "rewritten"} <= {found["code"] for found in told["findings"]}
