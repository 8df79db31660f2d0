"""The pages on acting for others: giving a mandate, seeing it, ending it, and being told."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.pages.browser import overflow, press, violations
from tests.pages.test_portal import page
from tests.pages.windows import browser, enter
from tests.reach import same_sql_as
from tongban.node.casework.models import Notice
from tongban.node.clock import today
from tongban.node.people.models import Account, Mandate, Person
from tongban.node.people.register import create_citizen, register_enterprise
from tongban.services import Service

__all__ = ["browser", "enter"]

DAUGHTER = "510104199003070023"
FIRM = "91510100621702170A"


@pytest.fixture
def daughter(db: None) -> Account:
    return create_citizen("daughter", "a long password", DAUGHTER, "测试女儿")


@pytest.fixture
def mother(client: Client, citizen: Account, published: Service) -> Client:
    client.force_login(citizen)
    return client


def wanted(**changes: object) -> dict[str, object]:
    first, last = today(), today() + timedelta(days=30)
    return {
        "key": "6d0a0c1e-5f0f-4c53-9f28-6a0b4d5b8f10",
        "agent_name": "测试女儿",
        "agent_number": DAUGHTER,
        "services": ["medical-retirement"],
        **{f"valid_from-{part}": getattr(first, part) for part in ("year", "month", "day")},
        **{f"valid_until-{part}": getattr(last, part) for part in ("year", "month", "day")},
    } | changes


@pytest.mark.django_db
def test_a_mandate_is_given_seen_by_both_and_told_to_the_agent(mother: Client, daughter: Account) -> None:
    assert mother.post("/mandates/new/", wanted()).headers["Location"] == "/mandates/"
    mother.post("/mandates/new/", wanted())
    assert Mandate.objects.count() == 1
    assert "测试女儿" in page(mother, "/mandates/")
    agent = Client()
    agent.force_login(daughter)
    seen = page(agent, "/mandates/")
    assert "替 测试女士 办事" in seen
    assert "职工医保缴费年限互认与医保退休" in seen
    assert [one.text_zh for one in Notice.objects.filter(account=daughter)] == ["测试女士委托您代办"]


@pytest.mark.django_db
def test_the_agent_puts_a_mandate_down_and_the_giver_is_told(
    mother: Client, citizen: Account, daughter: Account
) -> None:
    mother.post("/mandates/new/", wanted())
    agent = Client()
    agent.force_login(daughter)
    agent.post(f"/mandates/{Mandate.objects.get().pk}/end/")
    assert "代办人已于" in page(mother, "/mandates/")
    assert [one.text_zh for one in Notice.objects.filter(account=citizen)] == ["测试女儿结束了一项委托"]
    assert agent.post(f"/mandates/{Mandate.objects.get().pk}/end/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"agent_name": "别人"}, 409, "没有找到姓名和身份证号都相符的账号"),
        ({"agent_number": "510104197602140020", "agent_name": "测试女士"}, 409, "不用委托自己"),
        ({"valid_until-year": 2099}, 409, "最长三年"),
        ({"services": []}, 422, "请至少选择一项"),
        ({"services": ["no-such-thing"]}, 422, "请至少选择一项"),
        ({"agent_number": "1"}, 422, "18"),
        ({"firm": FIRM}, 404, "没有找到这一页"),
    ],
)
def test_what_cannot_be_says_what_to_do(
    mother: Client, daughter: Account, changes: dict[str, object], status: int, said: str
) -> None:
    response = mother.post("/mandates/new/", wanted(**changes))
    assert (response.status_code, said in response.content.decode()) == (status, True)
    assert not Mandate.objects.exists()


@pytest.mark.django_db
def test_guessing_at_people_is_slowed(mother: Client, daughter: Account) -> None:
    for _ in range(8):
        mother.post("/mandates/new/", wanted(agent_name="别人"))
    assert mother.post("/mandates/new/", wanted()).status_code == 429
    assert not Mandate.objects.exists()


@pytest.mark.django_db
def test_a_firms_head_gives_a_mandate_in_its_name(mother: Client, woman: Person, daughter: Account) -> None:
    register_enterprise(FIRM, "成都样例有限公司", woman)
    assert "成都样例有限公司" in page(mother, "/mandates/new/")
    assert mother.post("/mandates/new/", wanted(firm=FIRM)).status_code == 302
    given = Mandate.objects.get()
    assert (given.enterprise_id, given.person) == (FIRM, None)


@same_sql_as(test_the_agent_puts_a_mandate_down_and_the_giver_is_told, test_what_cannot_be_says_what_to_do)
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_are_accessible_and_fit(
    enter: Callable[..., Page], citizen: Account, daughter: Account, published: Service, language: str
) -> None:
    client = Client()
    client.force_login(citizen)
    client.post("/mandates/new/", wanted())
    for account, address in ((citizen, "/mandates/"), (daughter, "/mandates/"), (citizen, "/mandates/new/")):
        window = enter(account, language=language)
        window.goto(address)
        assert violations(window) == [], address
        window.set_viewport_size({"width": 320, "height": 800})
        assert overflow(window) <= 0, address
    press(window.locator("main form button").first)
    window.wait_for_selector(".govuk-error-summary")
    assert violations(window) == []
