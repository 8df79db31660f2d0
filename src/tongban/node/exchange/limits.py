"""How much one node may ask of this one: so many messages a second, so many at a time.

Counted in each process after the sender has proved itself, so that nobody can use up another's share. What is
over the limit is refused `too-many` with nothing changed; the sender waits and delivers again.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tongban.node.config import PeerLimits, this_node
from tongban.protocol import Code, Refused

RETRY_SECONDS = 1
"""What a sender over the limit is told to wait."""


@dataclass
class _Share:
    """What one node may still ask: messages that it has left, and how many it has in progress."""

    left: float
    counted_at: float
    in_progress: int = 0


class Shares:
    """The shares of all senders in this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shares: dict[str, _Share] = {}

    @contextmanager
    def taken(self, sender: str, limits: PeerLimits, at: float, messages: int = 1) -> Iterator[int]:
        """Take messages of the sender's share while they are worked on together; how many there were left.

        Together they are one at a time. Refused `too-many` when not even one is left.
        """
        with self._lock:
            share = self._shares.setdefault(sender, _Share(float(limits.burst), at))
            elapsed = max(0.0, at - share.counted_at)
            share.left = min(float(limits.burst), share.left + elapsed * limits.per_second)
            share.counted_at = at
            if share.in_progress >= limits.at_a_time:
                raise Refused(Code.TOO_MANY, "sender", f"at most {limits.at_a_time} at a time")
            if share.left < 1:
                raise Refused(Code.TOO_MANY, "sender", f"at most {limits.per_second} a second")
            taken = min(messages, int(share.left))
            share.left -= taken
            share.in_progress += 1
        try:
            yield taken
        finally:
            with self._lock:
                share.in_progress -= 1


_shares = Shares()


@contextmanager
def share_of(sender: str, messages: int = 1) -> Iterator[int]:
    """Work on as many messages of `sender` as its share has left; Refused `too-many` when it has none."""
    with _shares.taken(sender, this_node().peer_limits, time.monotonic(), messages) as taken:
        yield taken
