"""What a node does every so often: registered by the rooms, run by the worker.

Each piece of work must bear being run twice or late; one that fails is tried again when it is next due.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Work:
    seconds: float
    do: Callable[[], object]
    due: float = 0.0


_registered: list[_Work] = []


def every(seconds: float, do: Callable[[], object]) -> None:
    """Have the worker call `do` about every `seconds`; an app registers it when it is ready."""
    _registered.append(_Work(seconds, do))


def run_due() -> None:
    """Call whatever is due; what it raises is the caller's to report."""
    for work in _registered:
        if work.due <= time.monotonic():
            work.due = time.monotonic() + work.seconds
            work.do()
