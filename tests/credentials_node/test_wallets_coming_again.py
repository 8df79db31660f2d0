"""Wallets that come again for more copies: once a day, until the holder or the issuer ends it."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.test import Client
from joserfc.jwk import ECKey

from tests.credentials_node.other_wallets import LATER, Wallet
from tongban.credentials.openid import (
    DpopProof,
    OpenIdError,
    OpenIdRefused,
    RefreshRequest,
)
from tongban.node.clock import true_now
from tongban.node.credentials import issuing
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import offering, renewing
from tongban.node.credentials.wallets.models import Handover, Renewal
from tongban.node.people.models import Account, Officer
from tongban.node.people.register import create_citizen

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("issuer_name")]


class TestComingAgain:
    """A wallet that takes more copies later, without its holder."""

    @pytest.fixture
    def again(self, wallet: Wallet, title: Issued) -> dict[str, object]:
        """What the wallet kept of the first time, a day ago."""
        taken = wallet.take(title)
        Renewal.objects.update(used_at=true_now() - timedelta(days=1))
        return {"offer": offering.offer(title).link, "refresh": taken["refresh"], "key": taken["key"]}

    def test_it_gets_other_copies_once_a_day(self, wallet: Wallet, again: dict[str, object]) -> None:
        assert len(wallet.do("again", **again, copies=2)["credentials"]) == 2
        assert wallet.is_refused("too_many_requests", "again", **again)
        assert Handover.objects.count() == 2

    def test_a_stolen_token_is_no_use_with_another_key(
        self, wallet: Wallet, again: dict[str, object]
    ) -> None:
        assert wallet.is_refused("invalid_dpop_proof", "again", **{**again, "key": None})

    def test_it_gets_nothing_once_the_holder_has_ended_it(
        self, wallet: Wallet, again: dict[str, object], citizen: Account, title: Issued
    ) -> None:
        browser = Client()
        browser.force_login(citizen)
        card = f"/credentials/{title.pk}/"
        assert f"{card}wallet/end/" in browser.get(card).content.decode()
        assert browser.post(f"{card}wallet/end/").status_code == 302
        assert f"{card}wallet/end/" not in browser.get(card).content.decode()
        assert wallet.is_refused("invalid_grant", "again", **again)

    def test_it_gets_nothing_of_a_card_that_was_revoked(
        self, wallet: Wallet, again: dict[str, object], title: Issued, officer: Officer
    ) -> None:
        issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
        with pytest.raises(OpenIdRefused) as refused:
            renewing.use(asked_again(again), proof_of(again), None)
        assert refused.value.error is OpenIdError.INVALID_GRANT

    def test_it_ends_by_itself(self, wallet: Wallet, again: dict[str, object]) -> None:
        Renewal.objects.update(expires=true_now())
        with pytest.raises(OpenIdRefused) as refused:
            renewing.use(asked_again(again), proof_of(again), None)
        assert refused.value.error is OpenIdError.INVALID_GRANT

    def test_somebody_else_does_not_end_it(self, title: Issued) -> None:
        other = create_citizen("other", "x", "510104197602140039", "别人")
        browser = Client()
        browser.force_login(other)
        assert browser.post(f"/credentials/{title.pk}/wallet/end/").status_code == 404


def asked_again(again: Mapping[str, object]) -> RefreshRequest:
    return RefreshRequest(refresh_token=str(again["refresh"]))


def proof_of(again: Mapping[str, object]) -> DpopProof:
    key = again["key"]
    assert isinstance(key, dict)
    return DpopProof(ECKey.import_key(key).thumbprint(), "x", LATER)
