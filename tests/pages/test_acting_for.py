"""Applying for one's mother, as a person does it: choose, apply, follow, be seen, be stopped."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.casework.walk import ANSWERS, CONSENTS, Walk
from tests.pages.browser import overflow, press, violations
from tests.pages.test_portal import page
from tests.pages.windows import browser, enter
from tongban.node.casework.models import Case
from tongban.node.clock import today
from tongban.node.people import mandates
from tongban.node.people.mandates import Terms
from tongban.node.people.models import Account, Mandate, Officer, Person
from tongban.node.people.register import create_citizen

__all__ = ["browser", "enter"]

DAUGHTER = "510104199003070023"
BANNER = '您正在替 <span lang="zh">测试女士</span> 办事'
START = "/services/medical-retirement/start/"


@pytest.fixture
def daughter(db: None) -> Account:
    return create_citizen("daughter", "a long password", DAUGHTER, "测试女儿")


@pytest.fixture
def mandate(woman: Person, daughter: Account) -> Mandate:
    terms = Terms(("medical-retirement",), today(), today() + timedelta(days=30))
    return mandates.give(woman, "测试女儿", DAUGHTER, terms, key=uuid4())[0]


@pytest.fixture
def acting(client: Client, daughter: Account, mandate: Mandate) -> Client:
    client.force_login(daughter)
    assert client.post("/mandates/act-for/", {"for": f"mandate:{mandate.pk}"}).status_code == 302
    return client


def apply(client: Client) -> Case:
    at = client.post(START, follow=True)
    for _ in ANSWERS:
        question, address = at.context["question"], at.request["PATH_INFO"]
        at = client.post(address, {"answer": ANSWERS[question.key]}, follow=True)
    assert "测试女儿 代办" in at.content.decode()
    client.post(at.request["PATH_INFO"].replace("check", "consent"), dict.fromkeys(CONSENTS, "on"))
    return Case.objects.latest("opened_at")


@pytest.mark.django_db
def test_a_whole_application_for_somebody_else(
    acting: Client, walk: Walk, citizen: Account, officer: Officer
) -> None:
    case = apply(acting)
    assert case.person == citizen.person
    assert "代办人：测试女儿" in page(acting, f"/cases/{case.number}/")
    own = Client()
    own.force_login(citizen)
    assert "测试女儿 代办" in page(own, f"/cases/{case.number}/")
    assert "您委托的代办人" in page(own, "/accesses/")
    bench = Client()
    bench.force_login(officer.account)
    assert "代办人：测试女儿" in bench.get(f"/workbench/cases/{case.number}/").content.decode()


@pytest.mark.django_db
def test_every_page_says_in_whose_name_until_one_goes_back(acting: Client, walk: Walk) -> None:
    for address in ("/", "/cases/", "/services/medical-retirement/", "/accesses/"):
        assert BANNER in page(acting, address), address
    acting.post("/mandates/act-for/", {"for": ""})
    assert "您正在替" not in page(acting, "/")


@pytest.mark.django_db
def test_the_cases_shown_are_of_the_name_one_acts_in(acting: Client, walk: Walk) -> None:
    hers = walk.submitted().number
    assert hers in page(acting, "/cases/")
    acting.post("/mandates/act-for/", {"for": ""})
    assert hers not in page(acting, "/cases/")
    assert acting.get(f"/cases/{hers}/").status_code == 404


@pytest.mark.django_db
def test_what_is_the_givers_alone_stays_so(acting: Client, walk: Walk, officer: Officer) -> None:
    case = walk.proposed()
    bench = Client()
    bench.force_login(officer.account)
    bench.get(f"/workbench/cases/{case.number}/")
    assert case.number not in page(acting, "/accesses/")
    assert "测试女士" not in page(acting, "/credentials/").replace(BANNER, "")


@pytest.mark.django_db
def test_a_mandate_that_ends_stops_the_next_step_and_says_so(
    acting: Client, walk: Walk, woman: Person, mandate: Mandate
) -> None:
    case = apply(acting)
    mandates.end(woman, mandate.pk)
    stopped = acting.post(f"/cases/{case.number}/withdraw/", {"revision": case.revision}, follow=True)
    assert "没有办任何事" in stopped.content.decode()
    assert "您正在替" not in stopped.content.decode()
    case.refresh_from_db()
    assert case.status == "gathering"


@pytest.mark.django_db
@pytest.mark.parametrize("chosen", ["mandate:x", "mandate:", "enterprise:91510100621702170A", "\0"])
def test_nobody_acts_for_whom_nothing_entitles_them_to(
    client: Client, daughter: Account, chosen: str
) -> None:
    client.force_login(daughter)
    response = client.post("/mandates/act-for/", {"for": chosen})
    assert response.headers["Location"] == "/mandates/?over"
    assert "acting_for" not in client.session


@pytest.mark.django_db
def test_a_service_not_in_the_mandate_says_what_to_do(
    acting: Client, walk: Walk, woman: Person, daughter: Account
) -> None:
    terms = Terms(("old-age-allowance",), today(), today())
    other = mandates.give(woman, "测试女儿", DAUGHTER, terms, key=uuid4())[0]
    acting.post("/mandates/act-for/", {"for": f"mandate:{other.pk}"})
    response = acting.post(START)
    assert (response.status_code, "这项委托不包括这个事项" in response.content.decode()) == (409, True)


@pytest.mark.django_db(transaction=True)
def test_a_daughter_applies_for_her_mother_in_the_browser(
    enter: Callable[..., Page], walk: Walk, daughter: Account, mandate: Mandate
) -> None:
    window = enter(daughter)
    window.goto("/services/medical-retirement/")
    press(window.locator("text=替家人或单位办").first)
    press(window.locator("text=替 测试女士 办事").first)
    press(window.locator("text=职工医保缴费年限互认与医保退休").first)
    press(window.locator("text=开始申请").first)
    for answer in ANSWERS.values():
        if window.locator("main input[type=radio]").count():
            window.check(f"input[value='{answer}']")
        else:
            window.fill("#answer", answer)
        press(window.locator("main form button").first)
    assert violations(window) == []
    press(window.locator("text=回答无误，下一步").first)
    for tick in window.locator("input[type=checkbox]").all():
        tick.check()
    press(window.locator("text=同意并提交申请").first)
    press(window.locator("text=查看进度").first)
    assert "代办人：测试女儿" in window.inner_text("main")
    assert violations(window) == []
    window.set_viewport_size({"width": 320, "height": 800})
    assert overflow(window) <= 0
    press(window.locator("text=回到自己的名义").first)
    assert "我可以替谁办" in window.inner_text("main")
    assert Case.objects.get().mandate == mandate
