"""Messages that arrive while others are answered wait for each other and are answered together.

What a group shares, such as statements to the database, is paid once, and few threads contend. Promises: a
message that comes alone is answered at once, or a moment after a group that was answered together; one that
takes long holds up others of its kind for a moment.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from functools import partial
from typing import Generic, NamedTuple, TypeVar

import anyio
from anyio import to_thread

Item = TypeVar("Item")
Given = TypeVar("Given")

AT_ONCE = 1
"""Groups of a kind that are answered at the same time, unless one of them takes long."""
LONG_SECONDS = 0.05
"""After how long a group no longer keeps others of its kind waiting."""
LARGEST_GROUP = 64
REGATHER_SECONDS = 0.002
"""How long, after a group of several, half as many are waited for: who got an answer often asks again."""


class _Waiting(NamedTuple, Generic[Item, Given]):
    item: Item
    given: "asyncio.Future[Given]"


class _Line(Generic[Item, Given]):
    """What waits of one kind, how many groups of it are answered that did not take long yet, and how many
    items are expected before the next one."""

    def __init__(self) -> None:
        self.waiting: deque[_Waiting[Item, Given]] = deque()
        self.at_work = 0
        self.expected = 0


class Gathering(Generic[Item, Given]):
    """Answers items in threads, in groups of one kind; `answer` gives one answer an item."""

    def __init__(self, answer: Callable[[Sequence[Item]], Sequence[Given]], *, threads: int) -> None:
        self._answer = answer
        self._threads = anyio.CapacityLimiter(threads)
        self._lines: dict[Hashable, _Line[Item, Given]] = {}
        self._at_work = 0
        self.waiting = 0
        """Items that nobody works on yet."""

    async def give(self, item: Item, kind: Hashable) -> Given:
        """What `answer` gives for the item, which may be answered together with others of its kind."""
        given: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._lines.setdefault(kind, _Line()).waiting.append(_Waiting(item, given))
        self.waiting += 1
        self._start(kind)
        return await given

    def _start(self, kind: Hashable) -> None:
        """Have threads answer what waits of the kind, as far as there are any for it."""
        line, loop = self._lines[kind], asyncio.get_running_loop()
        if len(line.waiting) < line.expected:
            return
        line.expected = 0
        while line.waiting and line.at_work < AT_ONCE and self._at_work < self._threads.total_tokens:
            size = min(len(line.waiting), LARGEST_GROUP)
            group = [line.waiting.popleft() for _ in range(size)]
            self.waiting -= size
            self._at_work += 1
            line.at_work += 1
            takes_long = loop.call_later(LONG_SECONDS, self._let_others_go, kind, line)
            answered = loop.create_task(self._answered([one.item for one in group]))
            answered.add_done_callback(partial(self._finish, kind, line, takes_long, group))
        if not line.waiting and not line.at_work:
            del self._lines[kind]

    async def _answered(self, items: Sequence[Item]) -> Sequence[Given]:
        return await to_thread.run_sync(self._answer, items, limiter=self._threads)

    def _let_others_go(self, kind: Hashable, line: _Line[Item, Given]) -> None:
        line.at_work -= 1
        if self._lines.get(kind) is line:
            self._start(kind)

    def _expect_no_more(self, kind: Hashable, line: _Line[Item, Given]) -> None:
        if self._lines.get(kind) is line and line.expected:
            line.expected = 0
            self._start(kind)

    def _finish(
        self,
        kind: Hashable,
        line: _Line[Item, Given],
        takes_long: asyncio.TimerHandle,
        group: Sequence[_Waiting[Item, Given]],
        answered: "asyncio.Future[Sequence[Given]]",
    ) -> None:
        self._at_work -= 1
        if takes_long.when() > asyncio.get_running_loop().time():
            takes_long.cancel()
            line.at_work -= 1
        _hand_out(group, answered)
        if self._lines.get(kind) is line and not line.at_work and len(group) > 1:
            line.expected = len(group) // 2
            asyncio.get_running_loop().call_later(REGATHER_SECONDS, self._expect_no_more, kind, line)
        for waiting in [kind, *self._lines]:
            if waiting in self._lines:
                self._start(waiting)


def _hand_out(group: Sequence[_Waiting[Item, Given]], answered: "asyncio.Future[Sequence[Given]]") -> None:
    """Give each its answer, unless nobody waits for it any more."""
    error = answered.exception()
    if error is not None:
        for _, given in group:
            if not given.done():
                given.set_exception(error)
        return
    for (_, given), answer in zip(group, answered.result(), strict=True):
        if not given.done():
            given.set_result(answer)
