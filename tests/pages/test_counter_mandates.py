"""Mandates registered at the counter: by whom, checked by whom, told to both, ended by anybody concerned."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from tests.casework.walk import RESIDENT_ID
from tests.pages.test_portal import page
from tests.services.shipped import copy_shipped, edit
from tongban.node.casework import catalogue
from tongban.node.casework.models import Notice
from tongban.node.clock import today
from tongban.node.people import applicants
from tongban.node.people.access import accesses_of
from tongban.node.people.models import Account, CounterEntry, Mandate, Officer, Person
from tongban.node.people.register import create_citizen, create_officer, register_enterprise
from tongban.services import Service, Text

DAUGHTER = "510104199003070023"
UNKNOWN = "510104199003080029"
FIRM = "91510100621702170A"
NEW = "/workbench/mandates/new/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def daughter(db: None) -> Account:
    return create_citizen("daughter", "a long password", DAUGHTER, "测试女儿")


@pytest.fixture
def desk(client: Client, officer: Officer, published: Service, woman: Person, daughter: Account) -> Client:
    client.force_login(officer.account)
    return client


@pytest.fixture
def colleague(officer: Officer) -> Client:
    at_work = Client()
    post = Text(zh="窗口", en="Counter")
    at_work.force_login(create_officer("colleague", "x", officer.agency, "孙七", post))
    return at_work


@pytest.fixture
def four_eyes(desk: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service asks for four eyes from now on."""
    root = copy_shipped(tmp_path / "services")
    edit(root, 'kind = "recognition"', 'kind = "recognition"\noptions = ["four-eyes"]')
    edit(root, 'version = "2026.', 'version = "2027.')
    catalogue.publish(root)
    monkeypatch.setattr(catalogue, "service_root", lambda: root)


def paper(**changes: object) -> dict[str, object]:
    first, last = today(), today() + timedelta(days=30)
    return {
        "key": "6d0a0c1e-5f0f-4c53-9f28-6a0b4d5b8f11",
        "giver_name": "测试女士",
        "giver_number": RESIDENT_ID,
        "enterprise": "",
        "agent_name": "测试女儿",
        "agent_number": DAUGHTER,
        "services": ["medical-retirement"],
        "reference": "委托书 2026-17",
        "present": ["yes"],
        **{f"valid_from-{part}": getattr(first, part) for part in ("year", "month", "day")},
        **{f"valid_until-{part}": getattr(last, part) for part in ("year", "month", "day")},
    } | changes


def notices(account: Account) -> list[str]:
    return [one.text_zh for one in Notice.objects.filter(account=account)]


def test_a_registered_mandate_holds_and_both_are_told_and_see_it(
    desk: Client, officer: Officer, citizen: Account, daughter: Account, woman: Person
) -> None:
    for _ in range(2):
        assert desk.post(NEW, paper()).headers["Location"] == "/workbench/mandates/"
    kept = Mandate.objects.get()
    assert (kept.person, kept.proof, kept.registered_by, kept.reference) == (
        woman,
        "counter",
        officer,
        "委托书 2026-17",
    )
    assert daughter.person is not None
    assert [one.name for one in applicants.choices(daughter.person)] == ["测试女士"]
    assert "窗口登记了您的委托：由测试女儿代办" in notices(citizen)[0]
    assert notices(daughter) == ["测试女士委托您代办"]
    giver = Client()
    giver.force_login(citizen)
    assert "窗口核验委托书" in page(giver, "/mandates/")
    assert "测试女儿" in page(desk, "/workbench/mandates/")


def test_both_see_that_an_officer_registered_it(desk: Client, woman: Person, daughter: Account) -> None:
    desk.post(NEW, paper())
    assert daughter.person is not None
    for person in (woman, daughter.person):
        assert [look.purpose.zh for look in accesses_of(person)] == ["登记代办的委托"]


def test_the_giver_ends_what_the_counter_registered(desk: Client, citizen: Account) -> None:
    desk.post(NEW, paper())
    giver = Client()
    giver.force_login(citizen)
    giver.post(f"/mandates/{Mandate.objects.get().pk}/end/")
    assert Mandate.objects.get().ended_by == "giver"


def test_the_counter_ends_it_and_both_are_told(desk: Client, citizen: Account, daughter: Account) -> None:
    desk.post(NEW, paper())
    address = f"/workbench/mandates/{Mandate.objects.get().pk}/end/"
    assert [desk.post(address).status_code for _ in range(2)] == [302, 404]
    assert Mandate.objects.get().ended_by == "agency"
    assert "窗口结束了一项委托：测试女儿" in notices(citizen)
    assert "窗口结束了一项委托：测试女士" in notices(daughter)


