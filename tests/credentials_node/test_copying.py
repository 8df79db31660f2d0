"""Copies in the wallet of the other side: taken once, bound to its keys, revoked with the first."""

import pytest
from django.test import Client

from tests.credentials_node.conftest import OTHER_KEY, TITLE
from tongban.credentials import Code, CredentialRefused
from tongban.credentials.codes.online import make_online_code
from tongban.node.clock import true_now
from tongban.node.credentials import copying, issuing, redeeming, showing, wallet
from tongban.node.credentials.models import Entry, Issued, OnlineCode, Showing
from tongban.node.people.models import Account, Officer, Person


def refusal(code: str, person: Person) -> Code:
    with pytest.raises(CredentialRefused) as refused:
        copying.take(person, code)
    return refused.value.code


def test_the_copies_are_a_card_with_entries_and_keys_of_their_own(woman: Person, title: Issued) -> None:
    taken = copying.take(woman, showing.copy_code(woman, title.id).text)
    card = wallet.card(woman, taken)
    assert card is not None
    assert (card.kind.vct, card.is_own, card.state, card.copies_left) == (
        TITLE,
        False,
        "valid",
        issuing.BATCH,
    )
    assert len(set(Entry.objects.values_list("list", "index"))) == 2 * issuing.BATCH
    assert Showing.objects.get().how == Showing.How.COPY


def test_a_revocation_reaches_the_copies(woman: Person, title: Issued, officer: Officer) -> None:
    taken = copying.take(woman, showing.copy_code(woman, title.id).text)
    issuing.change(title, Issued.State.REVOKED, officer, "证书有误")
    card = wallet.card(woman, taken)
    assert card is not None
    assert card.state == "revoked"


def test_what_is_shown_from_a_copy_is_valid(woman: Person, title: Issued) -> None:
    taken = copying.take(woman, showing.copy_code(woman, title.id).text)
    found = redeeming.redeem(showing.online_code(woman, taken, ["title"]).text, "").found
    assert found.verdict == "valid"


def test_a_code_gives_copies_once(woman: Person, title: Issued) -> None:
    code = showing.copy_code(woman, title.id).text
    copying.take(woman, code)
    assert refusal(code, woman) is Code.ALREADY_USED


def test_a_code_to_show_gives_no_copies_and_the_other_way_round(woman: Person, title: Issued) -> None:
    assert refusal(showing.online_code(woman, title.id, ["title"]).text, woman) is Code.EXPIRED
    with pytest.raises(CredentialRefused):
        redeeming.redeem(showing.copy_code(woman, title.id).text, "")


def test_somebody_elses_credential_does_not_go_into_the_wallet(woman: Person, title: Issued) -> None:
    stranger = Person.objects.create(resident_id="510104197602140039", pseudonym="y", name="别人")
    with pytest.raises(copying.NotTaken, match="not-yours"):
        copying.take(stranger, showing.copy_code(woman, title.id).text)
    assert not wallet.cards(stranger)


def test_a_proof_for_another_code_is_refused(woman: Person, title: Issued) -> None:
    first, second = (showing.copy_code(woman, title.id).text for _ in range(2))
    asked = copying.Asked(code=second, proofs=["a.b.c"])
    answer = Client().post("/credentials/copies/", asked.model_dump_json(), "application/json")
    assert (answer.status_code, answer.json()) == (409, {"refused": "bad-signature"})
    assert OnlineCode.objects.filter(redeemed_at=None).count() == 2
    assert first != second


def test_what_does_not_count_is_not_copied(woman: Person, title: Issued, officer: Officer) -> None:
    code = showing.copy_code(woman, title.id).text
    issuing.change(title, Issued.State.SUSPENDED, officer, "核查")
    assert refusal(code, woman) is Code.EXPIRED


def test_the_citizen_gets_a_code_and_pastes_it(citizen: Account, title: Issued, woman: Person) -> None:
    browser = Client()
    browser.force_login(citizen)
    page = browser.post(f"/credentials/{title.id}/copy/")
    answer = browser.post("/credentials/add/", {"code": page.context["code"].text})
    assert (answer.status_code, len(wallet.cards(woman))) == (302, 2)
    assert "放进另一地的卡包" in browser.get("/credentials/shown/").content.decode()


def test_what_cannot_be_put_in_is_told(citizen: Account) -> None:
    browser = Client()
    browser.force_login(citizen)
    away, _ = make_online_code(OTHER_KEY, now=true_now())
    for code, words in (("hello", "以 TB0: 开头"), (away, "没有回应")):
        answer = browser.post("/credentials/add/", {"code": code})
        assert (answer.status_code, words in answer.content.decode()) == (409, True)


@pytest.mark.parametrize("body", ["", "{}", '{"code": "x", "proofs": []}'])
def test_a_question_of_another_form_is_refused(db: None, body: str) -> None:
    assert Client().post("/credentials/copies/", body, "application/json").status_code == 400


def test_a_copy_of_a_copy_is_made_where_it_was_issued_only(
    woman: Person, officer: Officer, title: Issued
) -> None:
    taken = copying.take(woman, showing.copy_code(woman, title.id).text)
    with pytest.raises(showing.CannotShow, match="issued-elsewhere"):
        showing.copy_code(woman, taken)
