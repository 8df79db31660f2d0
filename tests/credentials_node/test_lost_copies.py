"""Copies that get lost on the way: the portal dies or no answer comes; nothing is issued twice."""

import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from django.test import Client

from tests.credentials_node.other_wallets import LATER
from tests.credentials_node.test_awaiting import There, awaited, issue, there
from tests.credentials_node.test_evidence import case, clerk
from tests.credentials_node.test_taking import Issuer, foreign, issuer
from tongban.credentials.openid import OpenIdError, OpenIdRefused
from tongban.credentials.openid.offer import REFRESH_TOKEN
from tongban.node.casework.models import Case, Notice
from tongban.node.clock import true_now
from tongban.node.credentials import issuing
from tongban.node.credentials.models import Entry, Issued, Showing
from tongban.node.credentials.sealing import unseal
from tongban.node.credentials.wallets import (
    awaiting,
    handover,
    makers,
    offering,
    reader,
    taking,
    talking,
    tokens,
)
from tongban.node.credentials.wallets.models import Access, Awaited, Handover, Renewal
from tongban.node.credentials.wallets.talking import NotTaken, Talk
from tongban.node.people.models import Account, Officer, Person
from tongban.suites import SigningKey, Suite, VerifyingKey, new_signing_key

__all__ = ["awaited", "case", "clerk", "issuer", "there"]
_ENTRIES = 2 * issuing.BATCH
"""Of the card where it was issued, and of the copies that went elsewhere."""


