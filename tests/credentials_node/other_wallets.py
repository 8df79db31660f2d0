"""A wallet of another maker: the npm clients, led to a node that runs in the tests."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from tests.counterparts.counterpart import ask
from tongban.node.casework.models import Case
from tongban.node.clock import true_now
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import offering
from tongban.node.people.models import Account

ISSUER = "https://sichuan.example"
REDIRECT = "https://wallet.example/back"
LATER = true_now() + timedelta(days=400)


class Wallet:
    """The npm clients, led to the live server."""

    def __init__(self, live_server: LiveServer) -> None:
        self.base = live_server.url

    def do(self, what: str, **more: object) -> dict[str, Any]:
        answer = ask("wallet.mjs", {"do": what, "issuer": ISSUER, "base": self.base, **more})
        assert isinstance(answer, dict)
        return answer

    def is_refused(self, error: str, what: str, **more: object) -> bool:
        with pytest.raises(AssertionError) as refused:
            self.do(what, **more)
        return error in str(refused.value)

    def take(self, title: Issued, **more: object) -> dict[str, Any]:
        made = offering.offer(title)
        return self.do("take", offer=made.link, number=made.number, **more)


def agree(account: Account, url: str, chosen: Issued | Case, answer: str = "agree") -> str:
    """The citizen's browser: opens the page, agrees, and is given the way back to the wallet."""
    browser = Client()
    browser.force_login(account)
    parts = urlsplit(url)
    page = browser.get(f"{parts.path}?{parts.query}")
    assert page.status_code == 200
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    done = browser.post(parts.path, {**given, "card": str(chosen.pk), "answer": answer})
    assert done.status_code == 200
    return str(done.context["address"])
