"""Wallets of other makers against the running node: by the npm clients, with all of their checks on."""

import io
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from PIL import Image
from zxingcpp import read_barcode

from tests.counterparts.counterpart import ask
from tests.credentials_node.other_wallets import ISSUER, REDIRECT, Wallet, agree
from tongban.credentials.codes.qr import QrCode
from tongban.credentials.openid import (
    OpenIdError,
    OpenIdRefused,
    PreAuthorisedRequest,
    configuration_id,
)
from tongban.credentials.verdict import Verdict
from tongban.credentials.x5c import leads_to, read_chain
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, showing
from tongban.node.credentials.models import Entry, Issued
from tongban.node.credentials.wallets import offering, reader
from tongban.node.credentials.wallets.models import Authorisation, Handover, Offer
from tongban.node.people.models import Account, Officer

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("issuer_name")]


def test_a_wallet_takes_a_batch_by_code_and_number_and_says_so(wallet: Wallet, title: Issued) -> None:
    taken = wallet.take(title, copies=3, tell="credential_accepted")
    assert len(set(taken["credentials"])) == 3
    assert taken["token"] == "DPoP"
    handover = Handover.objects.get()
    assert (handover.copies, handover.event) == (3, "credential_accepted")
    assert Entry.objects.filter(credential=title).count() == issuing.BATCH + 3


@pytest.mark.parametrize("encryption", ["A128GCM", "A256GCM"])
def test_a_wallet_has_request_and_copies_encrypted(wallet: Wallet, title: Issued, encryption: str) -> None:
    assert len(wallet.take(title, copies=20, encrypted=encryption)["credentials"]) == 20


def test_a_wallet_without_a_name_may_use_the_code(wallet: Wallet, title: Issued) -> None:
    assert len(wallet.take(title, client=False)["credentials"]) == 1


def test_a_wallet_takes_a_card_once_its_holder_agreed(
    wallet: Wallet, title: Issued, citizen: Account
) -> None:
    begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT)
    back = agree(citizen, begun["url"], title)
    taken = wallet.do("finish", begun=begun, redirected=back, redirect=REDIRECT)
    assert len(taken["credentials"]) == 1


def test_a_wallet_that_asks_by_details_is_told_which_credential_it_gets(
    wallet: Wallet, title: Issued, citizen: Account
) -> None:
    begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT, details=True)
    back = agree(citizen, begun["url"], title)
    taken = wallet.do("finish", begun=begun, redirected=back, redirect=REDIRECT, details=True)
    assert len(taken["credentials"]) == 1


def test_a_wallet_may_name_by_details_what_an_offer_is_for(wallet: Wallet, title: Issued) -> None:
    assert len(wallet.take(title, details=True)["credentials"]) == 1


def test_a_holder_who_does_not_agree_gives_nothing(wallet: Wallet, title: Issued, citizen: Account) -> None:
    begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT)
    back = agree(citizen, begun["url"], title, answer="decline")
    assert parse_qs(urlsplit(back).query)["error"] == ["access_denied"]
    assert not Handover.objects.exists()


def test_a_code_of_an_authorisation_counts_once(wallet: Wallet, title: Issued, citizen: Account) -> None:
    begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT)
    given = {"begun": begun, "redirected": agree(citizen, begun["url"], title), "redirect": REDIRECT}
    wallet.do("finish", **given)
    assert wallet.is_refused("invalid_grant", "finish", **given)


def test_a_stolen_code_is_no_use_without_the_wallets_secret(
    wallet: Wallet, title: Issued, citizen: Account
) -> None:
    begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT)
    back = agree(citizen, begun["url"], title)
    thief = {**begun, "verifier": "v" * 43}
    assert wallet.is_refused("invalid_grant", "finish", begun=thief, redirected=back, redirect=REDIRECT)


def test_a_stolen_code_is_no_use_with_another_key(wallet: Wallet, title: Issued, citizen: Account) -> None:
    offer = offering.offer(title).link
    begun = wallet.do("begin", offer=offer, redirect=REDIRECT)
    back = agree(citizen, begun["url"], title)
    other = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT)["key"]
    assert wallet.is_refused(
        "invalid_dpop_proof", "finish", begun={**begun, "key": other}, redirected=back, redirect=REDIRECT
    )


def test_an_offer_is_taken_up_once(wallet: Wallet, title: Issued) -> None:
    made = offering.offer(title)
    wallet.do("take", offer=made.link, number=made.number)
    with pytest.raises(AssertionError):
        wallet.do("take", offer=made.link, number=made.number)
    assert Handover.objects.count() == 1


def test_five_wrong_numbers_end_an_offer(wallet: Wallet, title: Issued) -> None:
    made = offering.offer(title)
    name = parse_qs(urlsplit(made.link).query)["credential_offer_uri"][0].rsplit("/", 1)[1]
    for _ in range(offering.MOST_TRIES):
        assert offering.read(name) is not None
        wrong = "000000" if made.number != "000000" else "000001"
        assert wallet.is_refused("invalid_grant", "take", offer=made.link, number=wrong)
    assert offering.read(name) is None