@pytest.fixture(autouse=True)
def _portals_are_vouched_for(reader_issuer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(makers, "roots", lambda: (reader.certificate_issuer().certificate,))


def later() -> None:
    """Let the portal's worker find due what it has asked for."""
    Awaited.objects.update(due=true_now() - timedelta(seconds=1))


def arrived_once(person: Person) -> bool:
    """Whether there is one card, and at the issuer one handover with its entries and one line of history."""
    (card,) = foreign(person)
    copied = Showing.objects.filter(how=Showing.How.COPY).count()
    left = (Handover.objects.count(), Entry.objects.count(), copied)
    return (card.state, card.copies_left, left) == ("valid", issuing.BATCH, (1, _ENTRIES, 1))


def dies(monkeypatch: pytest.MonkeyPatch, doing: Callable[[], object]) -> None:
    """Have the process end when the copies are there and not stored yet."""

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(Talk, "keep", die)
        with pytest.raises(SystemExit):
            doing()


def lose(path: str) -> Callable[[httpx.Request, httpx.Response], httpx.Response]:
    """Answers of one address that do not come, though what was asked for is done."""

    def change(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        return httpx.Response(504) if request.url.path.endswith(path) else response

    return change


def test_a_portal_that_dies_before_it_has_stored_the_copies_has_them_afterwards(
    there: There, woman: Person, title: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = offering.offer(title)
    with there():
        dies(monkeypatch, lambda: taking.take(woman, made.link, made.number))
        assert not foreign(woman)
        later()
        awaiting.look_at_due()
        assert arrived_once(woman)
    assert not Awaited.objects.exists()
    assert Handover.objects.get().event == "credential_accepted"


@pytest.mark.parametrize("path", ["/credential", "/nonce"])
def test_an_answer_that_did_not_come_is_asked_for_again(
    there: There, issuer: Issuer, woman: Person, title: Issued, path: str
) -> None:
    made = offering.offer(title)
    issuer.change = lose(path)
    with there():
        assert taking.take(woman, made.link, made.number) is None
    issuer.change = lambda request, response: response
    later()
    with there():
        awaiting.look_at_due()
        assert arrived_once(woman)


def test_a_portal_that_was_away_for_hours_still_gets_them(
    there: There, issuer: Issuer, woman: Person, title: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = offering.offer(title)
    issuer.change = lose("/credential")
    with there():
        taking.take(woman, made.link, made.number)
    Access.objects.update(expires=true_now())
    monkeypatch.setattr(awaiting, "_TOKEN_MARGIN", timedelta(days=1))
    issuer.change = lambda request, response: response
    later()
    with there():
        awaiting.look_at_due()
        assert arrived_once(woman)


def test_what_was_waited_for_arrives_though_the_portal_died(
    there: There,
    woman: Person,
    case: Case,
    clerk: Officer,
    awaited: Awaited,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    issue(case, clerk)
    later()
    with there():
        dies(monkeypatch, awaiting.look_at_due)
        later()
        awaiting.look_at_due()
        assert arrived_once(woman)
    assert Notice.objects.filter(text_zh__contains="放进了“我的证照”").exists()


def test_a_portal_that_got_its_copies_gets_no_more_without_its_person(
    there: There, woman: Person, case: Case, clerk: Officer, awaited: Awaited
) -> None:
    kept = json.loads(unseal(awaited.secret))
    issue(case, clerk)
    later()
    with there():
        awaiting.look_at_due()
        Renewal.objects.update(used_at=true_now() - timedelta(hours=1))
        with talking.connection() as site:
            key = SigningKey.from_pem("portal", kept["key"].encode())
            talk = Talk(site, awaited.issuer, key)
            let_in = talk.let_in({"grant_type": REFRESH_TOKEN, "refresh_token": kept["refresh"]})
            with pytest.raises(NotTaken, match="not-valid"):
                awaiting.fetch(awaiting.begin(woman, talk, "professional-title-1", let_in), talk)
    assert Handover.objects.count() == 1


def test_a_portal_that_said_that_it_has_them_is_not_let_in_again(
    there: There, woman: Person, title: Issued
) -> None:
    made = offering.offer(title)
    with there():
        taking.take(woman, made.link, made.number)
    assert Renewal.objects.get().ended_at is not None


def test_what_did_not_come_for_a_day_is_said_to_be_lost(
    there: There, issuer: Issuer, citizen: Account, woman: Person, title: Issued
) -> None:
    made = offering.offer(title)
    issuer.change = lose("/credential")
    with there():
        taking.take(woman, made.link, made.number)
        browser = Client()
        browser.force_login(citizen)
        assert "卡包会自己再去取" in browser.get("/credentials/").content.decode()
        Awaited.objects.update(expires=true_now() - timedelta(seconds=1))
        awaiting.look_at_due()
        assert "没有取到" in browser.get("/credentials/").content.decode()
    row = Awaited.objects.get()
    assert (row.ended, row.secret) == ("too-late", "")
    assert Notice.objects.filter(text_zh__contains="没有取到").count() == 1


class AtTheIssuer:
    """A wallet with a token for a title, asking in this process."""

    def __init__(self, title: Issued, wallet: str) -> None:
        self.title = title
        self.access = Access.objects.create(
            token=tokens.digest(tokens.fresh()), credential=title, thumbprint=wallet, expires=LATER
        )

    def ask(self, *keys: VerifyingKey) -> dict[str, object]:
        return handover.hand_over(self.access, self.title, keys)


def a_key() -> VerifyingKey:
    return new_signing_key("holder", Suite.ES256).verifying_key


def test_another_wallet_or_other_keys_get_none_of_them(title: Issued) -> None:
    one, other = a_key(), a_key()
    first = AtTheIssuer(title, "one").ask(one)
    for answer in (AtTheIssuer(title, "two").ask(one), AtTheIssuer(title, "one").ask(other)):
        assert answer["credentials"] != first["credentials"]
    assert AtTheIssuer(title, "one").ask(one) == first


def test_nothing_is_given_again_of_what_was_suspended_meanwhile(title: Issued, officer: Officer) -> None:
    key, wallet = a_key(), AtTheIssuer(title, "one")
    wallet.ask(key)
    issuing.change(title, Issued.State.SUSPENDED, officer, "核查")
    with pytest.raises(OpenIdRefused) as refused:
        wallet.ask(key)
    assert refused.value.error is OpenIdError.CREDENTIAL_REQUEST_DENIED


def test_answers_are_kept_unreadable_and_for_a_day(title: Issued) -> None:
    wallet = AtTheIssuer(title, "one")
    wallet.ask(a_key())
    row = Handover.objects.get()
    assert "credentials" not in row.answer
    Handover.objects.update(at=true_now() - handover.KEPT)
    wallet.ask(a_key())
    assert Handover.objects.exclude(answer="").count() == 1
