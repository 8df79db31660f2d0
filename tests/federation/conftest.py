"""Two really running nodes, founded once for all tests that need them, in a folder with a short path."""

from collections.abc import Callable, Iterator

import pytest
from benchmarks.frame.folders import temporary
from playwright.sync_api import Browser, expect

from tests.federation.desks import Desk
from tests.federation.two_nodes import PATIENCE_SECONDS, TwoNodes, two_running_nodes
from tests.pages.browser import running_chromium

SHARED = "two-nodes"
"""All tests on the shared nodes run in one worker, one after the other."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the tests that share the nodes together, so that these are founded once."""
    for item in items:
        if isinstance(item, pytest.Function) and "_founded_nodes" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group(SHARED))


@pytest.fixture(scope="session")
def _founded_nodes(operator_server_url: str, migrated_database: str) -> Iterator[TwoNodes]:
    with (
        temporary("two") as home,
        two_running_nodes(home, operator_server_url, migrated_database) as running,
    ):
        yield running


@pytest.fixture
def two_nodes(_founded_nodes: TwoNodes) -> TwoNodes:
    """Both nodes, running: one that a test before left dead is started again."""
    _founded_nodes.bring_back()
    return _founded_nodes


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Closed with its module: Django refuses its database to a thread in which Playwright still runs."""
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def sit(chromium: Browser, two_nodes: TwoNodes) -> Iterator[Callable[..., Desk]]:
    """Let somebody sign in at a node of theirs, in a window that closes when the test ends."""
    desks: list[Desk] = []

    def sit_down(node: str, username: str, language: str = "zh-hans") -> Desk:
        desk = Desk(chromium, two_nodes, node, language)
        desks.append(desk)
        desk.sign_in(username)
        return desk

    yield sit_down
    for desk in desks:
        desk.page.context.close()
