"""Makes a failing run small: leaves out faults and errands as long as some invariant still breaks.

Delta debugging (Zeller, Hildebrandt 2002): halves first, then quarters, down to single items.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from tongban.federation.simulation.plan import Plan
from tongban.federation.simulation.world import SimulatedWorld

Item = TypeVar("Item")
MOST_RUNS = 400


class Shrinker:
    """Finds a small plan that still fails; `runs` counts the attempts."""

    def __init__(self, plan: Plan) -> None:
        self.runs = 0
        self.plan = plan

    def shrink(self) -> Plan:
        """The smallest plan found; the one given, if it does not fail at all."""
        if not self._fails(self.plan):
            return self.plan
        size = None
        while size != (len(self.plan.faults), len(self.plan.errands)) and self.runs < MOST_RUNS:
            size = len(self.plan.faults), len(self.plan.errands)
            self._reduce(self.plan.errands, lambda kept: replace(self.plan, errands=tuple(kept)))
            self._reduce(self.plan.faults, lambda kept: replace(self.plan, faults=tuple(kept)))
        return self.plan

    def _reduce(self, items: Sequence[Item], with_items: Callable[[Sequence[Item]], Plan]) -> None:
        parts = 2
        while items and self.runs < MOST_RUNS:
            length = max(1, len(items) // parts)
            for start in range(0, len(items), length):
                kept = [*items[:start], *items[start + length :]]
                smaller = with_items(kept)
                if self._fails(smaller):
                    self.plan, items, parts = smaller, kept, max(2, parts - 1)
                    break
            else:
                if length == 1:
                    return
                parts = min(len(items), parts * 2)

    def _fails(self, plan: Plan) -> bool:
        self.runs += 1
        return bool(SimulatedWorld(plan).run().violations)


def shrink(plan: Plan) -> tuple[Plan, int]:
    """A small plan that fails as `plan` does, and how many runs it took to find it."""
    shrinker = Shrinker(plan)
    return shrinker.shrink(), shrinker.runs
