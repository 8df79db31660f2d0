"""Evidence between two nodes with TLS, signatures and log: round trips a second, and what the security costs.

Both nodes, their durable databases and the load run on this machine. X-Road publishes 110 requests a second
with and 1,000 without its security for a pair of servers with 32 cores each; that is a published number, not
one of this run.
"""

import signal
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from benchmarks.workloads.exchange_nodes import PLAIN_GATEWAY, TwoNodes, two_nodes

XROAD_PER_SECOND = 110
QUESTIONS = 1_500
ROUND_TRIPS = 6_000
WINDOWS = 5
THREADS = 16
GROUP = 256
WARM = 200
LOAD = (
    "round trips by the node's worker; the rest by the node's own transport in "
    f"{THREADS} threads of one process, messages signed before and answers checked after"
)


def measure(size: Size) -> Result:
    """Measure round trips, security's share, checkpoints' share and group commit."""
    count, trips = max(size.of(QUESTIONS), 100), max(size.of(ROUND_TRIPS), 500)
    windows = size.rounds(WINDOWS)
    home = Path(tempfile.mkdtemp(prefix="tongban-bench-"))
    home.chmod(0o755)
    with two_nodes(home) as nodes:
        nodes.asking.start("log")
        nodes.asking.do("exchange_filling", str((windows + 2) * count + trips + 3 * WARM))
        commits = nodes.holding.do("exchange_commits", str(size.of(1_000) + GROUP), str(GROUP))
        nodes.holding.start("log")
        _await_places(nodes)
        plain = _plain(nodes, count)
        nodes.holding.start("gateway")
        _load(nodes, "sealed", WARM)
        _await_places(nodes)
        sealed = _load(nodes, "sealed", count)
        still, running = _windows(nodes, max(count // 2, 50), windows)
        _await_places(nodes)
        rate, cpu = _round_trips(nodes)
    return Result(
        "exchange",
        f"Evidence between two nodes, {trips:,} round trips; load: {LOAD}",
        (
            Figure(
                "signed and logged round trips a second against X-Road's published 110",
                rate / XROAD_PER_SECOND,
                "times",
                10,
                measured={"round trip": 1 / rate, "processor time of both nodes for one": cpu},
            ),
            Figure(
                "throughput with signature and log against the same gateway without",
                sealed.rate / plain.rate,
                "times",
                0.6,
                measured={"with": 1 / sealed.rate, "without": 1 / plain.rate},
            ),
            Figure(
                "p99 while checkpoints are made against without",
                _p99(running) / _p99(still),
                "times",
                1.2,
                "at most",
                measured={"with": _p99(running), "without": _p99(still)},
            ),
            Figure(
                f"answers stored in groups of {GROUP} against one by one",
                float(str(commits["grouped"])) / float(str(commits["each"])),
                "times",
                20,
                measured={
                    "grouped": 1 / float(str(commits["grouped"])),
                    "one by one": 1 / float(str(commits["each"])),
                },
            ),
        ),
        versions(["tongban", "granian", "psycopg", "pynacl"]),
    )


@dataclass(frozen=True)
class _Load:
    """What a load has measured: messages a second, and how long each took."""

    rate: float
    latencies: tuple[float, ...]


def _plain(nodes: TwoNodes, count: int) -> _Load:
    nodes.holding.start("gateway", PLAIN_GATEWAY)
    try:
        _load(nodes, "plain", WARM)
        return _load(nodes, "plain", count)
    finally:
        nodes.holding.stop("gateway")


def _load(nodes: TwoNodes, kind: str, count: int) -> _Load:
    answer = nodes.asking.do("exchange_load", kind, str(count), str(THREADS))
    latencies = answer["latencies"]
    assert isinstance(latencies, list)
    return _Load(len(latencies) / float(str(answer["seconds"])), tuple(latencies))


def _await_places(nodes: TwoNodes) -> None:
    while nodes.holding.query("SELECT count(*) FROM translog_logrecord WHERE index IS NULL") != (0,):
        time.sleep(0.2)


def _windows(nodes: TwoNodes, count: int, windows: int) -> tuple[list[float], list[float]]:
    """How long answers take while the log's writer stands still and while it works, in turns.

    It stands still for less than the minute after which none may, and has caught up before it is measured.
    """
    still: list[float] = []
    running: list[float] = []
    for _ in range(windows):
        nodes.holding.send("log", signal.SIGSTOP)
        try:
            still += _load(nodes, "sealed", count).latencies
        finally:
            nodes.holding.send("log", signal.SIGCONT)
        _await_places(nodes)
        running += _load(nodes, "sealed", count).latencies
        _await_places(nodes)
    return still, running


def _p99(latencies: list[float]) -> float:
    return sorted(latencies)[int(len(latencies) * 0.99)]


def _settle(connection: psycopg.Connection, count: int) -> int:
    """Let so many questions go and wait until they are settled; how many there were."""
    left = _waiting(connection) - count
    connection.execute(
        "UPDATE exchange_outbox SET next_try = now() WHERE id IN (SELECT id FROM exchange_outbox"
        " WHERE state = 'waiting' LIMIT %s)",
        [count],
    )
    while _waiting(connection) > left:
        time.sleep(0.1)
    return count


def _waiting(connection: psycopg.Connection) -> int:
    row = connection.execute("SELECT count(*) FROM exchange_outbox WHERE state = 'waiting'").fetchone()
    return int(row[0]) if row else 0


def _round_trips(nodes: TwoNodes) -> tuple[float, float]:
    """Round trips a second from the outbox to the settled outcome, and processor seconds for one."""
    nodes.asking.start("worker")
    with nodes.asking.connect() as connection:
        _settle(connection, WARM)
        before = nodes.asking.cpu_seconds() + nodes.holding.cpu_seconds()
        began = time.monotonic()
        count = _settle(connection, _waiting(connection))
        seconds = time.monotonic() - began
    spent = nodes.asking.cpu_seconds() + nodes.holding.cpu_seconds() - before
    return count / seconds, spent / count
