"""Two really running nodes for a module's tests, in a folder with a short path."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.federation.browser import running_chromium
from tests.federation.two_nodes import TwoNodes, two_running_nodes


@pytest.fixture(scope="module")
def two_nodes() -> Iterator[TwoNodes]:
    home = Path(tempfile.mkdtemp(prefix="tongban-two-"))
    home.chmod(0o755)
    try:
        with two_running_nodes(home) as running:
            yield running
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser
