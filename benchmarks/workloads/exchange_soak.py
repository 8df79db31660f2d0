"""Questions and handed-over cases between two nodes, of which programs or all of it are killed; then a count.

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
_HANDED_OVER = """
SELECT count(*) FILTER (WHERE has_ended), count(*) FILTER (WHERE NOT has_ended),
       (SELECT count(*) FROM exchange_letter WHERE is_waiting) FROM exchange_conversation
"""
_SAID_AND_HEARD = """
SELECT (SELECT count(*) FROM exchange_conversation WHERE state = 'withdrawn'),
       (SELECT count(*) FROM exchange_letter WHERE is_own),
       (SELECT count(*) FROM exchange_letter WHERE NOT is_own),
       (SELECT coalesce(sum(said), 0) FROM exchange_thread),
       (SELECT coalesce(sum(heard), 0) FROM exchange_thread)
"""
_CASES = """
SELECT (SELECT count(*) FROM casework_case), (SELECT count(DISTINCT conversation) FROM casework_case),
       (SELECT count(*) FROM casework_event)
"""
_QUESTIONS = """
WITH gone AS (UPDATE exchange_outbox SET next_try = now() WHERE id IN
      (SELECT id FROM exchange_outbox WHERE state = 'waiting' AND attempts = 0
          AND next_try > now() + interval '1 hour' LIMIT %s) RETURNING 1)
SELECT count(*) FROM gone
"""
_FIRST_LETTERS = """
WITH gone AS (UPDATE exchange_letter SET next_try = now() WHERE is_waiting AND conversation_id IN
      (SELECT conversation_id FROM exchange_letter WHERE is_waiting AND position = 1 AND attempts = 0
          AND next_try > now() + interval '1 hour' LIMIT %s) RETURNING position)
SELECT count(*) FROM gone WHERE position = 1
"""
_LOG = """
SELECT count(*), count(*) FILTER (WHERE index IS NULL), coalesce(max(index) + 1, 0),
       count(*) FILTER (WHERE about IS NOT NULL AND kind <> 'event')
       - count(DISTINCT (kind, about)) FILTER (WHERE about IS NOT NULL AND kind <> 'event')
  FROM translog_logrecord
"""


@dataclass(frozen=True)
class Load:
    """How much is brought to cross, and how often something is killed meanwhile."""

    questions: int
    handovers: int
    kills: int

    @property
    def of_all(self) -> int:
        """Conversations of either kind."""
        return self.questions + self.handovers


@dataclass(frozen=True)
class Counted:
    """What was counted when everything was quiet again."""

    load: Load
    lost: int
    doubled: int
    seconds: float


def soak(nodes: TwoNodes, load: Load, seed: int, say: Callable[[str], None]) -> Counted:
    """Ask and hand over so much, kill so often on the way, and count what is lost or there twice."""
    chance = random.Random(seed)
    both = (nodes.asking, nodes.holding)
    for node in both:
        node.start("log")
    nodes.asking.do("exchange_questions", str(load.questions))
    nodes.asking.do("exchange_handovers", str(load.handovers))
    for node in both:
        node.start("gateway")
    for node in both:
        node.start("worker")
    began = time.monotonic()
    per_kill = max(load.of_all // (load.kills + 1), 1)
    released = done = 0
    while done < load.kills or released < load.of_all:
        released += _release(nodes.asking, per_kill, load)
        if done < load.kills:
            _await_ended(nodes.asking, min(done * per_kill + chance.randint(1, per_kill), released))
            _cut(chance.choice(both), chance)
            done += 1
            if done % 10 == 0:
                say(f"{done} kills, {_ended(nodes.asking)} of {load.of_all} ended")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _is_quiet(nodes):
        if time.monotonic() > deadline:
            break
        time.sleep(0.5)
    return _count(nodes, load, time.monotonic() - began)


def _ended(node: MeasuredNode) -> int:
    return _counts(node, _ASKED)[1] + _counts(node, _HANDED_OVER)[0]


def _await_ended(node: MeasuredNode, count: int) -> None:
    """Wait until so many have ended, so that each kill meets messages on their way."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while _ended(node) < count and time.monotonic() < deadline:
        time.sleep(0.05)


def _release(node: MeasuredNode, count: int, load: Load) -> int:
    """Let so many go, of either kind as many as there are of it in all; how many there still were."""
    handovers = -(-count * load.handovers // load.of_all)
    return _let_go(node, _QUESTIONS, count - handovers) + _let_go(node, _FIRST_LETTERS, handovers)


def _let_go(node: MeasuredNode, statement: str, count: int) -> int:
    with node.connect() as connection:
        (row,) = connection.execute(statement.encode(), [count]).fetchall()
        return int(row[0])


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
    both = (nodes.asking, nodes.holding)
    unplaced = [_counts(node, _LOG)[1] for node in both]
    talking = [count for node in both for count in _counts(node, _HANDED_OVER)[1:]]
    return _counts(nodes.asking, _ASKED)[2] == 0 and not any([*unplaced, *talking])


def _count(nodes: TwoNodes, load: Load, seconds: float) -> Counted:
    asked, answered, _ = _counts(nodes.asking, _ASKED)
    stored, different, given = _counts(nodes.holding, _ONE_OF_EACH, "out")
    _, _, taken = _counts(nodes.asking, _ONE_OF_EACH, "in")
    logs = [_counts(node, _LOG) for node in (nodes.asking, nodes.holding)]
    found = _handed_over(nodes)
    expected = [(load.questions, count) for count in (answered, different, given, taken)]
    expected += [(each * load.handovers, count) for each, count in found]
    lost = sum(max(wanted - count, 0) for wanted, count in expected)
    lost += sum(max(size - count, 0) + unplaced for count, unplaced, size, _ in logs)
    more = [(load.questions, asked), (different, stored), *expected]
    doubled = sum(max(count - wanted, 0) for wanted, count in more) + sum(again for *_, again in logs)
    return Counted(load, lost, doubled, seconds)


def _handed_over(nodes: TwoNodes) -> list[tuple[int, int]]:
    """How many of each thing a handed-over case should leave, and how many of it there are in all."""
    asking, holding = (_counts(node, _SAID_AND_HEARD) for node in (nodes.asking, nodes.holding))
    expected = [*zip((1, 2, 1, 2, 1), asking, strict=True), *zip((1, 1, 2, 1, 2), holding, strict=True)]
    return [*expected, *zip((1, 1, 2), _counts(nodes.holding, _CASES), strict=True)]