def test_an_offer_ends_by_itself(title: Issued) -> None:
    made = offering.offer(title)
    name = parse_qs(urlsplit(made.link).query)["credential_offer_uri"][0].rsplit("/", 1)[1]
    offered = offering.read(name)
    assert offered is not None
    Offer.objects.update(expires=true_now())
    assert offering.read(name) is None
    asked = PreAuthorisedRequest.model_validate(
        {"pre-authorized_code": offered.pre_authorised, "tx_code": made.number}
    )
    with pytest.raises(OpenIdRefused) as refused:
        offering.redeem(asked)
    assert refused.value.error is OpenIdError.INVALID_GRANT


def test_a_code_that_another_app_was_given_is_refused(
    wallet: Wallet, title: Issued, citizen: Account
) -> None:
    begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT)
    back = agree(citizen, begun["url"], title)
    Authorisation.objects.update(fields={**Authorisation.objects.get().fields, "client_id": "another.app"})
    assert wallet.is_refused("invalid_grant", "finish", begun=begun, redirected=back, redirect=REDIRECT)


def test_a_wallet_can_tell_an_answer_of_another_issuer(
    wallet: Wallet, title: Issued, citizen: Account
) -> None:
    begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT)
    back = agree(citizen, begun["url"], title)
    assert parse_qs(urlsplit(back).query)["iss"] == [ISSUER]
    mixed = back.replace("sichuan.example", "elsewhere.example")
    assert mixed != back
    assert wallet.is_refused(
        "does not match the expected", "finish", begun=begun, redirected=mixed, redirect=REDIRECT
    )
    assert not Handover.objects.exists()


def test_a_suspended_card_is_not_offered(title: Issued, officer: Officer) -> None:
    issuing.change(title, Issued.State.SUSPENDED, officer, "核查")
    title.refresh_from_db()
    with pytest.raises(offering.CannotOffer):
        offering.offer(title)


def test_what_a_wallet_took_is_valid_evidence_here(wallet: Wallet, title: Issued) -> None:
    taken = wallet.take(title)
    presented = ask(
        "credentials.mjs",
        {
            "do": "present",
            "compact": taken["credentials"][0],
            "chosen": {"title": True},
            "holderPrivate": taken["holders"][0],
            "kb": {"aud": ISSUER, "nonce": "n" * 22, "iat": int(true_now().timestamp())},
        },
    )
    assert isinstance(presented, str)
    assert showing.check(presented, audience=ISSUER, nonce="n" * 22).verdict is Verdict.VALID


def test_a_wallet_takes_metadata_that_the_issuer_signed(
    wallet: Wallet, title: Issued, reader_issuer: None
) -> None:
    header = wallet.take(title, signed=True)["signed"]
    assert (header["alg"], header["typ"]) == ("ES256", "openidvci-issuer-metadata+jwt")
    root = reader.certificate_issuer().certificate
    (certificate,) = read_chain(header)
    assert leads_to((certificate,), [root], true_now()) == root


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/jwt, application/json;q=0.9", "application/jwt"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("text/html", "application/json"),
        ("", "application/json"),
    ],
)
def test_metadata_come_as_a_wallet_wants_them(
    client: Client, reader_issuer: None, accept: str, media_type: str
) -> None:
    told = client.get("/.well-known/openid-credential-issuer", headers={"Accept": accept})
    assert told.headers["Content-Type"].split(";")[0] == media_type
    assert "Accept" in told.headers["Vary"].split(", ")


def test_metadata_are_not_signed_by_a_key_without_a_certificate(client: Client) -> None:
    told = client.get("/.well-known/openid-credential-issuer", headers={"Accept": "application/jwt"})
    assert told.json()["credential_issuer"] == ISSUER


def test_the_metadata_names_every_type_that_the_node_issues(client: Client) -> None:
    told = client.get("/.well-known/openid-credential-issuer").json()
    assert told["credential_issuer"] == ISSUER
    assert set(told["credential_configurations_supported"]) == {
        configuration_id(kind) for kind in issuers.types().values()
    }


def test_the_card_says_which_wallets_it_went_to(wallet: Wallet, title: Issued, citizen: Account) -> None:
    wallet.take(title, tell="credential_deleted")
    browser = Client()
    browser.force_login(citizen)
    assert "已删除" in browser.get(f"/credentials/{title.pk}/").content.decode()


def test_the_offer_page_shows_code_link_and_number(client: Client, title: Issued, citizen: Account) -> None:
    client.force_login(citizen)
    page = client.post(f"/credentials/{title.pk}/wallet/")
    told = page.content.decode()
    assert page.context["made"].number in told
    assert "openid-credential-offer://" in told
    read = read_barcode(Image.open(io.BytesIO(QrCode.of_link(page.context["made"].link).png())))
    assert read is not None
    assert read.text == page.context["made"].link
