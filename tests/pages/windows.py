"""Windows of a real browser at a live server, for the tests of pages in any room."""

import os
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from tests.pages.browser import running_chromium
from tongban.node.people.models import Account


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with running_chromium() as started:
        yield started
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def enter(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Open a window, signed in as somebody."""
    opened: list[BrowserContext] = []

    def window(
        account: Account | None = None, *, width: int = 1280, scripts: bool = True, language: str = "zh-hans"
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
        )
        opened.append(context)
        context.add_cookies([{"name": "tongban_language", "value": language, "url": live_server.url}])
        if account is not None:
            client = Client()
            client.force_login(account)
            context.add_cookies(
                [
                    {"name": name, "value": morsel.value, "url": live_server.url}
                    for name, morsel in client.cookies.items()
                ]
            )
        return context.new_page()

    yield window
    for context in opened:
        context.close()
