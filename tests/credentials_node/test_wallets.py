"""Wallets of other makers against the running node: by the npm clients, with all of their checks on."""

import base64
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from joserfc.jwk import ECKey
from PIL import Image
from pytest_django.live_server_helper import LiveServer
from zxingcpp import read_barcode

from tests.counterparts.counterpart import ask
from tests.credentials_node.conftest import TITLE
from tests.protocol.federation_of_two import directory
from tongban.credentials.codes.qr import QrCode
from tongban.credentials.openid import (
    DpopProof,
    OpenIdError,
    OpenIdRefused,
    PreAuthorisedRequest,
    RefreshRequest,
    configuration_id,
)
from tongban.credentials.verdict import Verdict
from tongban.credentials.x5c import authority_identifiers, read_chain
from tongban.node.certificates import certify, new_issuer
from tongban.node.clock import true_now
from tongban.node.config import this_node
from tongban.node.credentials import issuers, issuing, lists, showing
from tongban.node.credentials.models import Asked, Authorisation, Entry, Handover, Issued, Offer, Renewal
from tongban.node.credentials.wallets import asking, certifying, makers, offering, reader, renewing
from tongban.node.exchange import identity
from tongban.node.people.models import Account, Officer
from tongban.node.people.register import create_citizen

ISSUER = "https://sichuan.example"
REDIRECT = "https://wallet.example/back"
LATER = true_now() + timedelta(days=400)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _named(issuer_name: None) -> None:
    """The node is an issuer under its public name."""


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


@pytest.fixture
def wallet(live_server: LiveServer) -> Wallet:
    return Wallet(live_server)


def agree(account: Account, url: str, title: Issued, answer: str = "agree") -> str:
    """The citizen's browser: opens the page, agrees, and is given the way back to the wallet."""
    browser = Client()
    browser.force_login(account)
    parts = urlsplit(url)
    page = browser.get(f"{parts.path}?{parts.query}")
    assert page.status_code == 200
    given = {name: values[0] for name, values in parse_qs(parts.query).items()}
    done = browser.post(parts.path, {**given, "card": str(title.pk), "answer": answer})
    assert done.status_code == 200
    return str(done.context["address"])


def test_a_wallet_takes_a_batch_by_code_and_number_and_says_so(wallet: Wallet, title: Issued) -> None:
    taken = wallet.take(title, copies=3, tell="credential_accepted")
    assert len(set(taken["credentials"])) == 3
    assert taken["token"] == "DPoP"
    handover = Handover.objects.get()
    assert (handover.copies, handover.event) == (3, "credential_accepted")
    assert Entry.objects.filter(credential=title).count() == issuing.BATCH + 3


def test_a_wallet_without_a_name_may_use_the_code(wallet: Wallet, title: Issued) -> None:
    assert len(wallet.take(title, client=False)["credentials"]) == 1


def test_a_wallet_takes_a_card_once_its_holder_agreed(
    wallet: Wallet, title: Issued, citizen: Account
) -> None:
    begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT)
    back = agree(citizen, begun["url"], title)
    taken = wallet.do("finish", begun=begun, redirected=back, redirect=REDIRECT)
    assert len(taken["credentials"]) == 1


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
    key = ECKey.import_key(again["key"])  # type: ignore[arg-type]
    return DpopProof(key.thumbprint(), "x", LATER)


