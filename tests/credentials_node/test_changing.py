"""The holder is told of every change of a credential's status, once, with the reason, in their language."""

from collections.abc import Sequence

import pytest
from django.test import Client

from tests.credentials_node.conftest import AGENCY, CLAIMS, TITLE
from tests.credentials_node.test_evidence import case, clerk
from tongban.node.casework import acting, cases, notifying
from tongban.node.casework.models import Case, Outgoing
from tongban.node.credentials import changing, issuing
from tongban.node.credentials.models import Issued
from tongban.node.people.models import Account, Officer, Person

__all__ = ["case", "clerk"]
State = Issued.State


def told(citizen: Account) -> list[str]:
    """What the citizen was told, the earliest first."""
    return [notice.text_zh for notice in reversed(cases.notices(citizen).lines)]


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((State.SUSPENDED,), "已暂停使用"),
        ((State.SUSPENDED, State.VALID), "已恢复使用"),
        ((State.REVOKED,), "已撤销"),
        ((State.SUSPENDED, State.REVOKED), "已撤销"),
    ],
)
def test_each_change_outside_of_a_case_is_told_with_its_reason(
    citizen: Account, officer: Officer, title: Issued, states: Sequence[State], words: str
) -> None:
    for state in states:
        changing.change(title, state, officer, "证书核查")
        title.refresh_from_db()
    assert len(told(citizen)) == len(states)
    assert words in told(citizen)[-1]
    assert "证书核查" in told(citizen)[-1]


def test_a_change_that_changes_nothing_is_not_told_again(
    citizen: Account, officer: Officer, title: Issued
) -> None:
    changing.change(title, State.SUSPENDED, officer, "核查")
    changing.change(title, State.SUSPENDED, officer, "核查")
    assert len(told(citizen)) == 1


def test_it_goes_out_by_the_channel_and_in_the_language_that_were_chosen(
    citizen: Account, officer: Officer, title: Issued
) -> None:
    notifying.choose(citizen.pk, language="en", email="woman@example.org")
    changing.change(title, State.REVOKED, officer, "issued in error")
    letter = notifying.letter(Outgoing.objects.get())
    assert letter.subject == "You have a notice"
    assert letter.text == "Your Professional title certificate was revoked. Reason: issued in error"


def test_the_notice_leads_to_the_card_which_tells_the_reason(
    citizen: Account, officer: Officer, title: Issued
) -> None:
    changing.change(title, State.REVOKED, officer, "证书有误")
    browser = Client()
    browser.force_login(citizen)
    address = f"/credentials/{title.id}/"
    assert f'href="{address}"' in browser.get("/cases/").content.decode()
    assert "证书有误" in browser.get(address).content.decode()


@pytest.fixture
def of_case(woman: Person, clerk: Officer, case: Case) -> Issued:
    """The title that her case ended with."""
    acting.perform(clerk, case.number, case.revision, "issue")
    return Issued.objects.get(case=case)


def test_a_change_of_a_credential_of_a_case_is_the_cases_event_and_told_once(
    citizen: Account, clerk: Officer, of_case: Issued
) -> None:
    before = len(told(citizen))
    changing.change(of_case, State.SUSPENDED, clerk, "证书核查")
    of_case = Issued.objects.get(pk=of_case.pk)
    assert (of_case.state, of_case.case.status if of_case.case else "") == ("suspended", "suspended")
    assert told(citizen)[before:] == ["证照暂停使用。原因：证书核查"]


def test_a_restored_credential_of_a_case_is_told_with_its_reason(
    citizen: Account, clerk: Officer, of_case: Issued
) -> None:
    changing.change(of_case, State.SUSPENDED, clerk, "证书核查")
    changing.change(Issued.objects.get(pk=of_case.pk), State.VALID, clerk, "核查无误")
    assert told(citizen)[-1] == "证照恢复使用。原因：核查无误"


def test_somebody_without_an_account_is_no_obstacle(officer: Officer) -> None:
    stranger = Person.objects.create(resident_id=str(CLAIMS["id_number"]), pseudonym="p", name="刘芳")
    title = issuing.issue(person=stranger, vct=TITLE, claims=CLAIMS, agency=AGENCY, officer=officer)
    changing.change(title, State.REVOKED, officer, "证书有误")
    assert Issued.objects.get(pk=title.pk).state == "revoked"
