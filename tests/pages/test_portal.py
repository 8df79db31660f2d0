"""A citizen's way through the portal: every page works, says what it should, and costs few queries."""

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.casework.test_competence import nobody_decides
from tests.casework.walk import ANSWERS, CONSENTS, Walk
from tests.pages.english import chinese_left_over
from tests.services.shipped import FOLDERS, copy_shipped
from tongban.node.casework import actions, catalogue
from tongban.node.casework.models import Case, Draft
from tongban.node.exchange import api
from tongban.node.people.models import Account, Officer
from tongban.node.people.register import create_citizen
from tongban.node.portal.consent import CONSENT_DAYS
from tongban.node.programme import plans
from tongban.services import Service

MOST_QUERIES = 20
PASSWORD = "a long password"


@pytest.fixture
def signed_in(client: Client, citizen: Account, published: Service) -> Client:
    client.force_login(citizen)
    return client


@pytest.fixture
def decided(walk: Walk, officer: Officer) -> Case:
    case = walk.again(walk.proposed())
    actions.confirm(officer, case.number, case.revision)
    return walk.again(case)


@contextmanager
def few_queries() -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    assert len(queries) < MOST_QUERIES, "\n".join(query["sql"][:120] for query in queries)


def page(client: Client, address: str, status: int = 200) -> str:
    with few_queries():
        response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


@pytest.mark.django_db
def test_home_offers_the_service(client: Client, published: Service) -> None:
    assert "职工医保缴费年限互认与医保退休" in page(client, "/")


