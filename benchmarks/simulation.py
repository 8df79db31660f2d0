"""How many messages of a federation under faults one core simulates, with and without real signatures."""

import time

from benchmarks.frame.figures import Figure, Result
from benchmarks.frame.machine import versions
from benchmarks.frame.size import Size
from tongban.federation.simulation.plan import draw
from tongban.federation.simulation.world import SimulatedWorld

NODES = 5
SEEDS = tuple(range(8))
"""The first eight plans, with the faults that each of them draws."""
EVENTS = 5_000
"""Of each plan, before all faults end."""
ROUNDS = 5
FIVE_MINUTES = 300.0


class InvariantBroken(Exception):
    """The run that was measured broke an invariant; the message says which."""


def measure(size: Size) -> Result:
    """Measure some plans in the processor's time; of each the least disturbed of some equal runs counts."""
    _run(SEEDS[0], 300, is_fast=True)  # what is made once: keys, directory, forms
    fast, real = (_all(size.of(EVENTS), size.rounds(ROUNDS), is_fast=is_fast) for is_fast in (True, False))
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


def _all(events: int, rounds: int, *, is_fast: bool) -> tuple[int, float]:
    """Messages of all plans together, and seconds of the processor."""
    best = [
        min((_run(seed, events, is_fast=is_fast) for _ in range(rounds)), key=lambda run: run[1])
        for seed in SEEDS
    ]
    return sum(messages for messages, _ in best), sum(seconds for _, seconds in best)


def _run(seed: int, events: int, *, is_fast: bool) -> tuple[int, float]:
    """Messages, and seconds of the processor."""
    plan = draw(NODES, seed, events, is_fast=is_fast)
    began = time.process_time()
    outcome = SimulatedWorld(plan).run()
    seconds = time.process_time() - began
    if outcome.violations:
        raise InvariantBroken(outcome.violations[0])
    return outcome.messages, seconds
