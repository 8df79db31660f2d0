"""Group commit: what many threads want stored at once goes into one transaction.

Whoever finds nobody storing stores for all who wait; those who come meanwhile are the next group. Promises:
nobody is told that something is stored before the commit; if it fails, everyone in the group is told so.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Stored = TypeVar("Stored")

LARGEST_GROUP = 256
LONGEST_QUEUE = 4096


class QueueFull(Exception):
    """More wait to be stored than this process takes on; nothing of the item was stored."""


class _Waiting(Generic[Item, Stored]):
    """One item with the thread that waits for it."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.is_called = threading.Event()
        self.leads = False
        self.stored: list[Stored] = []
        self.error: BaseException | None = None

    def outcome(self) -> Stored:
        if self.error is not None:
            raise self.error
        return self.stored[0]


class GroupCommit(Generic[Item, Stored]):
    """Stores items in groups; `store` stores a group in one transaction and gives one outcome an item."""

    def __init__(
        self,
        store: Callable[[Sequence[Item]], Sequence[Stored]],
        *,
        largest_group: int = LARGEST_GROUP,
        longest_queue: int = LONGEST_QUEUE,
    ) -> None:
        self._store = store
        self._largest_group = largest_group
        self._longest_queue = longest_queue
        self._lock = threading.Lock()
        self._waiting: deque[_Waiting[Item, Stored]] = deque()
        self._is_storing = False

    def write(self, item: Item) -> Stored:
        """Store the item and wait for the commit; what `store` raises, QueueFull when too many wait."""
        mine: _Waiting[Item, Stored] = _Waiting(item)
        with self._lock:
            if len(self._waiting) >= self._longest_queue:
                raise QueueFull
            self._waiting.append(mine)
            mine.leads = not self._is_storing
            self._is_storing = True
        if not mine.leads:
            mine.is_called.wait()
        if mine.leads:
            self._store_group()
        return mine.outcome()

    def _store_group(self) -> None:
        with self._lock:
            size = min(len(self._waiting), self._largest_group)
            group = [self._waiting.popleft() for _ in range(size)]
        try:
            for waiting, stored in zip(group, self._store([one.item for one in group]), strict=True):
                waiting.stored.append(stored)
        except BaseException as error:  # told to each who waits: a group is stored whole or not at all
            for waiting in group:
                waiting.error = error
        finally:
            self._hand_over()
            for waiting in group:
                waiting.is_called.set()

    def _hand_over(self) -> None:
        with self._lock:
            if not self._waiting:
                self._is_storing = False
                return
            successor = self._waiting[0]
            successor.leads = True
        successor.is_called.set()
