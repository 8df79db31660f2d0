"""What wallets send to the node, wrong in every way: each gets its code and nothing is handed out."""

import base64
import hashlib
import json
import uuid
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.credentials_node.conftest import TITLE
from tongban.credentials import jws
from tongban.credentials.jwk import to_jwk
from tongban.credentials.openid import (
    OpenIdRefused,
    configuration_id,
    new_encryption_key,
    public_jwk,
    sign_proof,
)
from tongban.credentials.openid.encryption import seal
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import encrypting, issuer_views, offering
from tongban.node.credentials.wallets.models import Handover, Offer
from tongban.node.people.models import Account, Officer
from tongban.suites import SigningKey, Suite, new_signing_key

ISSUER = "https://sichuan.example"
FORM = "application/x-www-form-urlencoded"
PRE_AUTHORISED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"


@pytest.fixture(autouse=True)
def _named(issuer_name: None) -> None:
    """The node is an issuer under its public name."""


class Wallet:
    """A wallet that can do everything right, and then one thing wrong."""

    def __init__(self, title: Issued) -> None:
        self.client = Client()
        self.key = new_signing_key("wallet", Suite.ES256)
        self.title = title

    def dpop(self, path: str, token: str | None = None, key: SigningKey | None = None) -> str:
        signing = key or self.key
        payload: dict[str, object] = {
            "htm": "POST",
            "htu": ISSUER + path,
            "jti": uuid.uuid4().hex,
            "iat": int(true_now().timestamp()),
        }
        if token is not None:
            digest = hashlib.sha256(token.encode()).digest()
            payload["ath"] = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        header = {"typ": "dpop+jwt", "jwk": to_jwk(signing.verifying_key)}
        return jws.sign(header, payload, signing).decode()

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        if path in ("/openid/token", "/openid/pushed"):
            return self.client.post(path, urlencode(body), content_type=FORM, headers=headers)
        return self.client.post(path, body, content_type="application/json", headers=headers)

    def token(self) -> str:
        return str(self.ask_token().json()["access_token"])

    def ask_token(self, **more: str) -> Any:
        made = offering.offer(self.title)
        name = made.link.rsplit("%2F", 1)[1]
        offer = offering.read(name)
        assert offer is not None
        body = {
            "grant_type": PRE_AUTHORISED,
            "pre-authorized_code": offer.pre_authorised,
            "tx_code": made.number,
            **more,
        }
        return self.post("/openid/token", body, DPoP=self.dpop("/openid/token"))

    def nonce(self) -> str:
        return str(self.client.post("/openid/nonce").json()["c_nonce"])

    def request(self, nonce: str, **changed: object) -> dict[str, Any]:
        holder = new_signing_key("holder", Suite.ES256)
        proof = sign_proof(holder, issuer=ISSUER, nonce=nonce, now=true_now())
        kind = issuers.types().find(TITLE)
        return {
            "credential_configuration_id": configuration_id(kind),
            "proofs": {"jwt": [proof]},
            **changed,
        }

    def fetch(self, token: str, body: dict[str, Any], **changed: str) -> Any:
        headers = {
            "Authorization": f"DPoP {token}",
            "DPoP": self.dpop("/openid/credential", token),
            **changed,
        }
        return self.post("/openid/credential", body, **headers)


@pytest.fixture
def wallet(title: Issued) -> Wallet:
    return Wallet(title)


def refusal(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]


def test_a_nonce_counts_once(wallet: Wallet) -> None:
    token, nonce = wallet.token(), wallet.nonce()
    assert wallet.fetch(token, wallet.request(nonce)).status_code == 200
    assert refusal(wallet.fetch(token, wallet.request(nonce))) == (400, "invalid_nonce")


def test_a_dpop_proof_counts_once(wallet: Wallet) -> None:
    token = wallet.token()
    proof = wallet.dpop("/openid/credential", token)
    assert wallet.fetch(token, wallet.request(wallet.nonce()), DPoP=proof).status_code == 200
    again = wallet.fetch(token, wallet.request(wallet.nonce()), DPoP=proof)
    assert refusal(again) == (401, "invalid_dpop_proof")
    assert again.headers["WWW-Authenticate"] == 'DPoP error="invalid_dpop_proof"'


@pytest.mark.parametrize("proof", ["", "nonsense"])
def test_a_token_without_a_proof_opens_nothing(wallet: Wallet, proof: str) -> None:
    token = wallet.token()
    refused = wallet.fetch(token, wallet.request(wallet.nonce()), DPoP=proof)
    assert refusal(refused) == (401, "invalid_dpop_proof")


def test_a_token_with_another_wallets_proof_opens_nothing(wallet: Wallet) -> None:
    token = wallet.token()
    other = wallet.dpop("/openid/credential", token, new_signing_key("thief", Suite.ES256))
    refused = wallet.fetch(token, wallet.request(wallet.nonce()), DPoP=other)
    assert refusal(refused) == (401, "invalid_token")


