"""Times what is compared turn by turn, so that whatever else the machine does meets all of them alike."""

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Run = Callable[[], object]
Timed = Callable[[], float]


@dataclass(frozen=True)
class Times:
    """Seconds of one contestant, round by round."""

    seconds: tuple[float, ...]

    @property
    def best(self) -> float:
        """The least disturbed round."""
        return min(self.seconds)

    @property
    def median(self) -> float:
        """The middle round."""
        return statistics.median(self.seconds)


def timed(run: Run) -> Timed:
    """Give a function that runs once and says how many seconds that took."""

    def measure() -> float:
        gc.collect()
        begun = time.perf_counter()
        run()
        return time.perf_counter() - begun

    return measure


def interleaved(
    contestants: Mapping[str, Timed], rounds: int, *, warm: int = 1, runs: int = 1
) -> dict[str, Times]:
    """Let every contestant have its turn in every round; the first `warm` rounds do not count.

    A turn is `runs` runs in a row, of which the fastest counts: the first finds caches full of others' data.
    """
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for number in range(warm + rounds):
        for name, measure in contestants.items():
            seconds = min(measure() for _ in range(runs))
            if number >= warm:
                found[name].append(seconds)
    return {name: Times(tuple(seconds)) for name, seconds in found.items()}


def ratio(slow: Times, fast: Times) -> float:
    """How many times as long the one takes as the other, each in its least disturbed round."""
    return slow.best / fast.best
