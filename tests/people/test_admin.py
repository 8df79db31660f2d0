"""The operator's pages: who gets in, what can be read, and that nothing there alters what happened."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.contrib import admin
from django.db.models import Model
from django.test import Client

from tests.casework.conftest import POST
from tests.casework.walk import RESIDENT_ID
from tests.pages.sentences import CHINESE
from tests.protocol.federation_of_two import SICHUAN_KEY, directory
from tongban.node.casework import catalogue
from tongban.node.casework.models import Case, Event, PublishedService
from tongban.node.clock import today, true_now
from tongban.node.exchange import identity
from tongban.node.people.models import AccessRecord, Account, Grant, Mandate, Officer, Person
from tongban.node.people.permissions import Act, grant, may
from tongban.node.people.register import create_citizen, create_officer

MOST_QUERIES = 20
DAUGHTER = "510104199003070023"
HISTORY: tuple[type[Model], ...] = (Case, Event, AccessRecord, PublishedService, Person)


@pytest.fixture
def operator(db: None) -> Officer:
    return create_officer("operator", "x", "510100-yb", "高岚", POST, acts=(Act.ADMINISTER,)).officer


@pytest.fixture
def inside(client: Client, operator: Officer) -> Client:
    client.force_login(operator.account)
    return client


@pytest.fixture
def woman(db: None) -> Person:
    person = create_citizen("woman", "x", RESIDENT_ID, "刘芳").person
    assert person is not None
    return person


@pytest.fixture(autouse=True)
def _directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        identity,
        "current",
        lambda: identity.Identity("sichuan", SICHUAN_KEY, directory(around=true_now()), b""),
    )


def test_who_is_not_signed_in_is_led_to_the_nodes_sign_in(client: Client, db: None) -> None:
    location = client.get("/admin/").headers["Location"]
    assert client.get(location, follow=False).headers["Location"].startswith("/sign-in/?next=")


def test_an_officer_without_the_right_to_administer_is_refused(client: Client, db: None) -> None:
    officer = create_officer("officer", "x", "510100-yb", "王敏", POST).officer
    client.force_login(officer.account)
    assert client.get("/admin/", follow=True).status_code == 403


def test_an_accounts_own_page_leads_officers_to_their_workbench_and_operators_here(
    client: Client, inside: Client
) -> None:
    own = inside.get("/security/").content.decode()
    assert 'href="/workbench/"' in own
    assert 'href="/admin/"' in own
    client.force_login(create_officer("officer", "x", "510100-yb", "王敏", POST))
    other = client.get("/security/").content.decode()
    assert 'href="/workbench/"' in other
    assert 'href="/admin/"' not in other


MODELS = sorted(admin.site._registry, key=lambda model: model.__name__)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens(inside: Client, model: type[Model]) -> None:
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    assert inside.get(address).status_code == 200


def test_the_first_page_asks_few_questions(
    inside: Client, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        assert inside.get("/admin/").status_code == 200


@pytest.mark.parametrize("model", HISTORY)
def test_nothing_that_happened_can_be_added_or_removed(inside: Client, model: type[Model]) -> None:
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
    assert inside.get(f"{address}add/").status_code == 403
    assert "delete_selected" not in inside.get(address).content.decode()


def test_opening_a_person_is_recorded_and_shows_no_id_number(inside: Client, woman: Person) -> None:
    page = inside.get(f"/admin/people/person/{woman.pk}/change/").content.decode()
    assert RESIDENT_ID not in page
    assert AccessRecord.objects.filter(pseudonym=woman.pseudonym, direction="read").count() == 1


def test_posting_to_a_person_changes_nothing(inside: Client, woman: Person) -> None:
    inside.post(f"/admin/people/person/{woman.pk}/change/", {"name": "别人"})
    woman.refresh_from_db()
    assert woman.name == "刘芳"


def test_a_grant_is_given_on_the_officers_page(inside: Client, operator: Officer) -> None:
    address = f"/admin/people/officer/{operator.pk}/change/"
    form = {
        "post_zh": "管理员",
        "post_en": "Administrator",
        "is_active": "on",
        "grants-TOTAL_FORMS": "2",
        "grants-INITIAL_FORMS": "1",
        "grants-0-id": str(operator.grants.get().pk),
        "grants-0-officer": str(operator.pk),
        "grants-0-act": "administer",
        "grants-0-valid_from": str(today()),
        "grants-1-officer": str(operator.pk),
        "grants-1-act": "supervise",
        "grants-1-valid_from": str(today()),
    }
    assert inside.post(address, form).status_code == 302
    assert may(operator, Act.SUPERVISE)


def test_a_grant_cannot_be_removed_only_ended(inside: Client, operator: Officer) -> None:
    given = grant(operator, Act.SUPERVISE)
    page = inside.get(f"/admin/people/officer/{operator.pk}/change/").content.decode()
    assert "DELETE" not in page
    assert Grant.objects.filter(pk=given.pk).exists()


def test_closing_an_account_signs_it_out_everywhere(inside: Client, woman: Person) -> None:
    there = Client()
    account = Account.objects.get(username="woman")
    account.set_password("a long password for tests")
    account.save()
    there.post("/sign-in/", {"username": "woman", "password": "a long password for tests"})
    assert there.get("/cases/").status_code == 200
    inside.post(f"/admin/people/account/{account.pk}/change/", {})
    assert there.get("/cases/").status_code == 302


def test_reference_data_name_their_files(inside: Client) -> None:
    page = inside.get("/admin/reference/").content.decode()
    assert "places/agencies.toml" in page
    assert "两江新区" in page or "重庆市医疗保障局" in page


def test_a_mandate_shown_at_a_counter_is_entered_and_ended_and_nothing_else_of_it_changes(
    inside: Client, operator: Officer, woman: Person
) -> None:
    catalogue.publish(catalogue.service_root())
    create_citizen("daughter", "x", DAUGHTER, "刘小芳")
    shown = {"agent": DAUGHTER, "services": ["medical-retirement"], "reference": "委托书 12 号"}
    days = {"valid_from": today().isoformat(), "valid_until": today().isoformat()}
    assert inside.post("/admin/people/mandate/add/", shown | days).status_code == 200
    assert not Mandate.objects.exists()
    inside.post("/admin/people/mandate/add/", shown | days | {"person": RESIDENT_ID})
    kept = Mandate.objects.get()
    assert (kept.proof, kept.registered_by, kept.person) == ("counter", operator, woman)
    inside.post(f"/admin/people/mandate/{kept.pk}/change/", shown | days | {"services": []})
    inside.post("/admin/people/mandate/", {"action": "end_mandates", "_selected_action": [kept.pk]})
    kept.refresh_from_db()
    assert (kept.services, kept.ended_by) == (["medical-retirement"], "agency")


def test_who_is_not_known_here_is_given_no_mandate_and_the_operator_reads_what_to_do(
    inside: Client, woman: Person
) -> None:
    entered = {"agent": DAUGHTER, "person": "510104", "enterprise": "91510100MA6CD12345"}
    page = inside.post("/admin/people/mandate/add/", entered).content.decode()
    assert "请本人先在这里登录一次" in page
    assert "身份证号码应为18位" in page
    assert "统一社会信用代码" in page
    assert not Mandate.objects.exists()


def test_a_grant_names_a_service_and_a_place_that_there_are(inside: Client, operator: Officer) -> None:
    given = grant(operator, Act.HANDLE, service="of-former-times", place="510100")
    page = inside.get(f"/admin/people/officer/{operator.pk}/change/").content.decode()
    assert f'<option value="{given.service}" selected>' in page
    assert '<option value="510100" selected>成都市</option>' in page
    form = {
        "post_zh": "管理员",
        "post_en": "Administrator",
        "grants-TOTAL_FORMS": "1",
        "grants-INITIAL_FORMS": "0",
        "grants-0-act": "supervise",
        "grants-0-service": "medical-retirment",
        "grants-0-valid_from": str(today()),
    }
    assert inside.post(f"/admin/people/officer/{operator.pk}/change/", form).status_code == 200
    assert not may(operator, Act.SUPERVISE)


def test_the_first_page_leads_to_what_the_operator_changed(inside: Client) -> None:
    assert "您还没有在这里改过什么" in inside.get("/admin/").content.decode()
    code = "91510100MA6CD12345"
    inside.post("/admin/people/enterprise/add/", {"code": code, "name": "成都示例有限公司"})
    assert (
        f'href="/admin/people/enterprise/{code}/change/">企业 {code}</a>'
        in inside.get("/admin/").content.decode()
    )


def test_every_field_that_a_page_shows_has_a_name_in_chinese() -> None:
    shown: list[type[Model]] = [*admin.site._registry, Grant]
    nameless = [
        f"{model.__name__}.{field.name}"
        for model in shown
        for field in model._meta.fields
        if field.name not in _hidden(model) and not CHINESE.search(str(field.verbose_name))
    ]
    assert nameless == []


def _hidden(model: type[Model]) -> set[str]:
    shown = admin.site._registry.get(model)
    if shown is None:
        return {"id"}
    fields = {field.name for field in model._meta.fields}
    return fields - {str(name) for name in shown.fields} if shown.fields else set(shown.exclude or ())
