"""What a citizen was told stands in the portal; where else it goes is the citizen's choice."""

import pytest
from django.test import Client

from tests.casework.walk import Walk
from tests.pages.test_portal import few_queries, page
from tongban.node.casework.models import Notice, Outgoing, Reach
from tongban.node.people.models import Account, Officer

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_home(client: Client, citizen: Account) -> Client:
    client.force_login(citizen)
    return client


def test_nothing_yet_is_said(at_home: Client) -> None:
    assert "还没有通知" in page(at_home, "/notices/")


def test_a_notice_is_new_once(at_home: Client, walk: Walk) -> None:
    walk.proposed()
    told = Notice.objects.latest("at").text_zh
    assert told in page(at_home, "/notices/")
    assert not Notice.objects.filter(read_at=None).exists()
    assert ">新<" not in page(at_home, "/notices/")


def test_a_notice_names_the_service_and_the_case(at_home: Client, walk: Walk) -> None:
    case = walk.proposed()
    with few_queries():
        told = page(at_home, "/notices/")
    assert f"职工医保缴费年限互认与医保退休 · {case.number}" in told


def test_where_to_be_told_is_chosen_and_followed(at_home: Client, walk: Walk) -> None:
    at_home.post("/notices/", {"language": "en", "email": "woman@example.com", "phone": ""})
    reach = Reach.objects.get()
    assert (reach.language, reach.by_email, reach.by_sms) == ("en", True, False)
    walk.proposed()
    assert set(Outgoing.objects.values_list("channel", flat=True)) == {"email"}


@pytest.mark.parametrize("wrong", [{"email": "nonsense"}, {"phone": "call me"}, {"language": "tlh"}])
def test_an_address_that_cannot_be_is_refused(at_home: Client, wrong: dict[str, str]) -> None:
    refused = at_home.post("/notices/", {"language": "en", "email": "", "phone": ""} | wrong)
    assert refused.status_code == 422
    assert not Reach.objects.exists()


def test_an_officer_has_no_such_page(client: Client, officer: Officer) -> None:
    client.force_login(officer.account)
    assert client.get("/notices/").status_code == 403
