"""Wallets that wait for what is not decided yet: nothing before, once after, called off any time."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.credentials_node.other_wallets import ISSUER, LATER, REDIRECT, Wallet, agree
from tests.credentials_node.test_evidence import case, clerk
from tongban.credentials import jws
from tongban.credentials.openid import (
    AuthorisationRequest,
    DpopProof,
    OpenIdError,
    OpenIdRefused,
    RefreshRequest,
)
from tongban.node.casework import acting
from tongban.node.casework.models import Case
from tongban.node.clock import true_now
from tongban.node.credentials import issuing
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import authorising, renewing, tokens, waiting
from tongban.node.credentials.wallets.granting import Granted
from tongban.node.credentials.wallets.models import Access, Deferral, Handover, Renewal
from tongban.node.people.models import Account, Officer
from tongban.node.people.register import create_citizen
from tongban.suites import Suite, new_signing_key

__all__ = ["case", "clerk"]
pytestmark = pytest.mark.usefixtures("issuer_name")
OFFER = {
    "credential_issuer": ISSUER,
    "credential_configuration_ids": ["professional-title-1"],
    "grants": {"authorization_code": {}},
}
LINK = f"openid-credential-offer://?{urlencode({'credential_offer': json.dumps(OFFER)})}"


@pytest.mark.django_db(transaction=True)
class TestAnotherMakersWallet:
    """A wallet whose holder agreed to what an open case will bring."""

    @pytest.fixture
    def told(self, wallet: Wallet, citizen: Account, case: Case) -> dict[str, Any]:
        """What the wallet kept when it was told to come again, an hour ago."""
        begun = wallet.do("begin", offer=LINK, redirect=REDIRECT)
        back = agree(citizen, begun["url"], case)
        taken = wallet.do("finish", begun=begun, redirected=back, redirect=REDIRECT, copies=2, offer=LINK)
        assert taken["waits"]["interval"] == 3600
        assert not Handover.objects.exists()
        an_hour_passes()
        return {
            "offer": LINK,
            "transaction": taken["waits"]["transaction"],
            "refresh": taken["refresh"],
            "key": taken["key"],
            "holders": taken["holders"],
        }

    def test_it_gets_copies_for_its_keys_once_the_officer_has_issued(
        self, wallet: Wallet, told: dict[str, Any], case: Case, clerk: Officer, citizen: Account
    ) -> None:
        assert wallet.do("collect", **told) == {"transaction": told["transaction"], "interval": 3600}
        issue(case, clerk)
        an_hour_passes()
        copies = wallet.do("collect", **told, encrypted="A256GCM")["credentials"]
        assert [bound(copy) for copy in copies] == [named(key) for key in told["holders"]]
        credential = Issued.objects.get()
        assert Handover.objects.get().access.credential == credential
        card = page(citizen, f"/credentials/{credential.pk}/")
        assert "还没有回话" in card
        assert "不让它们再来领" in card
        assert "签发后放进其他钱包" not in page(citizen, "/credentials/")


class Waits:
    """A wallet in this process, to whose key the holder's agreement is bound."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.proof = DpopProof(uuid.uuid4().hex, "one", LATER)
        self.refresh = renewing.begin(Granted(case=case), self.proof, None, "wallet.example")
        holder = new_signing_key("holder", Suite.ES256).verifying_key
        self.transaction = str(waiting.begin(self.access(), case, [holder])["transaction_id"])
        an_hour_passes()

    def access(self) -> Access:
        return Access.objects.create(
            token=tokens.digest(tokens.fresh()),
            case=self.case,
            thumbprint=self.proof.thumbprint,
            expires=LATER,
        )

    def collect(self, transaction: str = "") -> Mapping[str, object]:
        return waiting.collect(self.access(), transaction or self.transaction)

    def come_again(self) -> None:
        assert self.refresh is not None
        renewing.use(RefreshRequest(refresh_token=self.refresh), self.proof, None)

    def is_refused(self, error: OpenIdError, attempt: Callable[[], object]) -> bool:
        with pytest.raises(OpenIdRefused) as refused:
            attempt()
        return refused.value.error is error


@pytest.fixture
def waits(case: Case) -> Waits:
    return Waits(case)


def test_it_gets_the_same_copies_however_often_it_comes(waits: Waits, case: Case, clerk: Officer) -> None:
    issue(case, clerk)
    first = waits.collect()
    assert first["credentials"]
    assert waits.collect() == first
    assert Handover.objects.count() == 1


