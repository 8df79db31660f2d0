"""The pages of credentials in a real browser: accessible, narrow and wide, light and dark."""

import dataclasses
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.credentials_node import (
    test_answering,
    test_answering_several,
    test_rights,
    test_wallets,
    test_wallets_at_the_counter,
)
from tests.credentials_node.conftest import TITLE
from tests.credentials_node.test_answering import list_certificates
from tests.credentials_node.test_answering_several import EITHER, Verifier, skill
from tests.pages.browser import overflow, press, violations, watch
from tests.pages.windows import browser, enter
from tests.reach import same_sql_as
from tongban.credentials.openid import AuthorisationRequest
from tongban.node.credentials import redeeming
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import answering, authorising, reader
from tongban.node.exchange import identity
from tongban.node.fetching import Site
from tongban.node.people.models import Account

__all__ = ["browser", "enter", "skill"]

pytestmark = pytest.mark.django_db(transaction=True)


STATEMENT = "同意成都市人才服务中心为办理落户查询本人职称，查询一次"
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


@same_sql_as(
    test_rights.test_every_page_answers_the_role_as_the_table_says,
    test_wallets.test_a_wallet_takes_a_card_once_its_holder_agreed,
)
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


@same_sql_as(test_wallets_at_the_counter.TestThroughTheBrowser.test_a_declining_wallet_is_told_of)
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


class ThisNode(httpx.BaseTransport):
    """The running node, asked under its public name."""

    def __init__(self, url: str) -> None:
        self._base = httpx.URL(url)
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url.copy_with(scheme="http", host=self._base.host, port=self._base.port)
        headers = [(name, value) for name, value in request.headers.items() if name != "host"]
        return self._inner.handle_request(
            httpx.Request(request.method, url, headers=headers, content=request.read())
        )


@pytest.fixture
def _reachable(live_server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The portal's wallet reaches this node, which the directory lists with its certificate."""
    me = identity.current()
    pem = reader.certificate_issuer().certificate_pem().decode()
    nodes = tuple(node.model_copy(update={"certificates": (pem,)}) for node in me.directory.nodes)
    listed = dataclasses.replace(me, directory=me.directory.model_copy(update={"nodes": nodes}))
    monkeypatch.setattr(identity, "current", lambda: listed)
    monkeypatch.setattr(
        answering,
        "connection",
        lambda: Site(
            seconds=5,
            most_bytes=redeeming.MOST_BYTES,
            client=httpx.Client(transport=ThisNode(live_server.url)),
        ),
    )


@same_sql_as(
    test_answering.test_the_counter_reads_the_agreement_once,
    test_answering.test_the_history_tells_what_was_agreed_to,
)
@pytest.mark.usefixtures("_reachable")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_holder_reads_what_is_asked_and_agreed_to_and_the_counter_sees_the_signature(
    enter: Callable[..., Page], citizen: Account, title: Issued, language: str
) -> None:
    counter = enter(language=language)
    counter.goto(f"/verify/ask/?type={TITLE}")
    counter.locator("input[value=title]").check()
    counter.locator("#statement").fill(STATEMENT)
    look(counter, "claims and agreement")
    press(counter.locator("main form .govuk-button").last)
    counter.locator("summary").last.click()
    look(counter, "code and link for the wallet")
    code = counter.locator(".code-to-show").screenshot()

    holder = enter(citizen, language=language)
    heard = watch(holder)
    holder.goto("/credentials/answer/")
    look(holder, "where a link is pasted")
    with holder.expect_navigation():
        holder.locator("#picture").set_input_files(
            {"name": "code.png", "mimeType": "image/png", "buffer": code}
        )
    assert holder.get_by_text(STATEMENT).is_visible()
    look(holder, "who asks for what")
    holder.get_by_label("高级工程师").check()
    press(holder.locator("button[value=show]"))
    look(holder, "shown")
    holder.goto("/credentials/shown/")
    look(holder, "history")
    assert heard.complaints == []

    press(counter.locator("main .govuk-button").first)
    assert counter.locator(".verdict--valid").is_visible()
    assert counter.get_by_text(STATEMENT).first.is_visible()
    counter.locator("summary").first.click()
    look(counter, "seen and agreed to")


@same_sql_as(
    test_rights.test_every_page_answers_the_role_as_the_table_says,
    test_answering.test_the_counter_reads_the_agreement_once,
)
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


@same_sql_as(
    test_answering_several.test_what_may_be_left_out_can_be_shown_too,
    test_answering_several.test_a_claim_that_was_not_ticked_keeps_the_whole_answer_back,
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_request_for_several_credentials_is_accessible_and_fits(
    enter: Callable[..., Page],
    citizen: Account,
    title: Issued,
    skill: Issued,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    list_certificates(monkeypatch)
    verifier = Verifier(EITHER)
    monkeypatch.setattr(
        answering,
        "connection",
        lambda: Site(seconds=5, most_bytes=redeeming.MOST_BYTES, client=httpx.Client(transport=verifier)),
    )
    page = enter(citizen, language=language)
    heard = watch(page)
    page.goto("/credentials/answer/")
    page.locator("#link").fill(verifier.link)
    press(page.locator("main form .govuk-button").last)
    look(page, "several credentials")
    assert heard.complaints == []
    page.get_by_label("养老护理员").check()
    press(page.locator("button[value=show]"))
    look(page, "not all that is asked for")
    page.locator("input[value$='/level']").check()
    press(page.locator("button[value=show]"))
    assert list(verifier.seen()) == ["skill"]
