"""The portal's wallet takes a credential of the other side: once, by keys of its own, revoked with the first.

One database plays both nodes: the issuer's is Sichuan, whoever takes is Chongqing.
"""

import dataclasses
import json
from collections.abc import Callable
from typing import Any, TypeVar

import httpx
import pytest
from django.test import Client

from tests.credentials_node.conftest import AWAY, OTHER_KEY, TITLE
from tongban.credentials import jws
from tongban.credentials.openid import OpenIdRefused, link_to, offer_address, read_offer
from tongban.node.credentials import copies, issuers, issuing, keystore, redeeming, showing, wallet
from tongban.node.credentials.models import Entry, Issued, Showing
from tongban.node.credentials.redeeming import IssuerAway
from tongban.node.credentials.wallets import awaiting, encrypting, makers, offering, reader, taking, talking
from tongban.node.credentials.wallets.models import Handover
from tongban.node.exchange import identity
from tongban.node.fetching import Site
from tongban.node.people.models import Account, Officer, Person
from tongban.suites import Suite, new_signing_key

T = TypeVar("T")
Change = Callable[[httpx.Request, httpx.Response], httpx.Response]
Hear = Callable[[bytes, str], tuple[bytes, str]]


class Issuer(httpx.BaseTransport):
    """Sichuan's node, asked in this process; `change` bends its answers, `hear` what it is asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.change: Change = lambda request, response: response
        self.hear: Hear = lambda body, media_type: (body, media_type)
        self.asked: list[httpx.Request] = []
        self._patch = monkeypatch
        self._inner = Client()
        self._here = (identity.current(), keystore.own_key())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        body, media_type = self.hear(request.read(), request.headers.get("content-type", ""))
        headers = {**request.headers, "content-type": media_type, "content-length": str(len(body))}
        told = self.do(
            lambda: self._inner.generic(
                request.method,
                request.url.raw_path.decode(),
                body,
                content_type=media_type,
                headers=headers,
            )
        )
        return self.change(request, httpx.Response(told.status_code, content=told.content))

    def do(self, what: Callable[[], T]) -> T:
        """Do something as the issuer's node."""
        with self._patch.context() as patch:
            become(patch, *self._here)
            return what()


def become(patch: pytest.MonkeyPatch, who: identity.Identity, key: Any) -> None:
    patch.setattr(identity, "current", lambda: who)
    patch.setattr(keystore, "own_key", lambda: key)


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch) -> Issuer:
    return Issuer(monkeypatch)


