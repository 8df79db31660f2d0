"""What a holder shows counts while the credential does; only what was chosen is shown, and once."""

import pytest

from tests.casework.walk import RESIDENT_ID
from tests.credentials_node.conftest import CLAIMS, TITLE
from tongban.credentials import Code, CredentialRefused
from tongban.credentials.codes.offline import read_offline_code
from tongban.credentials.status import ListCopy, open_list
from tongban.credentials.verdict import Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, issuing, lists, redeeming, showing, wallet
from tongban.node.credentials.issuing import AlreadyRevoked
from tongban.node.credentials.models import Entry, Holding, Issued, Showing
from tongban.node.credentials.showing import CannotShow
from tongban.node.people.models import Officer, Person


def verdict_of(code: str) -> Verdict:
    return read_offline_code(code, showing.known(), now=true_now()).verdict


def test_what_was_issued_is_a_card_in_the_holders_wallet(woman: Person, title: Issued) -> None:
    (card,) = wallet.cards(woman)
    assert (card.batch, card.kind.vct, card.copies_left) == (title.id, TITLE, issuing.BATCH)
    assert card.claims["title"] == "高级工程师"


@pytest.mark.parametrize("purpose", [purpose.key for purpose in issuers.types()[TITLE].purposes])
def test_an_offline_code_is_valid_and_tells_the_purposes_claims_only(
    woman: Person, title: Issued, purpose: str
) -> None:
    code = showing.offline_code(woman, title.id, purpose)
    found = read_offline_code(code.text, showing.known(), now=true_now())
    assert found.verdict is Verdict.VALID
    assert found.purpose is not None
    assert set(found.claims) <= {path[0] for path in found.purpose.claims}


@pytest.mark.parametrize(
    ("state", "verdict"),
    [(Issued.State.SUSPENDED, Verdict.SUSPENDED), (Issued.State.REVOKED, Verdict.REVOKED)],
)
def test_a_code_that_was_shown_stops_counting_with_its_credential(
    woman: Person, title: Issued, officer: Officer, state: Issued.State, verdict: Verdict
) -> None:
    code = showing.offline_code(woman, title.id, issuers.types()[TITLE].purposes[0].key)
    issuing.change(title, state, officer, "证书有误")
    assert verdict_of(code.text) is verdict


def test_what_was_suspended_counts_again_when_restored(
    woman: Person, title: Issued, officer: Officer
) -> None:
    code = showing.offline_code(woman, title.id, issuers.types()[TITLE].purposes[0].key)
    issuing.change(title, Issued.State.SUSPENDED, officer, "核查")
    issuing.change(title, Issued.State.VALID, officer, "核查完毕")
    assert verdict_of(code.text) is Verdict.VALID


def test_a_revocation_is_not_taken_back(title: Issued, officer: Officer) -> None:
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
    with pytest.raises(AlreadyRevoked):
        issuing.change(title, Issued.State.VALID, officer, "")


def test_what_does_not_count_cannot_be_shown(woman: Person, title: Issued, officer: Officer) -> None:
    issuing.change(title, Issued.State.SUSPENDED, officer, "核查")
    with pytest.raises(CannotShow, match="not-valid"):
        showing.offline_code(woman, title.id, issuers.types()[TITLE].purposes[0].key)


def test_a_code_for_a_minute_shows_what_was_ticked_and_nothing_else(woman: Person, title: Issued) -> None:
    code = showing.online_code(woman, title.id, ["title", "level"])
    found = redeeming.redeem(code.text, "某公司").found
    assert found.verdict is Verdict.VALID
    assert found.key_bound
    assert {name for name in CLAIMS if name in found.claims} == {"title", "level", "authority"}


def test_a_code_for_a_minute_is_redeemed_once(woman: Person, title: Issued) -> None:
    code = showing.online_code(woman, title.id, ["title"])
    redeeming.redeem(code.text, "")
    with pytest.raises(CredentialRefused) as refused:
        redeeming.redeem(code.text, "")
    assert refused.value.code is Code.ALREADY_USED


def test_every_showing_is_in_the_holders_history(woman: Person, title: Issued) -> None:
    showing.offline_code(woman, title.id, issuers.types()[TITLE].purposes[0].key)
    redeeming.redeem(showing.online_code(woman, title.id, ["title"]).text, "某公司")
    assert [(row.how, row.to) for row in showing.history(woman)] == [
        (Showing.How.ONLINE, "某公司"),
        (Showing.How.OFFLINE, ""),
    ]


def test_each_verifier_gets_a_copy_of_its_own_while_there_are_any(woman: Person, title: Issued) -> None:
    shown = [
        showing.present(holding, [("title",)], audience="a", nonce=str(number))
        for number in range(issuing.BATCH)
        if (holding := wallet.next_copy(woman, title.id)) is not None
    ]
    assert len({text.split("~")[0] for text in shown}) == issuing.BATCH


def test_every_copy_has_a_status_entry_of_its_own(title: Issued) -> None:
    assert len(set(Entry.objects.values_list("list", "index"))) == issuing.BATCH


def test_the_wallet_is_not_readable_in_the_database(woman: Person, title: Issued) -> None:
    stored = Holding.objects.filter(person=woman).first()
    assert stored is not None
    assert "." not in stored.compact, "a JWT's parts are joined by dots, which no ciphertext in base64 holds"
    assert "PRIVATE KEY" not in stored.key


def test_somebody_elses_card_does_not_exist(woman: Person, title: Issued, officer: Officer) -> None:
    stranger = Person.objects.create(resident_id="x" * 18, pseudonym="y", name="别人")
    assert wallet.card(stranger, title.id) is None
    with pytest.raises(CannotShow, match="not-here"):
        showing.online_code(stranger, title.id, [])


def test_the_published_list_is_signed_by_the_issuer_and_fresh(title: Issued) -> None:
    token = lists.signed(0)
    assert token is not None
    now = true_now()
    copy: ListCopy = open_list(
        token, "http://testserver/credentials/status/0", "http://testserver", issuers.trust_list(), now=now
    )
    assert copy.is_fresh(now)


def test_an_id_number_is_in_no_code_of_the_title(woman: Person, title: Issued) -> None:
    for purpose in issuers.types()[TITLE].purposes:
        code = showing.offline_code(woman, title.id, purpose.key)
        found = read_offline_code(code.text, showing.known(), now=true_now())
        assert RESIDENT_ID not in str(found.claims)
