"""Two really running nodes, founded once for all tests that need them, in a folder with a short path."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.federation.browser import running_chromium
from tests.federation.two_nodes import TwoNodes, two_running_nodes

SHARED = "two-nodes"
"""All tests on the shared nodes run in one worker, one after the other."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the tests that share the nodes together, so that these are founded once."""
    for item in items:
        if isinstance(item, pytest.Function) and "_founded_nodes" in item.fixturenames:
            item.add_marker(pytest.mark.xdist_group(SHARED))


@pytest.fixture(scope="session")
def _founded_nodes() -> Iterator[TwoNodes]:
    home = Path(tempfile.mkdtemp(prefix="tongban-two-"))
    home.chmod(0o755)
    try:
        with two_running_nodes(home) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def two_nodes(_founded_nodes: TwoNodes) -> TwoNodes:
    """Both nodes, running: one that a test before left dead is started again."""
    _founded_nodes.bring_back()
    return _founded_nodes


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Closed with its module: Django refuses its database to a thread in which Playwright still runs."""
    with running_chromium() as browser:
        yield browser