@pytest.fixture
def take(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Callable[[Person, str, str], Any]:
    """Take an offer as Chongqing's node."""

    def taken(person: Person, link: str, number: str) -> Any:
        there = dataclasses.replace(identity.current(), me="chongqing")
        with monkeypatch.context() as patch:
            lists = issuer.do(copies.at_hand)
            become(patch, there, OTHER_KEY)
            patch.setattr(copies, "at_hand", lambda: lists)
            client = httpx.Client(transport=issuer)
            site = Site(seconds=1, most_bytes=redeeming.MOST_BYTES, client=client)
            patch.setattr(talking, "connection", lambda: site)
            return taking.take(person, link, number)

    return taken


Take = Callable[[Person, str, str], Any]


def offered(title: Issued) -> tuple[str, str]:
    made = offering.offer(title)
    return made.link, made.number


def reason(take: Take, person: Person, link: str, number: str) -> str:
    with pytest.raises(talking.NotTaken) as refused:
        take(person, link, number)
    return refused.value.reason


def test_the_copies_are_a_card_with_entries_and_keys_of_their_own(
    take: Take, woman: Person, title: Issued
) -> None:
    card = wallet.card(woman, take(woman, *offered(title)))
    assert card is not None
    assert (card.kind.vct, card.is_own, card.state, card.copies_left) == (
        TITLE,
        False,
        "valid",
        issuing.BATCH,
    )
    assert len(set(Entry.objects.values_list("list", "index"))) == 2 * issuing.BATCH
    assert Showing.objects.get().how == Showing.How.COPY
    assert Handover.objects.get().event == "credential_accepted"


def test_the_issuers_list_is_fetched_where_no_copy_is_at_hand_yet(
    issuer: Issuer, woman: Person, title: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    def site(**_: object) -> Site:
        return Site(seconds=1, most_bytes=copies.MOST_BYTES, client=httpx.Client(transport=issuer))

    offer = offered(title)
    lists = {key.issuer: key.lists for key in issuer.do(issuers.trust_list).keys}
    (address,) = lists[issuer.do(issuers.own).uri]
    there = dataclasses.replace(identity.current(), me="chongqing")
    become(monkeypatch, there, OTHER_KEY)
    monkeypatch.setattr(copies, "own_tokens", dict[str, str])
    monkeypatch.setattr(copies, "Site", site)
    monkeypatch.setattr(talking, "connection", site)
    assert taking.take(woman, *offer) is not None
    assert [str(asked.url) for asked in issuer.asked].count(address) == 1


def test_a_revocation_reaches_the_copies(take: Take, woman: Person, title: Issued, officer: Officer) -> None:
    taken = take(woman, *offered(title))
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
    card = wallet.card(woman, taken)
    assert card is not None
    assert card.state == "revoked"


def test_what_is_shown_from_a_copy_is_valid(take: Take, woman: Person, title: Issued) -> None:
    taken = take(woman, *offered(title))
    found = redeeming.redeem(showing.online_code(woman, taken, ["title"]).text, "").found
    assert found.verdict == "valid"


def test_an_offer_gives_copies_once(take: Take, woman: Person, title: Issued) -> None:
    link, number = offered(title)
    take(woman, link, number)
    assert reason(take, woman, link, number) == "offer-over"


def test_a_wrong_number_gives_nothing(take: Take, woman: Person, title: Issued) -> None:
    assert reason(take, woman, offered(title)[0], "no") == "offer-over"
    assert not Handover.objects.exists()


def test_somebody_elses_credential_does_not_go_into_the_wallet(take: Take, title: Issued) -> None:
    stranger = Person.objects.create(resident_id="510104197602140039", pseudonym="y", name="别人")
    assert reason(take, stranger, *offered(title)) == "not-yours"
    assert not wallet.cards(stranger)
    assert Handover.objects.get().event == "credential_failure"


def test_what_does_not_count_is_not_taken(take: Take, woman: Person, title: Issued, officer: Officer) -> None:
    link, number = offered(title)
    issuing.change(title, Issued.State.SUSPENDED, officer, "核查")
    assert reason(take, woman, link, number) == "not-valid"


def test_a_node_does_not_take_what_it_offers_itself(woman: Person, title: Issued) -> None:
    with pytest.raises(talking.NotTaken, match="own-offer"):
        taking.take(woman, *offered(title))


@pytest.mark.parametrize(
    "link",
    [
        "",
        "hello",
        "openid-credential-offer://?credential_offer=%7B%7D",
        "https://sichuan.example/?credential_offer_uri=http://testserver/openid/offers/x",
        link_to("https://stranger.example/openid/offers/x"),
        link_to("http://testserver.stranger.example/openid/offers/x"),
        link_to("http://testserver@stranger.example/openid/offers/x"),
    ],
)
def test_nobody_is_asked_but_issuers_of_the_directory(
    take: Take, issuer: Issuer, woman: Person, link: str
) -> None:
    assert reason(take, woman, link, "123456") == "no-offer"
    assert not issuer.asked


def test_the_wallet_proves_whose_it_is(
    take: Take, issuer: Issuer, woman: Person, title: Issued, reader_issuer: None, monkeypatch: Any
) -> None:
    monkeypatch.setattr(makers, "roots", lambda: (reader.certificate_issuer().certificate,))
    monkeypatch.setattr(makers, "are_required", lambda: True)
    take(woman, *offered(title))
    assert any("oauth-client-attestation" in request.headers for request in issuer.asked)


def test_a_portal_that_cannot_vouch_for_itself_says_so(
    take: Take, woman: Person, title: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(makers, "are_required", lambda: True)
    assert reason(take, woman, *offered(title)) == "not-vouched"


def changed(path: str, **members: object) -> Change:
    """Answers of one address with other members."""

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if path == "/credential" and request.url.path.endswith("openid-credential-issuer"):
            return httpx.Response(200, json=response.json() | {"credential_request_encryption": None})
        if not request.url.path.endswith(path):
            return response
        return httpx.Response(200, json=response.json() | members)

    return change


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("oauth-authorization-server", {"token_endpoint": "https://stranger.example/token"}),
        ("oauth-authorization-server", {"token_endpoint": None}),
        ("openid-credential-issuer", {"credential_endpoint": "http://testserver.stranger.example/"}),
        ("/token", {"access_token": 1}),
    ],
)
def test_an_issuer_that_answers_something_else_is_told_of(
    take: Take, issuer: Issuer, woman: Person, title: Issued, path: str, members: dict[str, object]
) -> None:
    issuer.change = changed(path, **members)
    with pytest.raises(IssuerAway):
        take(woman, *offered(title))
    assert not foreign(woman)


@pytest.mark.parametrize(
    ("path", "members"),
    [
        ("/nonce", {"c_nonce": ""}),
        ("/credential", {"credentials": []}),
        ("/credential", {"credentials": "x", "notification_id": "x"}),
    ],
)
def test_what_cannot_be_read_once_the_wallet_was_let_in_is_asked_for_again(
    take: Take, issuer: Issuer, woman: Person, title: Issued, path: str, members: dict[str, object]
) -> None:
    issuer.change = changed(path, **members)
    assert take(woman, *offered(title)) is None
    assert not foreign(woman)
    (waits,) = awaiting.of(woman)
    assert not waits.is_deferred


def foreign(person: Person) -> list[wallet.Card]:
    return [card for card in wallet.cards(person) if not card.is_own]


def test_request_and_copies_travel_encrypted(
    take: Take, issuer: Issuer, woman: Person, title: Issued
) -> None:
    seen: list[bytes] = []

    def look(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.url.path.endswith("/credential"):
            seen.extend((request.content, response.content))
        return response

    issuer.change = look
    take(woman, *offered(title))
    assert [len(one.split(b".")) for one in seen] == [5, 5]


def test_metadata_that_somebody_else_signed_are_not_believed(
    take: Take, issuer: Issuer, woman: Person, title: Issued, reader_issuer: None
) -> None:
    def sign_anew(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if not request.url.path.endswith("openid-credential-issuer"):
            return response
        token = jws.take_apart(response.content, "metadata")
        thief = new_signing_key("thief", Suite.ES256)
        return httpx.Response(200, content=jws.sign(token.header, token.payload, thief))

    issuer.change = sign_anew
    with pytest.raises(IssuerAway):
        take(woman, *offered(title))
    assert not any(request.url.path.endswith("/token") for request in issuer.asked)


def test_copies_that_do_not_come_encrypted_are_not_kept(
    take: Take, issuer: Issuer, woman: Person, title: Issued
) -> None:
    def in_the_open(body: bytes, media_type: str) -> tuple[bytes, str]:
        opened, was_sealed = issuer.do(lambda: encrypting.opened(body, media_type))
        if not was_sealed:
            return body, media_type
        asked = {**json.loads(opened), "credential_response_encryption": None}
        return json.dumps(asked).encode(), "application/json"

    given: list[object] = []

    def note(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.url.path.endswith("/credential"):
            given.append(response.json().get("credentials"))
        return response

    issuer.hear, issuer.change = in_the_open, note
    assert take(woman, *offered(title)) is None
    assert given[0]
    assert not foreign(woman)


@pytest.mark.parametrize("body", [b"[]", b"nonsense", b"[" * 400_000])
def test_an_answer_that_cannot_be_read_is_told_of(
    take: Take, issuer: Issuer, woman: Person, title: Issued, body: bytes
) -> None:
    issuer.change = lambda request, response: httpx.Response(200, content=body)
    with pytest.raises(IssuerAway):
        take(woman, *offered(title))


@pytest.mark.parametrize("offer", [{}, {"credential_issuer": "x"}, {"credential_configuration_ids": []}])
def test_an_offer_of_another_form_is_refused(offer: dict[str, object]) -> None:
    with pytest.raises(OpenIdRefused):
        read_offer(offer)


def test_the_offers_page_gives_what_the_other_portal_asks_for(citizen: Account, title: Issued) -> None:
    browser = Client()
    browser.force_login(citizen)
    made = browser.post(f"/credentials/{title.pk}/wallet/").context["made"]
    assert offer_address(made.link).startswith("http://testserver/openid/offers/")
    page = browser.post("/credentials/add/", {"link": made.link, "number": made.number})
    assert (page.status_code, "已经在您的证照里" in page.content.decode()) == (409, True)


def test_what_cannot_be_put_in_is_told(citizen: Account) -> None:
    browser = Client()
    browser.force_login(citizen)
    away = link_to(f"{AWAY}/openid/offers/x")
    for link, words in (("hello", "领取链接"), (away, "没有回应")):
        answer = browser.post("/credentials/add/", {"link": link, "number": "1"})
        assert (answer.status_code, words in answer.content.decode()) == (409, True)


def test_a_copy_is_put_elsewhere_only_by_who_issued_it(
    take: Take, woman: Person, title: Issued, citizen: Account
) -> None:
    taken = take(woman, *offered(title))
    browser = Client()
    browser.force_login(citizen)
    assert "放进其他钱包" not in browser.get(f"/credentials/{taken}/").content.decode()
    assert browser.post(f"/credentials/{taken}/wallet/").status_code == 404
    assert "放进另一个钱包" in browser.get("/credentials/shown/").content.decode()
