"""Takes the pictures of docs/pictures from really running nodes, in Chromium.

Promises: the nodes and their data are in a temporary folder and gone afterwards. Needs the dev set-up and a
Chromium on the machine (named by CHROMIUM, else found in the path).
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import click
from playwright.sync_api import Browser, sync_playwright

from tongban.federation.founding import SampleFederation, consecutive_addresses, found
from tongban.federation.node_process import NodeProcess
from tongban.federation.sample_people import STORY
from tongban.federation.sides import SICHUAN, SIDES
from tongban.federation.walk import walk

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
PORT_BASE = 18900
WIDTH, HEIGHT = 1040, 1440
NAMES = {"zh-hans": "decision.png", "en": "decision-en.png"}


def take(browser: Browser, federation: SampleFederation, number: str, language: str, name: str) -> None:
    """Sign in as the woman of the story and picture her decision."""
    portal = federation.addresses[SICHUAN.node].pages_url
    page = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}).new_page()
    page.goto(f"{portal}/sign-in/")
    page.fill("#id_username", STORY)
    page.fill("#id_password", federation.password)
    page.click("main form button")
    page.goto(f"{portal}/language/{language}/?next=/cases/{number}/")
    page.goto(f"{portal}/cases/{number}/")
    page.screenshot(path=PICTURES / name)


def main() -> None:
    """Run both nodes, walk the story, picture the decision in each language."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("no Chromium found; install it, or name it in CHROMIUM")
    home = Path(tempfile.mkdtemp(prefix="tongban-pictures-"))
    home.chmod(0o755)
    federation = found(home, consecutive_addresses(PORT_BASE))
    nodes = [NodeProcess(federation.config_path(side.node)) for side in SIDES]
    try:
        for node in nodes:
            node.start()
        for node in nodes:
            node.await_ready()
        number = walk(federation, STORY, "zh-hans", click.echo).number
        PICTURES.mkdir(exist_ok=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for language, name in NAMES.items():
                take(browser, federation, number, language, name)
    finally:
        for node in nodes:
            node.stop()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
