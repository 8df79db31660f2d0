"""An officer signs in with a passkey in a real browser; the session taken from it dies with signing out."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page

from tests.casework.conftest import POST
from tests.pages.browser import press, violations
from tests.pages.windows import browser, enter
from tongban.node.people.models import Officer
from tongban.node.people.register import create_officer

__all__ = ["browser", "enter"]

PASSWORD = "a long password for tests"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def officer(transactional_db: None) -> Officer:
    return create_officer("officer", PASSWORD, "510100-yb", "王敏", POST).officer


def with_passkey(page: Page) -> None:
    """Sign in with the password, and add the passkey of a virtual authenticator."""
    page.goto("/sign-in/")
    page.fill("#id_username", "officer")
    page.fill("#id_password", PASSWORD)
    press(page.locator("main form button").first)
    page.goto("/security/passkeys/new/")
    if page.locator("input[type=password]").count():
        page.fill("input[type=password]", PASSWORD)
        press(page.locator("main form button").first)
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.fill("#id_name", "办公室电脑")
    press(page.locator("#mfa_webauthn_add").first)
    page.wait_for_url(lambda address: "passkeys/new" not in address)


def test_a_passkey_signs_an_officer_in_and_signing_out_ends_the_session(
    enter: Callable[..., Page], officer: Officer
) -> None:
    page = enter()
    with_passkey(page)
    assert Authenticator.objects.filter(user=officer.account, type="webauthn").count() == 1
    page.goto("/")
    press(page.get_by_role("button", name="退出"))
    page.goto("/sign-in/")
    assert violations(page) == []
    press(page.locator("#passkey_login").first)
    page.wait_for_url("**/workbench/")
    taken = page.context.cookies()
    thief = enter()
    thief.context.add_cookies(
        [
            {"name": one["name"], "value": one["value"], "domain": one["domain"], "path": one["path"]}
            for one in taken
        ]
    )
    thief.goto("/workbench/")
    assert thief.url.endswith("/workbench/")
    press(page.get_by_role("button", name="退出"))
    thief.goto("/workbench/")
    assert "/sign-in/" in thief.url
