"""How many messages of a federation under faults one core simulates, with and without real signatures."""

import time

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from tongban.federation.simulation.plan import draw
from tongban.federation.simulation.world import SimulatedWorld

NODES = 5
SEED = 20
"""A run with loss, delay, forgery, a partition, power cuts, a full disk and an old backup; nobody lies."""
STEPS = 40_000
ROUNDS = 5
FIVE_MINUTES = 300.0


class InvariantBroken(Exception):
    """The run that was measured broke an invariant; the message says which."""


def measure(size: Size) -> Result:
    """Measure a long run of five nodes in the processor's time; the least disturbed of some counts."""
    _run(300, is_fast=True)  # what is made once: keys, directory, forms
    steps, rounds = size.of(STEPS), size.rounds(ROUNDS)
    fast, real = (_quickest(steps, rounds, is_fast=is_fast) for is_fast in (True, False))
    return Result(
        "simulation",
        f"A federation of {NODES} nodes under faults, in one process",
        (
            Figure(
                "messages in five minutes of one core, a keyed hash for signatures",
                fast[0] * FIVE_MINUTES / fast[1],
                "messages",
                1_000_000,
                measured={"run": fast[1]},
            ),
            Figure(
                "messages in five minutes of one core, Ed25519",
                real[0] * FIVE_MINUTES / real[1],
                "messages",
                measured={"run": real[1]},
            ),
            Figure("time with Ed25519 against the keyed hash", real[1] / fast[1], "times"),
        ),
        versions(["tongban", "cryptography", "pydantic"]),
    )


def _quickest(steps: int, rounds: int, *, is_fast: bool) -> tuple[int, float]:
    """Messages, and seconds of the least disturbed of so many runs, which are all the same."""
    return min((_run(steps, is_fast=is_fast) for _ in range(rounds)), key=lambda run: run[1])


def _run(steps: int, *, is_fast: bool) -> tuple[int, float]:
    """Messages, and seconds of the processor."""
    plan = draw(NODES, SEED, steps, is_fast=is_fast)
    began = time.process_time()
    outcome = SimulatedWorld(plan).run()
    seconds = time.process_time() - began
    if outcome.violations:
        raise InvariantBroken(outcome.violations[0])
    return outcome.messages, seconds
