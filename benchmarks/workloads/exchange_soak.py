"""Questions between two nodes while one process or a whole node is killed at random moments; then a count.

Killed means SIGKILL: to one program with its children, or to a node's programs and its PostgreSQL at once.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

from benchmarks.workloads.exchange_nodes import PROGRAMS, MeasuredNode, TwoNodes
from tongban.node.embedded_postgres import server_processes

PATIENCE_SECONDS = 900.0
_ASKED = """
SELECT count(*), count(*) FILTER (WHERE state = 'settled' AND outcome ? 'records'),
       count(*) FILTER (WHERE state = 'waiting') FROM exchange_outbox
"""
_ONE_OF_EACH = """
SELECT (SELECT count(*) FROM exchange_inbox), (SELECT count(DISTINCT message) FROM exchange_inbox),
       (SELECT count(*) FROM people_accessrecord WHERE direction = %s)
"""
_LOG = """
SELECT count(*), count(*) FILTER (WHERE index IS NULL), coalesce(max(index) + 1, 0),
       count(*) - count(DISTINCT (kind, about)) FILTER (WHERE about IS NOT NULL) FROM translog_logrecord
"""


@dataclass(frozen=True)
class Counted:
    """What was counted when everything was quiet again."""

    questions: int
    kills: int
    lost: int
    doubled: int
    seconds: float


def soak(nodes: TwoNodes, questions: int, kills: int, seed: int, say: Callable[[str], None]) -> Counted:
    """Ask so many questions, kill so often on the way, and count what is lost or there twice."""
    chance = random.Random(seed)
    for node in (nodes.asking, nodes.holding):
        node.start("log")
    nodes.asking.do("exchange_questions", str(questions))
    nodes.holding.start("gateway")
    nodes.asking.start("worker")
    began = time.monotonic()
    per_kill = max(questions // (kills + 1), 1)
    released = done = 0
    while done < kills or released < questions:
        released += _release(nodes.asking, per_kill)
        if done < kills:
            _await_answers(nodes.asking, done * per_kill + chance.randint(1, per_kill))
            node = chance.choice((nodes.asking, nodes.holding))
            _cut(node, chance)
            done += 1
            if done % 10 == 0:
                say(f"{done} kills, {_counts(nodes.asking, _ASKED)[1]} of {questions} answered")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _is_quiet(nodes):
        if time.monotonic() > deadline:
            break
        time.sleep(0.5)
    return _count(nodes, questions, kills, time.monotonic() - began)


def _await_answers(node: MeasuredNode, count: int) -> None:
    """Wait until so many are answered, so that each kill meets messages on their way."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _counts(node, _ASKED)[1] < count and time.monotonic() < deadline:
        time.sleep(0.05)


def _release(node: MeasuredNode, count: int) -> int:
    with node.connect() as connection:
        done = connection.execute(
            "UPDATE exchange_outbox SET next_try = now() WHERE id IN (SELECT id FROM exchange_outbox"
            " WHERE state = 'waiting' AND attempts = 0 AND next_try > now() + interval '1 hour' LIMIT %s)",
            [count],
        )
        return done.rowcount


def _cut(node: MeasuredNode, chance: random.Random) -> None:
    """Kill one program of the node, or all of it with its database; start again what was killed."""
    if chance.random() < 0.7:
        killed = [chance.choice(sorted(node.running))]
    else:
        killed = sorted(node.running)
        for process in server_processes(node.config.home / "pg"):
            if process.is_running():
                process.kill()
    for program in killed:
        node.kill(program)
    if len(killed) > 1 or node.postgres.pid is None:
        psutil.wait_procs(server_processes(node.config.home / "pg"), 30)
        node.postgres.stop()
        node.postgres.start()
    for program in killed:
        node.start(program, PROGRAMS[program])


def _counts(node: MeasuredNode, statement: str, *values: object) -> tuple[int, ...]:
    return tuple(int(str(value)) for value in node.query(statement, *values))


def _is_quiet(nodes: TwoNodes) -> bool:
    unplaced = [_counts(node, _LOG)[1] for node in (nodes.asking, nodes.holding)]
    return _counts(nodes.asking, _ASKED)[2] == 0 and unplaced == [0, 0]


def _count(nodes: TwoNodes, questions: int, kills: int, seconds: float) -> Counted:
    asked, answered, _ = _counts(nodes.asking, _ASKED)
    stored, different, given = _counts(nodes.holding, _ONE_OF_EACH, "out")
    _, _, taken = _counts(nodes.asking, _ONE_OF_EACH, "in")
    logs = [_counts(node, _LOG) for node in (nodes.asking, nodes.holding)]
    expected = (questions - answered, questions - different, questions - given, questions - taken)
    lost = sum(max(missing, 0) for missing in expected)
    lost += sum(max(size - count, 0) + unplaced for count, unplaced, size, _ in logs)
    extra = (asked - questions, stored - different, given - questions, taken - questions)
    doubled = sum(max(more, 0) for more in extra) + sum(again for *_, again in logs)
    return Counted(questions, kills, lost, doubled, seconds)