def test_its_transaction_ends_a_day_after_it_got_them(waits: Waits, case: Case, clerk: Officer) -> None:
    issue(case, clerk)
    waits.collect()
    assert Deferral.objects.get().expires < true_now() + timedelta(days=1)
    Deferral.objects.update(expires=true_now())
    assert waits.is_refused(OpenIdError.INVALID_TRANSACTION_ID, waits.collect)


def test_what_it_asks_for_again_replaces_what_it_waited_for(waits: Waits, case: Case) -> None:
    holder = new_signing_key("holder", Suite.ES256).verifying_key
    waiting.begin(waits.access(), case, [holder])
    assert waits.is_refused(OpenIdError.INVALID_TRANSACTION_ID, waits.collect)
    assert Deferral.objects.count() == 1


def test_it_is_told_when_the_application_was_refused(waits: Waits, case: Case, clerk: Officer) -> None:
    acting.perform(clerk, case.number, case.revision, "refuse", {"reason": "证书不符"})
    assert waits.is_refused(OpenIdError.CREDENTIAL_REQUEST_DENIED, waits.collect)


def test_it_gets_nothing_of_what_was_suspended_before_it_came(
    waits: Waits, case: Case, clerk: Officer
) -> None:
    issue(case, clerk)
    issuing.change(Issued.objects.get(), Issued.State.SUSPENDED, clerk, "核查")
    assert waits.is_refused(OpenIdError.CREDENTIAL_REQUEST_DENIED, waits.collect)
    assert not Handover.objects.exists()


def test_another_wallet_gets_nothing_by_its_transaction(waits: Waits, case: Case, clerk: Officer) -> None:
    thief = Waits(case)
    issue(case, clerk)
    assert waits.is_refused(OpenIdError.INVALID_TRANSACTION_ID, lambda: thief.collect(waits.transaction))


def test_its_holder_sees_it_and_calls_it_off(
    waits: Waits, citizen: Account, case: Case, clerk: Officer
) -> None:
    told = page(citizen, "/credentials/")
    assert "签发后放进其他钱包" in told
    assert "wallet.example" in told
    address = f"/credentials/waiting/{case.pk}/end/"
    assert address in told
    assert browser_of(citizen).post(address).status_code == 302
    assert "签发后放进其他钱包" not in page(citizen, "/credentials/")
    issue(case, clerk)
    assert waits.is_refused(OpenIdError.INVALID_GRANT, waits.come_again)
    assert waits.is_refused(OpenIdError.INVALID_TRANSACTION_ID, waits.collect)


def test_it_does_not_ask_again_within_the_hour(waits: Waits) -> None:
    waits.come_again()
    assert waits.is_refused(OpenIdError.TOO_MANY, waits.come_again)


def test_nobody_else_calls_it_off(citizen: Account, case: Case) -> None:
    stranger = create_citizen("stranger", "x", "510104197602140039", "别人")
    assert browser_of(stranger).post(f"/credentials/waiting/{case.pk}/end/").status_code == 404


def test_only_ones_own_open_case_is_on_the_page(citizen: Account, case: Case, clerk: Officer) -> None:
    pushed = AuthorisationRequest(
        response_type="code",
        client_id="w",
        redirect_uri=REDIRECT,
        code_challenge="c" * 43,
        code_challenge_method="S256",
        scope="professional-title-1",
    )
    path = f"/openid/authorize?client_id=w&request_uri={authorising.push(pushed, '')}"
    assert f"正在办理（{case.number}）" in page(citizen, path)
    stranger = create_citizen("stranger", "x", "510104197602140039", "别人")
    assert case.number not in page(stranger, path)
    issue(case, clerk)
    assert "正在办理" not in page(citizen, path)


def issue(case: Case, clerk: Officer) -> None:
    acting.perform(clerk, case.number, case.revision, "issue")


def an_hour_passes() -> None:
    Renewal.objects.update(used_at=true_now() - waiting.INTERVAL)


def browser_of(account: Account) -> Client:
    browser = Client()
    browser.force_login(account)
    return browser


def page(account: Account, path: str) -> str:
    return browser_of(account).get(path).content.decode()


def bound(copy: str) -> tuple[str, str]:
    payload: Any = jws.take_apart(copy.split("~", maxsplit=1)[0].encode(), "copy").payload
    return named(payload["cnf"]["jwk"])


def named(jwk: Mapping[str, str]) -> tuple[str, str]:
    return jwk["x"], jwk["y"]
