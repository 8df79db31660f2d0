"""The portal's wallet waits for what is not issued yet: offered before the decision, there after it."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta

import httpx
import pytest
from django.test import Client

from tests.credentials_node.conftest import OTHER_KEY
from tests.credentials_node.test_evidence import case, clerk
from tests.credentials_node.test_taking import Issuer, become, foreign, issuer
from tongban.credentials import jws
from tongban.node.casework import acting
from tongban.node.casework.models import Case, Notice
from tongban.node.clock import true_now
from tongban.node.credentials import copies, issuing, redeeming
from tongban.node.credentials.redeeming import IssuerAway
from tongban.node.credentials.wallets import awaiting, makers, offering, reader, taking, talking
from tongban.node.credentials.wallets.models import Awaited, Renewal
from tongban.node.exchange import identity
from tongban.node.fetching import Site
from tongban.node.people.models import Account, Officer, Person

__all__ = ["case", "clerk", "issuer"]
There = Callable[[], AbstractContextManager[None]]


@pytest.fixture(autouse=True)
def _portals_are_vouched_for(reader_issuer: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(makers, "roots", lambda: (reader.certificate_issuer().certificate,))


@pytest.fixture
def there(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> There:
    """Be Chongqing's node for a while, which reaches Sichuan's in this process."""
    here = identity.current()

    @contextmanager
    def being_there() -> Iterator[None]:
        with monkeypatch.context() as patch:
            lists = issuer.do(copies.at_hand)
            become(patch, dataclasses.replace(here, me="chongqing"), OTHER_KEY)
            patch.setattr(copies, "at_hand", lambda: lists)

            def connection() -> Site:
                return Site(seconds=1, most_bytes=redeeming.MOST_BYTES, client=httpx.Client(transport=issuer))

            patch.setattr(talking, "connection", connection)
            yield

    return being_there


@pytest.fixture
def awaited(there: There, woman: Person, case: Case) -> Awaited:
    """What her wallet in Chongqing waits for, from the offer of her open case in Chengdu."""
    made = offering.offer_case(case)
    with there():
        assert taking.take(woman, made.link, made.number) is None
    return Awaited.objects.get()


def issue(case: Case, clerk: Officer) -> None:
    acting.perform(clerk, case.number, case.revision, "issue")


def an_hour_later() -> None:
    """Let what is due in an hour be due now, and what may be asked once an hour be asked again."""
    Awaited.objects.update(due=true_now() - timedelta(seconds=1))
    Renewal.objects.update(used_at=true_now() - timedelta(hours=1))


def test_nothing_comes_before_the_officer_has_issued(there: There, woman: Person, awaited: Awaited) -> None:
    with there():
        awaiting.look_now(awaited)
    assert not foreign(woman)
    assert Awaited.objects.get().ended == ""


def test_it_arrives_by_itself_once_it_is_issued(
    there: There, woman: Person, case: Case, clerk: Officer, awaited: Awaited
) -> None:
    issue(case, clerk)
    an_hour_later()
    with there():
        assert awaiting.look_at_due() == 1
        (card,) = foreign(woman)
        assert (card.state, card.copies_left) == ("valid", issuing.BATCH)
    assert not Awaited.objects.exists()
    assert Notice.objects.filter(text_zh__contains="放进了“我的证照”").exists()


def test_a_wallet_that_has_waited_for_long_gets_in_anew(
    there: There, woman: Person, case: Case, clerk: Officer, awaited: Awaited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(awaiting, "_TOKEN_MARGIN", timedelta(days=1))
    an_hour_later()
    with there():
        awaiting.look_at_due()
    issue(case, clerk)
    an_hour_later()
    with there():
        awaiting.look_at_due()
        assert len(foreign(woman)) == 1


def test_it_is_not_asked_for_before_it_is_due(
    there: There, case: Case, clerk: Officer, awaited: Awaited
) -> None:
    issue(case, clerk)
    with there():
        assert awaiting.look_at_due() == 0
    assert awaited.due > true_now() + timedelta(minutes=50)


def test_what_was_refused_is_said_not_to_come(
    there: There, woman: Person, case: Case, clerk: Officer, awaited: Awaited
) -> None:
    acting.perform(clerk, case.number, case.revision, "refuse", {"reason": "证书查无记录"})
    an_hour_later()
    with there():
        awaiting.look_at_due()
    assert Awaited.objects.get().ended == "not-valid"
    assert not foreign(woman)
    assert Notice.objects.filter(text_zh__contains="没有签发").exists()


def test_an_issuer_that_is_away_is_asked_again_later(
    there: There, issuer: Issuer, woman: Person, case: Case, clerk: Officer, awaited: Awaited
) -> None:
    issue(case, clerk)
    an_hour_later()
    issuer.change = lambda request, response: httpx.Response(503)
    with there():
        awaiting.look_at_due()
        with pytest.raises(IssuerAway):
            awaiting.look_now(awaited)
    issuer.change = lambda request, response: response
    an_hour_later()
    with there():
        awaiting.look_at_due()
        assert len(foreign(woman)) == 1


def test_an_offer_of_a_case_that_was_issued_meanwhile_gives_the_card_at_once(
    there: There, woman: Person, case: Case, clerk: Officer
) -> None:
    made = offering.offer_case(case)
    issue(case, clerk)
    with there():
        assert taking.take(woman, made.link, made.number) is not None
        assert len(foreign(woman)) == 1


def test_an_ended_case_is_not_offered(case: Case, clerk: Officer) -> None:
    issue(case, clerk)
    with pytest.raises(offering.CannotOffer):
        offering.offer_case(case)


def test_somebody_elses_wallet_waits_in_vain(there: There, case: Case, clerk: Officer) -> None:
    stranger = Person.objects.create(resident_id="510104197602140039", pseudonym="y", name="别人")
    made = offering.offer_case(case)
    with there():
        assert taking.take(stranger, made.link, made.number) is None
    issue(case, clerk)
    an_hour_later()
    with there():
        awaiting.look_at_due()
        assert not foreign(stranger)
    assert Awaited.objects.get().ended == "not-yours"


def test_keys_and_tokens_are_kept_unreadable(awaited: Awaited) -> None:
    assert "PRIVATE" not in awaited.secret
    assert "transaction" not in awaited.secret


def test_the_citizen_offers_the_case_and_reads_that_the_wallet_waits(
    there: There, citizen: Account, woman: Person, case: Case
) -> None:
    browser = Client()
    browser.force_login(citizen)
    assert "签发后放进其他钱包" in browser.get(f"/cases/{case.number}/").content.decode()
    made = browser.post(f"/credentials/cases/{case.number}/wallet/").context["made"]
    with there():
        told = browser.post("/credentials/add/", {"link": made.link, "number": made.number})
        assert (told.status_code, told.headers["location"]) == (302, "/credentials/")
        page = browser.get("/credentials/").content.decode()
        assert "另一地还没有签发" in page
        row = Awaited.objects.get()
        address = f"/credentials/awaited/{row.pk}/"
        assert browser.post(address, {"answer": "look"}).headers["location"] == "/credentials/"
        browser.post(address, {"answer": "end"})
    assert not Awaited.objects.exists()


def test_nobody_else_finds_what_is_waited_for(awaited: Awaited) -> None:
    stranger = Person.objects.create(resident_id="510104197602140039", pseudonym="y", name="别人")
    assert awaiting.find(stranger, awaited.pk) is None


def test_an_answer_without_copies_is_no_card(
    there: There, issuer: Issuer, woman: Person, case: Case, clerk: Officer, awaited: Awaited
) -> None:
    def nothing(request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if request.url.path.endswith("openid-credential-issuer"):
            unsigned = jws.take_apart(response.content, "metadata").payload
            return httpx.Response(200, json=unsigned | {"credential_request_encryption": None})
        is_it = request.url.path.endswith("/deferred")
        return httpx.Response(200, json={"credentials": []}) if is_it else response

    issue(case, clerk)
    issuer.change = nothing
    an_hour_later()
    with there():
        awaiting.look_at_due()
        assert not foreign(woman)
    assert Awaited.objects.get().ended == ""