class TestWithItsMaker:
    """A wallet that its maker vouches for."""

    @pytest.fixture
    def maker(self, reader_issuer: None, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
        """The maker's key and certificate; the node trusts who made the certificate."""
        issuer = reader.certificate_issuer()
        key = generate_private_key(SECP256R1())
        made = certify(issuer, "maker", "https://maker.example", key.public_key())
        jwk = ECKey.import_key(key).as_dict(private=True)
        monkeypatch.setattr(makers, "roots", lambda: (issuer.certificate,))
        return {"key": jwk, "x5c": [base64.b64encode(made.public_bytes(Encoding.DER)).decode()]}

    @pytest.fixture
    def _required(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(makers, "are_required", lambda: True)

    @pytest.mark.usefixtures("_required")
    def test_is_let_in_where_others_are_not(
        self, wallet: Wallet, title: Issued, maker: dict[str, object]
    ) -> None:
        assert len(wallet.take(title, maker=maker)["credentials"]) == 1
        made = offering.offer(title)
        assert wallet.is_refused("invalid_client", "take", offer=made.link, number=made.number)
        told = Client().get("/.well-known/oauth-authorization-server").json()
        assert told["token_endpoint_auth_methods_supported"] == ["attest_jwt_client_auth"]

    @pytest.mark.usefixtures("_required")
    def test_is_told_of_to_its_holder_and_authenticates_itself_all_along(
        self, wallet: Wallet, title: Issued, citizen: Account, maker: dict[str, object]
    ) -> None:
        begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT, maker=maker)
        back = agree(citizen, begun["url"], title)
        assert Authorisation.objects.get().maker.startswith("CN=sichuan issuer")
        taken = wallet.do("finish", begun=begun, redirected=back, redirect=REDIRECT, maker=maker)
        assert len(taken["credentials"]) == 1

    def test_a_code_that_an_attested_wallet_asked_for_is_no_use_to_another(
        self, wallet: Wallet, title: Issued, citizen: Account, maker: dict[str, object]
    ) -> None:
        begun = wallet.do("begin", offer=offering.offer(title).link, redirect=REDIRECT, maker=maker)
        back = agree(citizen, begun["url"], title)
        assert wallet.is_refused("invalid_client", "finish", begun=begun, redirected=back, redirect=REDIRECT)

    @pytest.mark.parametrize("how", ["attestation", "jwt"])
    def test_gets_a_copy_for_every_key_that_its_maker_vouches_for(
        self, wallet: Wallet, title: Issued, maker: dict[str, object], how: str
    ) -> None:
        assert len(set(wallet.take(title, maker=maker, copies=3, keys=how)["credentials"])) == 3

    def test_comes_again_with_its_maker_only(
        self, wallet: Wallet, title: Issued, maker: dict[str, object]
    ) -> None:
        taken = wallet.take(title, maker=maker)
        Renewal.objects.update(used_at=true_now() - timedelta(days=1))
        again = {"offer": offering.offer(title).link, "refresh": taken["refresh"], "key": taken["key"]}
        assert wallet.is_refused("invalid_client", "again", **again)
        assert len(wallet.do("again", **again, maker=maker)["credentials"]) == 1

    def test_of_a_maker_that_nobody_trusts_gets_nothing(
        self, wallet: Wallet, title: Issued, maker: dict[str, object], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(makers, "roots", lambda: ())
        made = offering.offer(title)
        given = {"offer": made.link, "number": made.number, "maker": maker}
        assert wallet.is_refused("invalid_client", "take", **given)

    def test_trusted_are_the_directorys_nodes_and_whom_the_operator_names(
        self, maker: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.undo()
        folder = tmp_path / "makers"
        folder.mkdir()
        (folder / "maker.pem").write_bytes(new_issuer("m", now=true_now(), until=LATER).certificate_pem())
        pem = new_issuer("n", now=true_now(), until=LATER).certificate_pem().decode()
        two = directory()
        nodes = tuple(node.model_copy(update={"certificates": (pem,)}) for node in two.nodes)
        listed = two.model_copy(update={"nodes": nodes})
        monkeypatch.setattr(identity, "current", lambda: SimpleNamespace(directory=listed))
        named = this_node().model_copy(update={"wallet_makers_path": folder})
        monkeypatch.setattr(makers, "this_node", lambda: named)
        assert len(makers.roots()) == 3


class TestAtTheCounter:
    """A verifier of this node asks a wallet of another maker."""

    @pytest.fixture(autouse=True)
    def _reader(self, reader_issuer: None) -> None:
        """The node can prove who asks."""

    def show(self, wallet: Wallet, title: Issued, asked: Asked, **more: object) -> dict[str, Any]:
        taken = wallet.take(title)
        given: Mapping[str, object] = {
            "link": asking.link(asked),
            "credential": taken["credentials"][0],
            "holder": taken["holders"][0],
        }
        return wallet.do("show", **given, **more)

    @pytest.mark.parametrize("of", ["copy", "status list"])
    def test_a_verifier_without_a_directory_can_check_it_by_its_certificate(
        self, wallet: Wallet, title: Issued, of: str
    ) -> None:
        root = reader.certificate_issuer().certificate_pem().decode()
        signed = lists.signed(0) if of == "status list" else wallet.take(title)["credentials"][0]
        assert wallet.do("judge", credential=signed, root=root) == {
            "alg": "ES256",
            "more": 0,
            "certified": True,
            "ca": False,
            "named": True,
            "own": True,
            "use": ["1.3.6.1.5.5.7.3.36"],
        }

    def test_the_certificate_does_not_tell_two_copies_apart(self, title: Issued) -> None:
        own = issuers.own(title.vct)
        assert certifying.header(own) == certifying.header(own)
        assert list(certifying.header(own)) == ["x5c"]

    def test_only_what_was_asked_for_is_seen_and_once(self, wallet: Wallet, title: Issued) -> None:
        asked = asking.ask(issuers.types()[TITLE], ["name", "title"])
        sent = self.show(wallet, title, asked)
        assert (sent["status"], sent["client"], sent["version"]) == (200, "x509_hash", 100)
        seen = asking.take(asked.pk)
        assert seen is not None
        assert (seen.verdict, dict(seen.claims)) == ("valid", {"name": "刘芳", "title": "高级工程师"})
        assert asking.take(asked.pk) is None

    def test_a_revoked_title_is_seen_to_be_revoked(
        self, wallet: Wallet, title: Issued, officer: Officer
    ) -> None:
        taken = wallet.take(title)
        issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
        asked = asking.ask(issuers.types()[TITLE], ["title"])
        wallet.do(
            "show",
            link=asking.link(asked),
            credential=taken["credentials"][0],
            holder=taken["holders"][0],
        )
        seen = asking.take(asked.pk)
        assert seen is not None
        assert seen.verdict == Verdict.REVOKED.value

    def test_a_wallet_on_the_same_device_leads_back_to_the_browser_that_asked(
        self, client: Client, wallet: Wallet, title: Issued
    ) -> None:
        client.post("/verify/ask/", {"type": TITLE, "claims": ["title"], "where": "here"})
        asked = Asked.objects.get()
        assert "<svg" not in client.get(f"/verify/asked/{asked.pk}/").content.decode()
        led = urlsplit(self.show(wallet, title, asked)["redirect"])
        assert led.path == f"/verify/asked/{asked.pk}/"
        for stranger, query in ((client, ""), (client, "response_code=x"), (Client(), led.query)):
            page = stranger.get(f"{led.path}?{query}")
            assert page.status_code in {403, 404}
            assert "高级工程师" not in page.content.decode()
        assert "高级工程师" in client.get(f"{led.path}?{led.query}").content.decode()

    def test_a_wallet_elsewhere_is_led_nowhere(self, wallet: Wallet, title: Issued) -> None:
        asked = asking.ask(issuers.types()[TITLE], ["title"])
        assert self.show(wallet, title, asked)["redirect"] is None

    def test_a_request_names_the_authorities_of_all_issuers_of_the_type(
        self, wallet: Wallet, title: Issued, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert (
            "trusted_authorities" not in asking.ask(issuers.types()[TITLE], ["title"]).query["credentials"][0]
        )
        pem = reader.certificate_issuer().certificate_pem().decode()
        me = identity.current()
        nodes = tuple(node.model_copy(update={"certificates": (pem,)}) for node in me.directory.nodes)
        listed = replace(me, directory=me.directory.model_copy(update={"nodes": nodes}))
        monkeypatch.setattr(identity, "current", lambda: listed)
        asked = asking.ask(issuers.types()[TITLE], ["title"])
        sent = self.show(wallet, title, asked)
        (authority,) = sent["asked"]["trusted_authorities"]
        (certificate,) = read_chain({"x5c": certifying.header(issuers.own(title.vct))["x5c"]})
        assert authority["type"] == "aki"
        assert authority_identifiers((certificate,)) <= set(authority["values"])
        assert sent["status"] == 200

    def test_a_presentation_made_for_another_verifier_is_refused(self, wallet: Wallet, title: Issued) -> None:
        asked = asking.ask(issuers.types()[TITLE], ["title"])
        assert self.show(wallet, title, asked, audience="x509_hash:somebody-else")["status"] == 400
        assert asking.take(asked.pk) is None

    def test_a_request_is_answered_once(self, wallet: Wallet, title: Issued) -> None:
        asked = asking.ask(issuers.types()[TITLE], ["title"])
        self.show(wallet, title, asked)
        with pytest.raises(AssertionError):
            self.show(wallet, title, asked)

    def test_a_declining_wallet_is_told_of_at_the_counter(self, client: Client) -> None:
        client.post("/verify/ask/", {"type": TITLE, "claims": ["title"]})
        asked = Asked.objects.get()
        done = client.post(
            f"/openid/answers/{asked.pk}",
            urlencode({"error": "access_denied"}),
            content_type="application/x-www-form-urlencoded",
        )
        assert done.status_code == 200
        assert "没有同意" in client.get(f"/verify/asked/{asked.pk}/").content.decode()

    def test_what_was_shown_is_seen_by_the_browser_that_asked_only(
        self, client: Client, wallet: Wallet, title: Issued
    ) -> None:
        client.post("/verify/ask/", {"type": TITLE, "claims": ["title"]})
        asked = Asked.objects.get()
        self.show(wallet, title, asked)
        assert Client().get(f"/verify/asked/{asked.pk}/").status_code == 404
        page = client.get(f"/verify/asked/{asked.pk}/").content.decode()
        assert "高级工程师" in page
        assert "刘芳" not in page

    def test_what_is_stored_until_then_cannot_be_read(self, wallet: Wallet, title: Issued) -> None:
        asked = asking.ask(issuers.types()[TITLE], ["title"])
        self.show(wallet, title, asked)
        row = Asked.objects.get()
        assert "高级工程师" not in row.shown
        assert '"d"' not in row.key


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
