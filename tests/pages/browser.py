"""Chromium for the page tests: where it is, how it is started, and what it tells of a page."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_RUN_AXE = """async (options) => (await axe.run(document, options)).violations
  .map(found => `${found.id}: ${found.nodes.map(node => node.html).join(" | ")}`)"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser; where there is none the test is skipped, but never in CI."""
    path = next((found for found in map(shutil.which, _NAMES) if found), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; CI installs it")
        pytest.skip("Chromium is not installed; install it to run the browser tests")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What a page loads and complains about."""

    weight: int = 0
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep errors and warnings."""
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def weigh(self, response: Response) -> None:
        """Add the body, as it is after decoding."""
        if response.status == 200:
            self.weight += len(response.body())


def watch(page: Page) -> Watch:
    """Listen to the page from now on."""
    heard = Watch()
    page.on("console", heard.hear)
    page.on("response", heard.weigh)
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    return heard


def violations(page: Page, rule: str = "") -> list[str]:
    """What axe-core finds wrong with the page as it is now, by all rules or by one."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_RUN_AXE, {"runOnly": [rule]} if rule else _RULES)
    return found


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    wider: Any = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return int(wider)
