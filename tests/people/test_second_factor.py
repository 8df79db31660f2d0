"""An officer signs in with a password and a second step; guessing, stealing and forgetting lead nowhere."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from tests.casework.conftest import POST
from tests.casework.walk import RESIDENT_ID
from tongban.node import config
from tongban.node.people.models import Account, Officer
from tongban.node.people.register import create_citizen, create_officer
from tongban.node.sign_in import second_factor

PASSWORD = "a long password for tests"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def officer(db: None) -> Officer:
    return create_officer("officer", PASSWORD, "510100-yb", "王敏", POST).officer


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> None:
    """The node asks officers for a second factor, as a node does unless its configuration says otherwise."""
    node = config.this_node().model_copy(update={"officers_second_factor": "required"})
    monkeypatch.setattr(second_factor, "this_node", lambda: node)


def code_now(secret: str = SECRET) -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def sign_in(client: Client, username: str = "officer") -> str:
    response = client.post("/sign-in/", {"username": username, "password": PASSWORD})
    return str(response.headers.get("Location", response.status_code))


@pytest.mark.usefixtures("required")
def test_an_officer_without_a_second_factor_is_led_to_set_one_up(client: Client, officer: Officer) -> None:
    sign_in(client)
    response = client.get("/workbench/", follow=True)
    assert response.redirect_chain == [("/security/", 302)]
    assert "请先在下面开通一种" in response.content.decode()


@pytest.mark.usefixtures("required")
def test_an_officer_with_codes_opens_the_workbench_after_the_second_step(
    client: Client, officer: Officer
) -> None:
    TOTP.activate(officer.account, SECRET)
    assert sign_in(client) == "/sign-in/second-step/"
    assert client.get("/workbench/").status_code == 302
    response = client.post("/sign-in/second-step/", {"code": code_now()})
    assert response.headers["Location"] == "/workbench/"
    assert client.get("/workbench/").status_code == 200


def test_a_wrong_code_opens_nothing_and_says_what_to_enter(client: Client, officer: Officer) -> None:
    TOTP.activate(officer.account, SECRET)
    sign_in(client)
    wrong = "000000" if code_now() != "000000" else "111111"
    response = client.post("/sign-in/second-step/", {"code": wrong})
    assert "请输入应用里现在显示的六位数字" in response.content.decode()
    assert client.get("/workbench/").status_code == 302


def test_a_code_counts_once(client: Client, officer: Officer) -> None:
    TOTP.activate(officer.account, SECRET)
    code = code_now()
    sign_in(client)
    client.post("/sign-in/second-step/", {"code": code})
    thief = Client()
    sign_in(thief)
    thief.post("/sign-in/second-step/", {"code": code})
    assert thief.get("/workbench/").status_code == 302


def test_codes_cannot_be_guessed_at_will(client: Client, officer: Officer) -> None:
    TOTP.activate(officer.account, SECRET)
    sign_in(client)
    wrong = "000000" if code_now() != "000000" else "111111"
    for _ in range(6):
        client.post("/sign-in/second-step/", {"code": wrong})
    client.post("/sign-in/second-step/", {"code": code_now()})
    assert client.get("/workbench/").status_code == 302


def test_passwords_cannot_be_guessed_at_will(client: Client, officer: Officer) -> None:
    for _ in range(12):
        client.post("/sign-in/", {"username": "officer", "password": "wrong"})
    sign_in(client)
    assert "_auth_user_id" not in client.session


def test_a_recovery_code_stands_for_one_code(client: Client, officer: Officer) -> None:
    TOTP.activate(officer.account, SECRET)
    spare = RecoveryCodes.activate(officer.account).get_unused_codes()[0]
    sign_in(client)
    client.post("/sign-in/second-step/", {"code": spare})
    assert client.get("/workbench/").status_code == 200
    assert second_factor.factors_of(officer.account).recovery_codes_left == 9


def test_the_secret_of_codes_is_not_readable_in_the_database(officer: Officer) -> None:
    TOTP.activate(officer.account, SECRET)
    stored = Authenticator.objects.get(user=officer.account).data
    assert SECRET not in str(stored)


def test_codes_are_set_up_with_the_password_once_more_and_the_first_code(
    client: Client, officer: Officer
) -> None:
    sign_in(client)
    again = client.get("/security/codes/on/").headers["Location"]
    client.post(again, {"password": PASSWORD})
    secret = client.get("/security/codes/on/").context["form"].secret
    client.post("/security/codes/on/", {"code": code_now(secret)})
    assert second_factor.is_set_up(officer.account)


def test_a_wrong_first_code_sets_nothing_up(client: Client, officer: Officer) -> None:
    sign_in(client)
    client.post(client.get("/security/codes/on/").headers["Location"], {"password": PASSWORD})
    secret = client.get("/security/codes/on/").context["form"].secret
    wrong = "000000" if code_now(secret) != "000000" else "111111"
    client.post("/security/codes/on/", {"code": wrong})
    assert not second_factor.is_set_up(officer.account)


@pytest.mark.usefixtures("required")
def test_citizens_need_no_second_factor(client: Client, db: None) -> None:
    create_citizen("woman", PASSWORD, RESIDENT_ID, "刘芳")
    assert sign_in(client, "woman") == "/cases/"
    assert client.get("/cases/").status_code == 200


@pytest.mark.parametrize(
    "address",
    ["/closed/sign-up/", "/closed/email/", "/closed/password/", "/identity/o/device", "/identity/o/logout"],
)
def test_ways_in_that_the_node_does_not_offer_are_closed(client: Client, db: None, address: str) -> None:
    assert client.get(address).status_code == 404


def test_an_account_that_was_closed_cannot_sign_in(client: Client, officer: Officer) -> None:
    Account.objects.filter(pk=officer.account.pk).update(is_active=False)
    sign_in(client)
    assert client.get("/workbench/").status_code == 302
