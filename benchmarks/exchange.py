"""Evidence between two nodes with TLS, signatures and log: round trips a second, and what the security costs.

Both nodes, their durable databases and the load run on this machine. X-Road publishes 110 requests a second
with and 1,000 without its security for a pair of servers with 32 cores each; that is a published number, not
one of this run.
"""

import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.folders import temporary
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from benchmarks.workloads.exchange_nodes import PLAIN_GATEWAY, TwoNodes, two_nodes
from tongban.suites import new_signing_key

XROAD_PER_SECOND = 110
QUESTIONS = 1_500
ROUND_TRIPS = 6_000
TURNS = 4
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
    turns, windows = size.rounds(TURNS), size.rounds(WINDOWS)
    with temporary("bench") as home, two_nodes(home) as nodes:
        nodes.asking.start("log")
        nodes.asking.do(
            "exchange_filling",
            str((turns + windows + 1) * count + trips + (turns + 2) * (WARM + 8 * THREADS)),
        )
        commits = nodes.holding.do("exchange_commits", str(size.of(1_000) + GROUP), str(GROUP))
        nodes.holding.start("log")
        _await_places(nodes)
        plain, sealed = _by_turns(nodes, count, turns)
        nodes.holding.start("gateway")
        _load(nodes, "sealed", WARM)
        _await_places(nodes)
        still, running = _windows(nodes, max(count // 2, 50), windows)
        _await_places(nodes)
        rate, cpu = _round_trips(nodes)
    bare = _bare_signatures(size.rounds(2_000))
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
                measured={
                    "with": 1 / sealed.rate,
                    "without": 1 / plain.rate,
                    "processor time of node and client with": sealed.processor,
                    "processor time of node and client without": plain.processor,
                    "bare signatures of one question, checked twice and signed once": bare,
                },
            ),
            Figure(
                "processor time without against without and bare signatures",
                plain.processor / (plain.processor + bare),
                "times",
            ),
            Figure(
                "p99 while checkpoints are made against without",
                _p99(running) / _p99(still),
                "times",
                1.2,
                "at most",
                measured={"with": _p99(running), "without": _p99(still)},
            ),
            *_groups(commits),
        ),
        versions(["tongban", "granian", "psycopg", "pynacl"]),
    )


def _groups(commits: Mapping[str, object]) -> tuple[Figure, ...]:
    """Groups against one by one: records of the log, and whole answers."""
    rates = {name: float(str(value)) for name, value in commits.items() if name != "fsync"}
    each, grouped, python = rates["each"], rates["grouped"], rates["python"]
    return (
        Figure(
            f"log records appended as the gateway does, {GROUP} in a commit against a commit each",
            rates["appended grouped"] / rates["appended each"],
            "times",
            20,
            measured={
                "grouped": 1 / rates["appended grouped"],
                "a commit each": 1 / rates["appended each"],
                "the disk's part of a commit": rates["disk"],
            },
        ),
        Figure(
            "the same, records sealed within",
            rates["sealed and appended grouped"] / rates["sealed and appended each"],
            "times",
            measured={
                "grouped": 1 / rates["sealed and appended grouped"],
                "a commit each": 1 / rates["sealed and appended each"],
            },
        ),
        Figure(
            f"whole answers stored in groups of {GROUP} against one by one",
            grouped / each,
            "times",
            measured={
                "grouped": 1 / grouped,
                "one by one": 1 / each,
                "processor time of Python for one in a group": python,
                "the disk's part at which it is 20 times": max(
                    (20 / grouped - 1 / each) / (1 - 20 / GROUP), 0.0
                ),
            },
        ),
        Figure(
            "the same, had Python nothing to do for an answer in a group",
            1 / each / (1 / grouped - python),
            "times",
        ),
    )


def _bare_signatures(times: int) -> float:
    """Seconds that the signatures of one question take by themselves: two checked, one made."""
    key, text = new_signing_key("bare"), bytes(400)
    signature, began = key.sign(text), time.process_time()
    for _ in range(times):
        assert key.verifying_key.verifies(signature, text)
        assert key.verifying_key.verifies(signature, text)
        key.sign(text)
    return (time.process_time() - began) / times


@dataclass(frozen=True)
class _Load:
    """What a load has measured: messages a second, how long each took, what it cost."""

    rate: float
    latencies: tuple[float, ...]
    processor: float
    """Processor seconds of the answering node and the client for one message."""


def _by_turns(nodes: TwoNodes, count: int, turns: int) -> tuple[_Load, _Load]:
    """The least disturbed load without security and the one with, of so many each, one after the other."""
    plain, sealed = [], []
    for _ in range(turns):
        plain.append(_by_itself(nodes, "plain", count, PLAIN_GATEWAY))
        sealed.append(_by_itself(nodes, "sealed", count))
    return max(plain, key=_rate), max(sealed, key=_rate)


def _by_itself(nodes: TwoNodes, kind: str, count: int, module: str | None = None) -> _Load:
    """One load on a gateway of its own, which has answered some before."""
    nodes.holding.start("gateway", module)
    try:
        _load(nodes, kind, WARM)
        _await_places(nodes)
        return _load(nodes, kind, count)
    finally:
        nodes.holding.stop("gateway")


def _rate(load: _Load) -> float:
    return load.rate


def _load(nodes: TwoNodes, kind: str, count: int) -> _Load:
    before = nodes.holding.cpu_seconds()
    answer = nodes.asking.do("exchange_load", kind, str(count), str(THREADS))
    spent = nodes.holding.cpu_seconds() - before + float(str(answer["processor"]))
    latencies = answer["latencies"]
    assert isinstance(latencies, list)
    sent = len(latencies)
    return _Load(sent / float(str(answer["seconds"])), tuple(latencies), spent / sent)


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
