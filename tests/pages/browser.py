"""Chromium for the tests of pages: how it starts, how one goes through pages, and what it tells of them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

_WITHOUT = (
    # what Playwright's own list names; Chromium heeds the last list only
    "AimEnabled,AvoidCorsURLLoaderRestartOnRedirect,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,LensOverlay,MediaRouter,"
    "NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,PreconnectToSearch,ThirdPartyStoragePartitioning,"
    # pages of Chromium's own behind the address bar: two thirds of what opening a window costs
    "WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,WebUIOmniboxPopup"
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-software-rasterizer",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    f"--disable-features={_WITHOUT}",
]
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
REQUIRED_VARIABLE = "TONGBAN_REQUIRE_BROWSER"
_NAMES = ("chromium", "chromium-browser", "google-chrome")
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
_RUN_AXE = """async (options) => (await axe.run(document, options)).violations
  .map(found => `${found.id}: ${found.nodes.map(node => node.html).join(" | ")}`)"""


def chromium_path() -> str:
    """Where Chromium is; without one the test is skipped, or fails where a browser is required, as in CI."""
    if path := next((found for found in map(shutil.which, _NAMES) if found), None):
        return path
    missing = f"no Chromium on this machine ({', '.join(_NAMES)}): install it to run the tests in a browser"
    if os.environ.get(REQUIRED_VARIABLE):
        pytest.fail(missing)
    pytest.skip(missing)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A browser that ends with the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def press(target: Locator) -> None:
    """Click on what leads to another page, and wait until all of that page is there."""
    target.click()
    target.page.wait_for_load_state()


def reload_until(wanted: Locator, path: str, seconds: int) -> None:
    """Open a page again and again until it has what is wanted, as somebody does who waits for an answer.

    A visit that the browser breaks off counts as one that showed nothing yet; fails after `seconds`.
    """
    page, broken = wanted.page, ""
    for _ in range(seconds):
        try:
            page.goto(path)
        except PlaywrightError as error:
            broken = str(error)
        else:
            if wanted.count():
                return
        page.wait_for_timeout(1000)
    pytest.fail(f"{path} did not show {wanted} in {seconds} s. {broken}")


@dataclass
class Watch:
    """What a page complains about."""

    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Keep errors and warnings."""
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)


def watch(page: Page) -> Watch:
    """Listen to the page from now on."""
    heard = Watch()
    page.on("console", heard.hear)
    page.on("pageerror", lambda error: heard.complaints.append(str(error)))
    return heard


def violations(page: Page, rule: str = "") -> list[str]:
    """What axe-core finds wrong with the page as it is now, by all rules or by one."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[str] = page.evaluate(_RUN_AXE, {"runOnly": [rule]} if rule else _RULES)
    return found


def sideways(page: Page) -> list[str]:
    """What has to be scrolled sideways within the page; a drawing of a process may be."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("main *")]
          .filter(one => ["auto", "scroll"].includes(getComputedStyle(one).overflowX)
            && one.scrollWidth > one.clientWidth + 1 && !one.matches(".process__scroll"))
          .map(one => one.outerHTML.slice(0, 200))"""
    )
    return found


def untitled(page: Page) -> list[str]:
    """Cells with text in the cards of a narrow window that do not say what they are."""
    found: list[str] = page.locator(".stacks td:not([data-label]):not(:has(button))").all_inner_texts()
    return [text for text in found if text.strip()]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    wider: Any = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return int(wider)
