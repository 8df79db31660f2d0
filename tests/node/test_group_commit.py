"""Group commit: items that come while another group is stored are stored together, and told alike."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from tongban.node.group_commit import GroupCommit, QueueFull

PATIENCE = 30


class Store:
    """Stores groups; the first one waits until it is let go."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.is_busy = threading.Event()
        self.may_go_on = threading.Event()

    def __call__(self, group: Sequence[int]) -> list[str]:
        self.groups.append(list(group))
        if len(self.groups) == 1:
            self.is_busy.set()
            assert self.may_go_on.wait(PATIENCE)
        if 13 in group:
            raise OSError("disk full")
        return [f"stored {item}" for item in group]


def await_queue(commit: GroupCommit[int, str], length: int) -> None:
    pause = threading.Event()
    for _ in range(PATIENCE * 100):
        if len(commit._waiting) == length:
            return
        pause.wait(0.01)
    raise AssertionError(f"{len(commit._waiting)} wait")


def test_a_single_item_is_stored_at_once() -> None:
    store = Store()
    store.may_go_on.set()
    assert GroupCommit(store).write(1) == "stored 1"


def test_items_that_come_while_one_is_stored_are_one_group_and_each_has_its_own_outcome() -> None:
    store = Store()
    commit = GroupCommit(store)
    with ThreadPoolExecutor(9) as threads:
        first = threads.submit(commit.write, 0)
        assert store.is_busy.wait(PATIENCE)
        others = [threads.submit(commit.write, item) for item in range(1, 9)]
        await_queue(commit, 8)
        store.may_go_on.set()
        assert first.result(PATIENCE) == "stored 0"
        assert [other.result(PATIENCE) for other in others] == [f"stored {item}" for item in range(1, 9)]
    assert [sorted(group) for group in store.groups] == [[0], [*range(1, 9)]]


def test_a_group_has_a_largest_size() -> None:
    store = Store()
    commit = GroupCommit(store, largest_group=3)
    with ThreadPoolExecutor(8) as threads:
        threads.submit(commit.write, 0)
        assert store.is_busy.wait(PATIENCE)
        for item in range(1, 8):
            threads.submit(commit.write, item)
        await_queue(commit, 7)
        store.may_go_on.set()
    assert [len(group) for group in store.groups] == [1, 3, 3, 1]


def test_when_a_group_cannot_be_stored_each_of_it_is_told_and_the_next_one_is_stored() -> None:
    store = Store()
    commit = GroupCommit(store)
    with ThreadPoolExecutor(3) as threads:
        threads.submit(commit.write, 0)
        assert store.is_busy.wait(PATIENCE)
        failing = [threads.submit(commit.write, item) for item in (12, 13)]
        await_queue(commit, 2)
        store.may_go_on.set()
        for one in failing:
            with pytest.raises(OSError, match="disk full"):
                one.result(PATIENCE)
    assert commit.write(14) == "stored 14"


def test_more_than_can_wait_are_refused() -> None:
    store = Store()
    commit = GroupCommit(store, longest_queue=1)
    with ThreadPoolExecutor(2) as threads:
        threads.submit(commit.write, 0)
        assert store.is_busy.wait(PATIENCE)
        threads.submit(commit.write, 1)
        await_queue(commit, 1)
        with pytest.raises(QueueFull):
            commit.write(2)
        store.may_go_on.set()