@pytest.mark.usefixtures("four_eyes")
def test_with_four_eyes_it_holds_once_a_colleague_has_checked_it(
    desk: Client, colleague: Client, citizen: Account, daughter: Account
) -> None:
    desk.post(NEW, paper())
    entry = CounterEntry.objects.get()
    assert not Mandate.objects.exists()
    assert not notices(citizen)
    address = f"/workbench/mandates/{entry.pk}/check/"
    own = desk.post(address, {"do": "keep"})
    assert own.status_code == 409
    assert "另一位工作人员复核" in own.content.decode()
    assert "复核无误" in page(colleague, "/workbench/mandates/")
    assert colleague.post(address, {"do": "keep"}).status_code == 302
    assert Mandate.objects.get().pk == entry.pk
    assert notices(daughter) == ["测试女士委托您代办"]
    assert colleague.post(address, {"do": "keep"}).status_code == 404


@pytest.mark.usefixtures("four_eyes")
def test_what_a_colleague_declines_never_holds(desk: Client, colleague: Client, citizen: Account) -> None:
    desk.post(NEW, paper())
    colleague.post(f"/workbench/mandates/{CounterEntry.objects.get().pk}/check/", {"do": "decline"})
    assert not Mandate.objects.exists()
    assert CounterEntry.objects.get().outcome == "declined"
    assert not notices(citizen)


@pytest.mark.usefixtures("four_eyes")
def test_the_database_refuses_an_entry_checked_by_who_entered_it(desk: Client, officer: Officer) -> None:
    desk.post(NEW, paper())
    with pytest.raises(IntegrityError), transaction.atomic():
        CounterEntry.objects.update(checked_by=officer)


def test_a_person_without_an_account_can_be_named(desk: Client) -> None:
    assert desk.post(NEW, paper(agent_name="新来的人", agent_number=UNKNOWN)).status_code == 302
    assert Mandate.objects.get().agent.name == "新来的人"


def test_a_firms_representative_gives_it_for_the_firm(desk: Client, woman: Person) -> None:
    refused = desk.post(NEW, paper(enterprise=FIRM))
    assert refused.status_code == 409
    assert "只有法定代表人" in refused.content.decode()
    firm = register_enterprise(FIRM, "成都样例有限公司", woman)
    desk.post(NEW, paper(enterprise=FIRM))
    kept = Mandate.objects.get()
    assert (kept.enterprise, kept.person, kept.given_by) == (firm, None, woman)


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"giver_name": "别的姓名"}, 409, "这个公民身份号码登记的是另一个姓名"),
        ({"agent_name": "测试女士", "agent_number": RESIDENT_ID}, 409, "不用委托自己"),
        ({"valid_until-year": "2099"}, 409, "最长三年"),
        ({"services": ["no-such"]}, 422, "govuk-error"),
        ({"services": []}, 422, "govuk-error"),
        ({"present": []}, 422, "govuk-error"),
        ({"giver_number": "123"}, 422, "govuk-error"),
        ({"agent_number": "510104199902300020"}, 422, "govuk-error"),
        ({"enterprise": "nonsense"}, 422, "govuk-error"),
        ({"reference": "字" * 81}, 422, "最多 80 字"),
        ({"reference": "\x00"}, 422, "govuk-error"),
        ({"valid_from-day": "99"}, 422, "govuk-error"),
    ],
)
def test_what_cannot_be_registered_is_refused_with_what_to_do_and_keeps_nothing(
    desk: Client, changes: dict[str, object], status: int, said: str
) -> None:
    people = Person.objects.count()
    response = desk.post(NEW, paper(**changes))
    assert response.status_code == status
    assert said in response.content.decode()
    assert not Mandate.objects.exists()
    assert Person.objects.count() == people


def test_another_agency_neither_sees_nor_ends_it(desk: Client, stranger: Officer) -> None:
    desk.post(NEW, paper())
    elsewhere = Client()
    elsewhere.force_login(stranger.account)
    assert "还没有登记过委托" in page(elsewhere, "/workbench/mandates/")
    assert elsewhere.post(f"/workbench/mandates/{Mandate.objects.get().pk}/end/").status_code == 404


def test_the_list_of_errors_says_which_question_each_is_about(desk: Client) -> None:
    shown = desk.post(NEW, paper(giver_name="", agent_name="")).content.decode()
    assert "委托人姓名：" in shown
    assert "代办人姓名：" in shown
