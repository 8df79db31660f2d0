"""Messages that arrive while others are answered are answered together, and none waits for a slow one."""

import asyncio
import threading
from collections.abc import Sequence

from tongban.gateway.gathering import LARGEST_GROUP, Gathering


class Crew:
    """Answers by doubling; groups that hold an item of `slow` wait until they are let go."""

    def __init__(self, *slow: int) -> None:
        self.groups: list[list[int]] = []
        self.may_go = threading.Event()
        self._slow = set(slow)

    def answer(self, items: Sequence[int]) -> list[int]:
        self.groups.append(list(items))
        if self._slow & set(items):
            assert self.may_go.wait(30)
        return [2 * item for item in items]


def test_what_comes_while_one_is_answered_is_answered_together() -> None:
    crew = Crew()

    async def all_given() -> list[int]:
        gathering = Gathering(crew.answer, threads=4)
        return list(await asyncio.gather(*(gathering.give(n, "kind") for n in range(5))))

    assert asyncio.run(all_given()) == [0, 2, 4, 6, 8]
    assert crew.groups == [[0], [1, 2, 3, 4]]


def test_a_group_has_so_many_at_most() -> None:
    crew = Crew()

    async def all_given() -> None:
        gathering = Gathering(crew.answer, threads=4)
        await asyncio.gather(*(gathering.give(n, "kind") for n in range(LARGEST_GROUP + 3)))

    asyncio.run(all_given())
    assert [len(group) for group in crew.groups] == [1, LARGEST_GROUP, 2]


def test_who_asks_again_after_a_group_is_answered_together_with_the_others() -> None:
    crew = Crew()

    async def asking_again() -> None:
        gathering = Gathering(crew.answer, threads=4)
        await asyncio.gather(*(gathering.give(n, "kind") for n in range(5)))

        async def later(n: int) -> int:
            for _ in range(n):
                await asyncio.sleep(0)
            return await gathering.give(n, "kind")

        await asyncio.gather(later(0), later(1))

    asyncio.run(asking_again())
    assert crew.groups[2:] == [[0, 1]]


def test_who_asks_alone_after_a_group_is_answered_all_the_same() -> None:
    crew = Crew()

    async def asking_alone() -> int:
        gathering = Gathering(crew.answer, threads=4)
        await asyncio.gather(*(gathering.give(n, "kind") for n in range(9)))
        return await gathering.give(1, "kind")

    assert asyncio.run(asking_alone()) == 2
    assert crew.groups[2:] == [[1]]


def test_others_do_not_wait_for_what_is_slow() -> None:
    crew = Crew(0)

    async def given_meanwhile() -> list[int]:
        gathering = Gathering(crew.answer, threads=4)
        slow = asyncio.ensure_future(gathering.give(0, "slow"))
        others = await asyncio.gather(gathering.give(1, "other"), gathering.give(2, "slow"))
        crew.may_go.set()
        return [*others, await slow]

    assert asyncio.run(given_meanwhile()) == [2, 4, 0]


def test_with_all_threads_taken_everything_is_answered_in_the_end() -> None:
    crew = Crew(0, 1)

    async def all_given() -> list[int]:
        gathering = Gathering(crew.answer, threads=2)
        answers = asyncio.gather(*(gathering.give(n, f"kind {n}") for n in range(6)))
        await asyncio.sleep(0)
        assert gathering.waiting == 4
        crew.may_go.set()
        given = list(await answers)
        assert gathering.waiting == 0
        return given

    assert asyncio.run(all_given()) == [0, 2, 4, 6, 8, 10]


def test_who_went_away_takes_nothing_from_the_others() -> None:
    crew = Crew(0)

    async def given_to_who_stayed() -> int:
        gathering = Gathering(crew.answer, threads=1)
        first = asyncio.ensure_future(gathering.give(0, "kind"))
        gone = asyncio.ensure_future(gathering.give(1, "kind"))
        stayed = asyncio.ensure_future(gathering.give(2, "kind"))
        await asyncio.sleep(0)
        gone.cancel()
        crew.may_go.set()
        await first
        return await stayed

    assert asyncio.run(given_to_who_stayed()) == 4


def test_a_failure_is_told_to_each_of_the_group_and_no_other() -> None:
    def fails(items: Sequence[int]) -> list[int]:
        if 1 in items:
            raise LookupError
        return list(items)

    async def outcomes() -> list[int | BaseException]:
        gathering = Gathering(fails, threads=4)
        kinds = ["alone", "kind", "kind"]
        given = (gathering.give(n, kind) for n, kind in enumerate(kinds))
        return list(await asyncio.gather(*given, return_exceptions=True))

    alone, failed, after = asyncio.run(outcomes())
    assert (alone, after) == (0, 2)
    assert isinstance(failed, LookupError)
