"""A node that is killed at any moment of the walk loses nothing and doubles nothing.

Killed means: every process of the node at once, its own PostgreSQL included, without a warning.
"""

import random
import threading
from contextlib import suppress

import httpx
import pytest

from tests.federation.two_nodes import TwoNodes
from tongban.federation.browsing import Form, PageError, Visitor
from tongban.federation.sides import CHONGQING, SICHUAN
from tongban.federation.walk import apply, await_task, confirm, fill_in, submit


class Walk:
    """One person's way through Sichuan's pages, on which the power may fail."""

    def __init__(self, nodes: TwoNodes, username: str) -> None:
        self.nodes = nodes
        self.username = username
        self.before = nodes.cases_of(username)
        self.citizen = Visitor(nodes.pages_url(SICHUAN.node), "en")
        self.officer = Visitor(nodes.pages_url(SICHUAN.node), "en")
        self.citizen.sign_in(username, nodes.federation.password)
        self.officer.sign_in(SICHUAN.officer, nodes.federation.password)

    def cut_power(self, *nodes: str) -> None:
        for node in nodes:
            self.nodes.node(node).kill()
        self.nodes.restart(*nodes)

    def finish(self, number: str) -> None:
        await_task(self.officer, number)
        confirm(self.officer, number)

    def assert_one_of_each(self, number: str) -> None:
        assert self.nodes.cases_of(self.username) == self.before + 1
        assert self.nodes.events(number, "opened") == 1
        assert self.nodes.events(number, "evidence-received") == 2
        assert self.nodes.events(number, "proposed") == 1
        assert self.nodes.events(number, "decided") == 1
        assert self.nodes.questions_asked(number) == 2
        assert self.nodes.answers_given(number) == 1


def test_power_cut_on_both_sides_after_every_step(two_nodes: TwoNodes) -> None:
    both = (SICHUAN.node, CHONGQING.node)
    walk = Walk(two_nodes, "luo.suqin")
    consent = fill_in(walk.citizen)
    walk.cut_power(*both)
    number = submit(walk.citizen, consent)
    walk.cut_power(*both)
    await_task(walk.officer, number)
    walk.cut_power(*both)
    confirm(walk.officer, number)
    walk.cut_power(*both)
    walk.assert_one_of_each(number)
    assert walk.citizen.get(f"/cases/{number}/").heading == "You can retire with medical insurance in Chengdu"


@pytest.mark.parametrize(
    ("node", "username", "seed"), [(SICHUAN.node, "deng.zhiqiang", 2), (CHONGQING.node, "wei.chunmei", 4)]
)
def test_power_cut_while_the_question_travels(
    two_nodes: TwoNodes, node: str, username: str, seed: int
) -> None:
    walk = Walk(two_nodes, username)
    number = apply(walk.citizen)
    moment = random.Random(seed).uniform(0.0, 0.5)
    threading.Event().wait(moment)
    walk.cut_power(node)
    walk.finish(number)
    walk.assert_one_of_each(number)


@pytest.mark.parametrize(("username", "seed"), [("he.jianguo", 5), ("tang.fengying", 6)])
def test_power_cut_in_the_middle_of_submitting(two_nodes: TwoNodes, username: str, seed: int) -> None:
    walk = Walk(two_nodes, username)
    consent = fill_in(walk.citizen)
    sending = threading.Thread(target=send_into_the_dark, args=(walk.citizen, consent))
    sending.start()
    moment = random.Random(seed).uniform(0.0, 0.15)
    threading.Event().wait(moment)
    walk.cut_power(SICHUAN.node)
    sending.join()
    number = submit(walk.citizen, consent)
    walk.finish(number)
    walk.assert_one_of_each(number)


def send_into_the_dark(citizen: Visitor, consent: Form) -> None:
    with suppress(httpx.HTTPError, PageError):
        submit(citizen, consent)
