"""A counter asks wallets of other makers: what was asked for is seen, once, by whoever asked."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import Client

from tests.credentials_node.conftest import TITLE
from tests.credentials_node.other_wallets import Wallet
from tongban.credentials.verdict import Verdict
from tongban.credentials.x5c import authority_identifiers, read_chain
from tongban.node.credentials import issuers, issuing, lists, portraits
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import asking, certifying, reader
from tongban.node.credentials.wallets.models import Asked
from tongban.node.exchange import identity
from tongban.node.people.models import Officer

ORIGIN = "http://testserver"
STATEMENT = "同意为办理落户查询本人职称，查询一次"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("issuer_name")]


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
        assert sent["fetched"] == "with its nonce"
        seen = asking.take(asked.pk)
        assert seen is not None
        assert (seen.verdict, dict(seen.claims)) == ("valid", {"name": "刘芳", "title": "高级工程师"})
        assert asking.take(asked.pk) is None

    def test_a_wallet_of_another_maker_agrees_to_what_is_asked(self, wallet: Wallet, title: Issued) -> None:
        asked = asking.ask(issuers.types()[TITLE], ["title"], statement=STATEMENT)
        sent = self.show(wallet, title, asked)
        assert (sent["status"], sent["agreed"]) == (200, [STATEMENT])
        seen = asking.take(asked.pk)
        assert seen is not None
        assert seen.agreed is not None
        assert (seen.verdict, seen.agreed.statement) == ("valid", STATEMENT)

    def test_a_wallet_that_shows_without_agreeing_is_refused(self, wallet: Wallet, title: Issued) -> None:
        asked = asking.ask(issuers.types()[TITLE], ["title"], statement=STATEMENT)
        assert self.show(wallet, title, asked, silent=True)["status"] == 400
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

    @pytest.mark.parametrize("body", ["wallet_nonce=" + "x" * 201, "wallet_nonce=a&wallet_nonce=b", "%", "x"])
    def test_what_is_no_wallets_nonce_is_refused(self, client: Client, body: str) -> None:
        asked = asking.ask(issuers.types()[TITLE], ["title"])
        told = self.fetch(client, asked, body)
        assert (told.status_code, told.json()["error"]) == (400, "invalid_request")

    def test_a_request_is_not_signed_anew_once_another_certificate_speaks(self, client: Client) -> None:
        asked = asking.ask(issuers.types()[TITLE], ["title"])
        assert self.fetch(client, asked, "wallet_nonce=a").status_code == 200
        reader.forget()
        assert self.fetch(client, asked, "wallet_nonce=a").status_code == 404

    def test_a_wallet_that_posts_no_nonce_gets_the_request_without(self, client: Client) -> None:
        asked = asking.ask(issuers.types()[TITLE], ["title"])
        assert self.fetch(client, asked, "").content.decode() == asked.request

    def fetch(self, client: Client, asked: Asked, body: str) -> Any:
        form = "application/x-www-form-urlencoded"
        return client.post(f"/openid/requests/{asked.pk}", body, content_type=form)

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


class TestThroughTheBrowser:
    """The counter's browser finds the wallet (Digital Credentials API): asks it, and brings what it shows."""

    @pytest.fixture(autouse=True)
    def _reader(self, reader_issuer: None) -> None:
        """The node can prove who asks."""

    @pytest.fixture
    def asked(self, client: Client) -> Asked:
        client.post("/verify/ask/", {"type": TITLE, "claims": ["title"], "where": "here"})
        return Asked.objects.get()

    def show(
        self, wallet: Wallet, title: Issued, client: Client, asked: Asked, **more: object
    ) -> dict[str, Any]:
        request = client.get(f"/verify/asked/{asked.pk}/").context["for_browser"]
        taken = wallet.take(title)
        given: dict[str, object] = {
            "request": request,
            "origin": ORIGIN,
            "credential": taken["credentials"][0],
            "holder": taken["holders"][0],
        }
        return wallet.do("show", **given | more)

    def test_what_was_asked_for_is_seen_there(
        self, client: Client, wallet: Wallet, title: Issued, asked: Asked
    ) -> None:
        shown = self.show(wallet, title, client, asked)
        assert (shown["client"], shown["mode"]) == ("x509_hash", "dc_api.jwt")
        done = client.post(f"/verify/asked/{asked.pk}/shown/", {"response": shown["response"]}, follow=True)
        page = done.content.decode()
        assert "高级工程师" in page
        assert "刘芳" not in page

    def test_what_was_made_for_another_page_is_refused(
        self, client: Client, wallet: Wallet, title: Issued, asked: Asked
    ) -> None:
        shown = self.show(wallet, title, client, asked, audience="origin:https://thief.example")
        done = client.post(f"/verify/asked/{asked.pk}/shown/", {"response": shown["response"]})
        assert (done.status_code, asking.take(asked.pk)) == (400, None)
        assert "无法核验" in done.content.decode()

    def test_a_wallet_refuses_a_request_that_another_page_hands_on(
        self, client: Client, wallet: Wallet, title: Issued, asked: Asked
    ) -> None:
        with pytest.raises(AssertionError, match="expected_origins"):
            self.show(wallet, title, client, asked, origin="https://thief.example")

    def test_only_the_browser_that_asked_brings_an_answer(self, asked: Asked) -> None:
        assert Client().post(f"/verify/asked/{asked.pk}/shown/", {"response": "x"}).status_code == 404

    def test_a_declining_wallet_is_told_of(self, client: Client, asked: Asked) -> None:
        done = client.post(f"/verify/asked/{asked.pk}/shown/", {"error": "access_denied"}, follow=True)
        assert "没有同意" in done.content.decode()


def test_a_counter_is_not_offered_a_photos_digest(client: Client) -> None:
    page = client.get("/verify/ask/", {"type": TITLE}).content.decode()
    assert 'value="title"' in page
    assert portraits.CLAIM not in page
