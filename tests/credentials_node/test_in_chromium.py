"""The pages of credentials in a real browser: accessible, narrow and wide, light and dark."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.credentials_node.conftest import TITLE
from tests.pages.browser import overflow, press, violations, watch
from tests.pages.windows import browser, enter
from tongban.credentials.openid import AuthorisationRequest
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import authorising
from tongban.node.people.models import Account

__all__ = ["browser", "enter"]

pytestmark = pytest.mark.django_db(transaction=True)


FINDS_WALLETS = """
window.DigitalCredential = class { static userAgentAllowsProtocol () { return true } }
navigator.credentials.get = async options => {
  window.asked = options
  if (!window.answer) throw new DOMException('none', 'NotAllowedError')
  return { data: window.answer }
}
"""
"""A browser with the Digital Credentials API and a wallet, which Chromium has not by itself."""


@pytest.fixture(autouse=True)
def _named(issuer_name: None, reader_issuer: None) -> None:
    """The node is an issuer under its public name, and can prove who asks a wallet."""


def look(page: Page, name: str) -> None:
    for width in (1280, 360, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) <= 0, (name, width)
    assert violations(page) == [], name
    page.emulate_media(color_scheme="dark")
    assert violations(page, "color-contrast") == [], name
    page.emulate_media(color_scheme="light")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_citizens_pages_are_accessible_quiet_and_fit(
    enter: Callable[..., Page], citizen: Account, title: Issued, language: str
) -> None:
    pushed = AuthorisationRequest(
        response_type="code",
        client_id="org.example.wallet",
        redirect_uri="https://wallet.example/back",
        code_challenge="c" * 43,
        code_challenge_method="S256",
        scope="professional-title-1",
    )
    request = authorising.push(pushed, "")
    page = enter(citizen, language=language)
    heard = watch(page)
    page.goto("/credentials/")
    look(page, "cards")
    page.goto("/credentials/add/")
    look(page, "add")
    page.goto(f"/credentials/{title.pk}/")
    look(page, "card")
    press(page.locator(f"form[action='/credentials/{title.pk}/wallet/'] button"))
    look(page, "offer")
    page.goto(f"/openid/authorize?client_id=org.example.wallet&request_uri={request}")
    look(page, "authorise")
    press(page.locator("button[value=agree]"))
    look(page, "authorised")
    back = page.locator("main .govuk-button").get_attribute("href")
    assert back is not None
    assert back.startswith("https://wallet.example/back?code=")
    assert heard.complaints == []


def test_a_browser_that_finds_wallets_is_handed_the_request(
    enter: Callable[..., Page], title: Issued
) -> None:
    page = enter()
    heard = watch(page)
    page.add_init_script("delete window.DigitalCredential")
    page.goto(f"/verify/ask/?type={TITLE}")
    page.locator("input[value=title]").check()
    press(page.get_by_role("button", name="向钱包索要"))
    assert page.locator("#by-browser").is_hidden()
    page.add_init_script(FINDS_WALLETS)
    page.reload()
    find = page.get_by_role("button", name="让浏览器找钱包")
    look(page, "browser that finds wallets")
    find.click()
    page.get_by_text("没有钱包出示").wait_for()
    asked = page.evaluate("window.asked.digital.requests")
    assert [one["protocol"] for one in asked] == ["openid4vp-v1-signed"]
    assert asked[0]["data"]["request"].count(".") == 2
    page.evaluate("window.answer = { error: 'access_denied' }")
    press(find)
    assert page.get_by_text("对方没有同意出示").is_visible()
    assert heard.complaints == []


def test_the_counters_pages_are_accessible_quiet_and_fit(enter: Callable[..., Page], title: Issued) -> None:
    page = enter()
    heard = watch(page)
    page.goto("/verify/")
    look(page, "verify")
    press(page.get_by_role("link", name="请对方用钱包出示"))
    look(page, "kinds")
    page.get_by_label("要看哪类证照？").select_option(TITLE)
    press(page.get_by_role("button", name="下一步"))
    look(page, "claims")
    page.locator("input[value=title]").check()
    press(page.get_by_role("button", name="向钱包索要"))
    look(page, "code for the wallet")
    page.go_back()
    page.locator("input[value=title]").check()
    page.get_by_label("就在这台设备上").check()
    press(page.get_by_role("button", name="向钱包索要"))
    look(page, "wallet on this device")
    assert heard.complaints == []