@pytest.mark.django_db
def test_home_puts_services_under_their_field(
    client: Client, published: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.publish(copy_shipped(tmp_path, (*FOLDERS, "electronic_id", "residence_permit")))
    known = {code: one for code, one in plans.catalogue().items() if code != "residence-permit"}
    monkeypatch.setattr(plans, "catalogue", lambda: known)
    home = page(client, "/")
    said = ("人社", "职工医保缴费年限互认与医保退休", "治安与治理", "电子身份凭证", "其他事项", "居住证")
    places = [home.index(text) for text in said]
    assert places == sorted(places)
    assert "住房" not in home


@pytest.mark.django_db
def test_an_officer_is_led_from_the_portal_to_the_workbench_and_to_nothing_of_citizens(
    client: Client, published: Service, officer: Officer
) -> None:
    client.force_login(officer.account)
    for address in ("/", "/services/medical-retirement/"):
        shown = page(client, address)
        assert 'href="/workbench/"' in shown
        for shut in (
            "/cases/",
            "/credentials/",
            "/notices/",
            "/accesses/",
            "/mandates/",
            "/complaints/",
            "/start/",
        ):
            assert shut not in shown, address


@pytest.mark.django_db
def test_guide_tells_who_how_long_cost_and_law(client: Client, published: Service) -> None:
    guide = page(client, "/services/medical-retirement/")
    for said in ("谁可以办", "15 个工作日内办结", "申请不收费", "社会保险法", "重庆市医疗保障局", "未核实"):
        assert said in guide
    origins = guide.split("这些数字从哪里来")[1].split("</details>")[0]
    assert origins.count("未核实") >= 8


@pytest.mark.django_db
def test_guide_speaks_of_agencies_that_are_asked_only_where_one_is(
    client: Client, published: Service, tmp_path: Path
) -> None:
    catalogue.publish(copy_shipped(tmp_path, (*FOLDERS, "electronic_id")))
    assert "向存有记录的部门核对" in page(client, "/services/medical-retirement/")
    assert "向存有记录的部门核对" not in page(client, "/services/electronic-id/")


@pytest.mark.django_db
def test_guide_and_check_tell_which_agency_decides(signed_in: Client, walk: Walk) -> None:
    for address in ("/services/medical-retirement/", f"/applications/{walk.draft().pk}/check/"):
        assert "由谁办理" in page(signed_in, address)


@pytest.mark.django_db
def test_where_nobody_decides_the_pages_say_so_before_and_at_the_submission(
    signed_in: Client, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = walk.draft()
    nobody_decides(monkeypatch)
    assert "没有办理这个事项的部门" in page(Client(), "/services/medical-retirement/")
    assert "没有办理这个事项的部门" in page(signed_in, f"/applications/{draft.pk}/check/")
    sent = signed_in.post(f"/applications/{draft.pk}/consent/", dict.fromkeys(CONSENTS, "on"))
    assert sent.status_code == 409
    assert "您的回答已经保存" in sent.content.decode()
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_unknown_service_is_not_found(client: Client) -> None:
    assert "没有找到这一页" in page(client, "/services/no-such-thing/", 404)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/cases/", "/accesses/", "/workbench/"])
def test_own_pages_lead_to_the_sign_in_and_back(client: Client, address: str) -> None:
    response = client.get(address)
    assert (response.status_code, response.headers["Location"]) == (302, f"/sign-in/?next={address}")


@pytest.mark.django_db
def test_sign_in_leads_a_citizen_to_their_cases(client: Client, citizen: Account) -> None:
    response = client.post("/sign-in/", {"username": "woman", "password": PASSWORD})
    assert response.headers["Location"] == "/cases/"


@pytest.mark.django_db
def test_sign_in_leads_an_officer_to_the_inbox(client: Client, officer: Officer) -> None:
    response = client.post("/sign-in/", {"username": "officer", "password": PASSWORD})
    assert response.headers["Location"] == "/workbench/"


@pytest.mark.django_db
def test_sign_in_does_not_lead_elsewhere(client: Client, citizen: Account) -> None:
    answer = {"username": "woman", "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post("/sign-in/", answer).headers["Location"] == "/cases/"


@pytest.mark.django_db
@pytest.mark.parametrize("username", ["woman", "nobody"])
def test_wrong_password_and_unknown_name_read_the_same(
    client: Client, citizen: Account, username: str
) -> None:
    response = client.post("/sign-in/", {"username": username, "password": "wrong"})
    assert "账号或密码不对" in response.content.decode()


@pytest.mark.django_db
def test_guessing_is_stopped_even_with_the_right_password_at_last(client: Client, citizen: Account) -> None:
    for _ in range(8):
        client.post("/sign-in/", {"username": "woman", "password": "wrong"})
    response = client.post("/sign-in/", {"username": "woman", "password": PASSWORD})
    assert "请过 15 分钟再试" in response.content.decode()


@pytest.mark.django_db
def test_one_account_that_was_guessed_at_does_not_lock_another(client: Client, citizen: Account) -> None:
    for _ in range(8):
        client.post("/sign-in/", {"username": "somebody", "password": "wrong"})
    assert client.post("/sign-in/", {"username": "woman", "password": PASSWORD}).status_code == 302


@pytest.mark.django_db
def test_sign_out_ends_the_session(signed_in: Client) -> None:
    signed_in.post("/sign-out/")
    assert signed_in.get("/cases/").status_code == 302


@pytest.mark.django_db
def test_whole_application_by_hand(signed_in: Client) -> None:
    at = signed_in.post("/services/medical-retirement/start/", follow=True)
    for _ in range(len(ANSWERS)):
        question = at.context["question"]
        address = at.request["PATH_INFO"]
        with few_queries():
            signed_in.get(address)
        at = signed_in.post(address, {"answer": ANSWERS[question.key]}, follow=True)
    assert at.request["PATH_INFO"].endswith("/check/")
    assert "工人岗位" in at.content.decode()
    consent = at.request["PATH_INFO"].replace("check", "consent")
    asked = page(signed_in, consent)
    assert "重庆市医疗保障局" in asked
    assert "只用于这一件办件" in asked
    done = signed_in.post(consent, dict.fromkeys(CONSENTS, "on"), follow=True)
    assert Case.objects.get().number in done.content.decode()


@pytest.mark.django_db
def test_consent_lasts_as_long_as_the_page_says(walk: Walk) -> None:
    assert signature(api.give_consent).parameters["days"].default == CONSENT_DAYS


@pytest.mark.django_db
def test_without_consent_nothing_is_submitted(signed_in: Client, walk: Walk) -> None:
    draft = walk.draft()
    response = signed_in.post(f"/applications/{draft.pk}/consent/", {"spells-chengdu": "on"})
    assert response.status_code == 422
    assert "请勾选同意" in response.content.decode()
    assert not Case.objects.exists()


@pytest.mark.django_db
def test_submitting_twice_makes_one_case(signed_in: Client, walk: Walk) -> None:
    draft = walk.draft()
    for _ in range(2):
        signed_in.post(f"/applications/{draft.pk}/consent/", dict.fromkeys(CONSENTS, "on"))
    assert Case.objects.count() == 1


@pytest.mark.django_db
def test_unusable_answer_is_told_and_not_saved(signed_in: Client, walk: Walk) -> None:
    draft = walk.draft()
    response = signed_in.post(f"/applications/{draft.pk}/questions/phone/", {"answer": "12"})
    assert response.status_code == 422
    assert "请填写 11 位手机号码" in response.content.decode()
    assert Draft.objects.get().answers["phone"] == ANSWERS["phone"]


@pytest.mark.django_db
def test_unfinished_application_is_found_again(signed_in: Client) -> None:
    signed_in.post("/services/medical-retirement/start/")
    assert "还没有提交" in page(signed_in, "/cases/")
    assert "接着填" in page(signed_in, "/services/medical-retirement/")


@pytest.mark.django_db
def test_discarded_application_is_gone(signed_in: Client) -> None:
    signed_in.post("/services/medical-retirement/start/")
    signed_in.post(f"/applications/{Draft.objects.get().pk}/discard/")
    assert not Draft.objects.exists()


@pytest.mark.django_db
def test_somebody_elses_things_are_not_found(client: Client, walk: Walk) -> None:
    draft, case = walk.draft(), walk.submitted()
    client.force_login(create_citizen("other", PASSWORD, "11010519491231002X", "别人"))
    for address in (f"/applications/{draft.pk}/", f"/cases/{case.number}/", "/cases/SC-0000-0000000/"):
        assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_progress_says_what_the_case_waits_for(signed_in: Client, walk: Walk) -> None:
    case = walk.submitted()
    shown = page(signed_in, f"/cases/{case.number}/")
    assert "您不用做什么" in shown
    assert "重庆市医疗保障局" in shown


@pytest.mark.django_db
def test_progress_goes_on_asking_until_the_decision(signed_in: Client, walk: Walk, officer: Officer) -> None:
    case = walk.proposed()
    address = f"/cases/{case.number}/progress/"
    assert 'hx-trigger="every 4s"' in page(signed_in, address)
    actions.confirm(officer, case.number, walk.again(case).revision)
    response = signed_in.get(address)
    assert (response.status_code, response.headers["HX-Refresh"]) == (286, "true")


@pytest.mark.django_db
def test_decision_shows_months_sides_reasons_and_who_looked(signed_in: Client, decided: Case) -> None:
    shown = page(signed_in, f"/cases/{decided.number}/")
    for said in (
        "您可以在成都办理医保退休",
        "283 个月",
        "在重庆办",
        "为什么这样决定",
        "谁看过您的数据",
        "成都要求 240 个月",
    ):
        assert said in shown


@pytest.mark.django_db
def test_withdrawing_on_an_old_page_changes_nothing(signed_in: Client, walk: Walk) -> None:
    case = walk.submitted()
    response = signed_in.post(f"/cases/{case.number}/withdraw/", {"revision": "99"})
    assert response.status_code == 409
    assert "您的操作没有生效" in response.content.decode()
    assert walk.again(case).status == "gathering"


@pytest.mark.django_db
def test_withdrawing_ends_the_case(signed_in: Client, walk: Walk) -> None:
    case = walk.submitted()
    signed_in.post(f"/cases/{case.number}/withdraw/", {"revision": str(case.revision)})
    assert "已撤回" in page(signed_in, f"/cases/{case.number}/")


@pytest.mark.django_db
def test_nobody_looked_is_said_too(signed_in: Client) -> None:
    assert "没有查看您数据的记录" in page(signed_in, "/accesses/")


@pytest.mark.django_db
def test_a_citizen_is_kept_out_of_the_workbench(signed_in: Client) -> None:
    assert "您不能打开这一页" in page(signed_in, "/workbench/", 403)


@pytest.mark.django_db
def test_a_form_without_its_token_is_told_to_try_again(citizen: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/sign-in/", {"username": "woman", "password": PASSWORD})
    assert response.status_code == 403
    assert "这一页放得太久了" in response.content.decode()


@pytest.mark.django_db
def test_starting_goes_on_after_signing_in(client: Client, published: Service) -> None:
    create_citizen("lin", PASSWORD, "11010519491231002X", "林某")
    asked = client.post(f"/services/{published.code}/start/")
    entered = client.post(asked.headers["Location"], {"username": "lin", "password": PASSWORD})
    begun = client.get(entered.headers["Location"])
    assert begun.headers["Location"] == f"/applications/{Draft.objects.get().pk}/"


def test_pages_open_in_chinese_whatever_the_browser_prefers(client: Client, published: Service) -> None:
    shown = client.get("/", headers={"accept-language": "en"})
    assert shown.headers["Content-Language"] == "zh-hans"
    assert '<html lang="zh-Hans"' in shown.content.decode()


@pytest.mark.parametrize(
    ("code", "said", "language"),
    [
        ("en", "What you can do now", "en"),
        ("zh-hant", "現在可以辦理", "zh-Hant"),
        ("zh-hans", "现在可以办理", "zh-Hans"),
    ],
)
def test_language_switch_works_and_stays(
    client: Client, published: Service, code: str, said: str, language: str
) -> None:
    client.get(f"/language/{code}/?next=/")
    shown = page(client, "/")
    assert said in shown
    assert f'<html lang="{language}"' in shown


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_language_switch_does_not_lead_elsewhere(client: Client, back: str) -> None:
    assert client.get("/language/en/", {"next": back}).headers["Location"] == "/"


@pytest.mark.django_db
def test_english_pages_hold_no_chinese_but_names(signed_in: Client, decided: Case) -> None:
    signed_in.get("/language/en/?next=/")
    for address in (
        "/",
        "/services/medical-retirement/",
        "/plan/",
        "/plan/D5/",
        "/cases/",
        "/accesses/",
        f"/cases/{decided.number}/",
    ):
        assert chinese_left_over(page(signed_in, address)) == [], address
