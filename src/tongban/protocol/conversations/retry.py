"""When a message that nobody has confirmed is sent again: soon at first, then every half minute for good."""

from datetime import timedelta

LONGEST_PAUSE = timedelta(seconds=30)


def pause(attempts: int, chance: float) -> timedelta:
    """The wait after so many attempts: 1, 2, 4 … 30 seconds, moved by up to a fifth by `chance` (0–1)."""
    seconds = min(2 ** min(attempts - 1, 10), LONGEST_PAUSE.total_seconds())
    return timedelta(seconds=seconds * (0.8 + 0.4 * chance))