def test_a_made_up_token_opens_nothing(wallet: Wallet) -> None:
    assert refusal(wallet.fetch("nonsense", wallet.request(wallet.nonce()))) == (401, "invalid_token")


@pytest.mark.parametrize("given", ["", "Bearer abc", "DPoP"])
def test_a_request_without_a_dpop_token_opens_nothing(wallet: Wallet, given: str) -> None:
    refused = wallet.fetch("x", wallet.request(wallet.nonce()), Authorization=given)
    assert refusal(refused) == (401, "invalid_token")


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"credential_configuration_id": "other-1"}, "unknown_credential_configuration"),
        ({"credential_configuration_id": None}, "invalid_credential_request"),
        (
            {"credential_configuration_id": None, "credential_identifier": "x"},
            "unknown_credential_identifier",
        ),
        ({"proofs": None}, "invalid_proof"),
        ({"proofs": {"jwt": []}}, "invalid_credential_request"),
        ({"proofs": {"jwt": ["nonsense"]}}, "invalid_proof"),
    ],
)
def test_a_wrong_request_gets_the_standards_code(
    wallet: Wallet, changed: dict[str, object], error: str
) -> None:
    refused = wallet.fetch(wallet.token(), wallet.request(wallet.nonce(), **changed))
    assert refusal(refused) == (400, error)
    assert not Handover.objects.exists()


def test_a_response_is_not_encrypted_to_a_key_that_came_in_the_open(wallet: Wallet) -> None:
    thief = {"jwk": public_jwk(new_encryption_key("thief")), "enc": "A256GCM"}
    body = wallet.request(wallet.nonce(), credential_response_encryption=thief)
    assert refusal(wallet.fetch(wallet.token(), body)) == (400, "invalid_encryption_parameters")
    assert not Handover.objects.exists()


def test_a_request_that_cannot_be_decrypted_is_refused(wallet: Wallet) -> None:
    token = wallet.token()
    refused = wallet.client.post(
        "/openid/credential",
        b"a.b.c.d.e",
        content_type="application/jwt",
        headers={"Authorization": f"DPoP {token}", "DPoP": wallet.dpop("/openid/credential", token)},
    )
    assert refusal(refused) == (400, "invalid_encryption_parameters")


def test_a_request_to_last_months_key_is_read_and_an_older_one_is_not() -> None:
    now = true_now()
    this, last = encrypting.keys(now)
    before = encrypting.keys(now.replace(day=1) - timedelta(days=1))
    assert before[0].thumbprint() == last.thumbprint()
    assert encrypting.opened(seal(b"{}", last, "A128GCM").encode(), "application/jwt") == (b"{}", True)
    with pytest.raises(OpenIdRefused):
        encrypting.opened(seal(b"{}", before[1], "A128GCM").encode(), "application/jwt")
    assert len({one.thumbprint() for one in (this, *before)}) == 3


def test_a_nonce_of_another_maker_is_refused(wallet: Wallet) -> None:
    refused = wallet.fetch(wallet.token(), wallet.request("bm9uY2U"))
    assert refusal(refused) == (400, "invalid_nonce")


def test_a_token_is_good_for_so_many_copies(wallet: Wallet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tongban.node.credentials.wallets.handover.MOST_COPIES", 1)
    token = wallet.token()
    assert wallet.fetch(token, wallet.request(wallet.nonce())).status_code == 200
    refused = wallet.fetch(token, wallet.request(wallet.nonce()))
    assert refusal(refused) == (400, "credential_request_denied")


def test_a_card_that_was_revoked_meanwhile_is_not_handed_out(
    wallet: Wallet, title: Issued, officer: Officer
) -> None:
    token = wallet.token()
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
    refused = wallet.fetch(token, wallet.request(wallet.nonce()))
    assert refusal(refused) == (400, "credential_request_denied")


def test_a_notification_about_nothing_is_refused(wallet: Wallet) -> None:
    token = wallet.token()
    told = wallet.post(
        "/openid/notification",
        {"notification_id": "nonsense", "event": "credential_accepted"},
        Authorization=f"DPoP {token}",
        DPoP=wallet.dpop("/openid/notification", token),
    )
    assert refusal(told) == (400, "invalid_notification_id")


def details(configuration: str) -> str:
    return json.dumps([{"type": "openid_credential", "credential_configuration_id": configuration}])


PUSHED = {
    "response_type": "code",
    "client_id": "org.example.wallet",
    "redirect_uri": "https://wallet.example/back",
    "code_challenge": "c" * 43,
    "code_challenge_method": "S256",
    "scope": "professional-title-1",
}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"scope": "openid professional-title-1"},
        {"authorization_details": details("professional-title-1")},
        {"scope": "openid", "authorization_details": details("professional-title-1")},
    ],
)
def test_a_wallet_may_push_without_an_offer(wallet: Wallet, changed: dict[str, str]) -> None:
    told = wallet.post("/openid/pushed", PUSHED | changed)
    assert told.status_code == 201
    assert told.json()["request_uri"].startswith("urn:ietf:params:oauth:request_uri:")


