"""What is open to everybody answers one address so often a minute, whichever process it asks."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from tongban.credentials import Code, CredentialRefused
from tongban.node.clock import true_now
from tongban.node.credentials import limits, redeeming
from tongban.node.credentials.limits import Budget
from tongban.node.credentials.models import Counted
from tongban.node.credentials.wallets.models import Authorisation
from tongban.node.credentials.wallets.urls import urlpatterns

FORM = "application/x-www-form-urlencoded"
PUSHED = {
    "response_type": "code",
    "client_id": "org.example.wallet",
    "redirect_uri": "https://wallet.example/back",
    "code_challenge": "c" * 43,
    "code_challenge_method": "S256",
    "scope": "professional-title-1",
}
NUMBER = "0c1d2e3f-0000-4000-8000-000000000000"
OPEN = {
    "openid-offer": ("GET", "/openid/offers/x"),
    "openid-pushed": ("POST", "/openid/pushed"),
    "openid-token": ("POST", "/openid/token"),
    "openid-nonce": ("POST", "/openid/nonce"),
    "openid-credential": ("POST", "/openid/credential"),
    "openid-deferred": ("POST", "/openid/deferred"),
    "openid-notification": ("POST", "/openid/notification"),
    "openid-request": ("GET", f"/openid/requests/{NUMBER}"),
    "openid-answer": ("POST", f"/openid/answers/{NUMBER}"),
}
FREE = {"openid-issuer", "openid-server"}
"""Metadata, which cost nothing to tell and change nothing."""
PAGES = {
    "openid-authorise",
    "case-offer",
    "credential-answer",
    "credential-offer",
    "credential-renewals-end",
    "credential-waiting-end",
    "verify-ask",
    "verify-asked",
    "verify-asked-shown",
}


@pytest.fixture(autouse=True)
def _same_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute ends while a test counts."""
    monkeypatch.setattr(limits, "WINDOW_SECONDS", 10**9)


@pytest.fixture
def spent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The address has spent all that it may."""
    for budget in (limits.WALLETS, limits.COUNTERS, limits.NODES):
        limits.spend("127.0.0.1", budget, budget.a_minute)


def push(address: str = "127.0.0.1") -> int:
    """The status of an authorisation request from an address."""
    client = Client(REMOTE_ADDR=address)
    return client.post("/openid/pushed", urlencode(PUSHED), content_type=FORM).status_code


def test_every_open_address_for_wallets_is_counted_or_named_as_free() -> None:
    assert {route.name for route in urlpatterns} == set(OPEN) | FREE | PAGES


@pytest.mark.parametrize("name", OPEN)
def test_a_wallet_that_asks_too_often_is_told_to_wait(spent: None, name: str) -> None:
    method, path = OPEN[name]
    refused = Client().generic(method, path, b"", content_type=FORM)
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many_requests")
    assert int(refused.headers["Retry-After"]) > 0


def test_nothing_is_kept_of_what_was_asked_too_often(spent: None) -> None:
    assert push() == 429
    assert not Authorisation.objects.exists()


def test_pushed_requests_are_counted_dearer_than_questions_for_a_nonce(issuer_name: None) -> None:
    most = limits.WALLETS.a_minute // 5
    assert {push() for _ in range(most)} == {201}
    assert push() == 429
    assert Authorisation.objects.count() == most


def test_another_address_is_not_held_back(spent: None, issuer_name: None) -> None:
    assert push("192.0.2.7") == 201


def test_addresses_of_one_network_of_ipv6_share_a_budget() -> None:
    budget = Budget("test", 2)
    for host in ("2001:db8::1", "2001:db8::2"):
        request = Client(REMOTE_ADDR=host).get("/verify/").wsgi_request
        assert limits.spend(limits.address_of(request), budget, 1) == 0
    request = Client(REMOTE_ADDR="2001:db8::3").get("/verify/").wsgi_request
    assert limits.spend(limits.address_of(request), budget, 1) > 0
    other = Client(REMOTE_ADDR="2001:db8:0:1::3").get("/verify/").wsgi_request
    assert limits.spend(limits.address_of(other), budget, 1) == 0


@pytest.mark.parametrize("path", ["/verify/", "/verify/ask/"])
def test_a_counter_is_told_when_it_is_its_turn_again(spent: None, path: str) -> None:
    page = Client().post(path, {"code": "x"})
    assert page.status_code == 429
    assert "请求太多" in page.content.decode()
    assert Client().get(path).status_code == 200


def test_a_node_that_asks_too_often_tells_its_counter_so(
    spent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = redeeming.Asked(code="x", audience="https://chongqing.example", nonce="n" * 16)
    answer = Client().post(redeeming.PATH, asked.model_dump_json(), "application/json")
    assert (answer.status_code, answer.json()) == (429, {"refused": "too-many"})
    monkeypatch.setattr(redeeming, "_post", lambda issuer, asked: answer.content)
    with pytest.raises(CredentialRefused) as refused:
        redeeming._ask("https://sichuan.example", asked)
    assert refused.value.code is Code.TOO_MANY


def test_what_has_ended_is_forgotten_and_no_address_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    limits.spend("192.0.2.7", limits.WALLETS, 1)
    row = Counted.objects.get()
    assert b"192.0.2.7" not in bytes(row.name)
    Counted.objects.update(until=true_now())
    limits.spend("192.0.2.8", limits.WALLETS, 1)
    assert Counted.objects.count() == 1


@pytest.mark.parametrize("path", ["/verify/", "/verify/bundle.json", "/credentials/status/0"])
def test_what_verifiers_fetch_beforehand_is_never_held_back(
    spent: None, path: str, issuer_name: None
) -> None:
    assert Client().get(path).status_code in {200, 404}