@pytest.mark.parametrize(
    "address",
    ["http://wallet.example/", "javascript:alert(1)", "wallet:/x", "https:///", "https://a.example/#x"],
)
def test_a_code_is_sent_to_no_other_kind_of_address(wallet: Wallet, address: str) -> None:
    assert refusal(wallet.post("/openid/pushed", PUSHED | {"redirect_uri": address})) == (
        400,
        "invalid_request",
    )


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"response_type": "token"}, "invalid_request"),
        ({"scope": "everything"}, "invalid_scope"),
        ({"scope": "professional-title-1 residence-permit-1"}, "invalid_scope"),
        ({"issuer_state": "nonsense"}, "invalid_request"),
        ({"authorization_details": details("everything")}, "invalid_authorization_details"),
        ({"authorization_details": details("residence-permit-1")}, "invalid_scope"),
    ],
)
def test_a_wrong_pushed_request_is_refused(wallet: Wallet, changed: dict[str, str], error: str) -> None:
    assert refusal(wallet.post("/openid/pushed", PUSHED | changed)) == (400, error)


def test_a_token_is_not_given_for_another_type_than_was_offered(wallet: Wallet) -> None:
    refused = wallet.ask_token(authorization_details=details("residence-permit-1"))
    assert refusal(refused) == (400, "invalid_authorization_details")


def test_a_token_for_one_credential_does_not_open_another(
    wallet: Wallet, title: Issued, officer: Officer
) -> None:
    second = issuing.issue(
        person=title.person, vct=TITLE, claims=title.claims, agency=title.agency, officer=officer
    )
    asked = {"authorization_details": details("professional-title-1")}
    other = Wallet(second).ask_token(**asked).json()["authorization_details"][0]["credential_identifiers"][0]
    given = wallet.ask_token(**asked).json()
    body = wallet.request(wallet.nonce(), credential_configuration_id=None, credential_identifier=other)
    assert refusal(wallet.fetch(given["access_token"], body)) == (400, "unknown_credential_identifier")
    (mine,) = given["authorization_details"][0]["credential_identifiers"]
    body["credential_identifier"] = mine
    assert wallet.fetch(given["access_token"], body).status_code == 200


def test_an_unknown_grant_is_refused(wallet: Wallet) -> None:
    refused = wallet.post("/openid/token", {"grant_type": "password"}, DPoP=wallet.dpop("/openid/token"))
    assert refusal(refused) == (400, "unsupported_grant_type")


def test_an_enormous_request_is_refused(wallet: Wallet) -> None:
    body = b"a" * (issuer_views.MOST_BYTES + 1)
    for path in ("/openid/pushed", "/openid/token"):
        refused = wallet.client.post(path, body, content_type=FORM)
        assert refusal(refused) == (400, "invalid_request")


def test_a_citizen_is_told_that_a_request_has_ended(wallet: Wallet, citizen: Account) -> None:
    wallet.client.force_login(citizen)
    page = wallet.client.get("/openid/authorize", {"client_id": "x", "request_uri": "nonsense"})
    assert page.status_code == 404
    assert "已经结束" in page.content.decode()


def test_a_citizen_without_such_a_card_is_told_so(wallet: Wallet, citizen: Account) -> None:
    name = wallet.post("/openid/pushed", PUSHED | {"scope": "residence-permit-1"}).json()["request_uri"]
    wallet.client.force_login(citizen)
    page = wallet.client.get("/openid/authorize", {"client_id": PUSHED["client_id"], "request_uri": name})
    assert "您没有这类有效的证照" in page.content.decode()


def test_nobody_authorises_without_signing_in(wallet: Wallet) -> None:
    page = wallet.client.get("/openid/authorize", {"client_id": "x", "request_uri": "y"})
    assert page.status_code == 302
    assert page.headers["Location"].startswith("/sign-in/")


def test_an_offer_that_wrong_numbers_ended_is_not_taken_up_by_signing_in_either(
    wallet: Wallet, title: Issued
) -> None:
    offer = offering.read(offering.offer(title).link.rsplit("%2F", 1)[1])
    assert offer is not None
    Offer.objects.update(tries=offering.MOST_TRIES)
    refused = wallet.post("/openid/pushed", PUSHED | {"issuer_state": offer.issuer_state})
    assert refusal(refused) == (400, "invalid_request")
