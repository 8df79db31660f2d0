"""A password is changed by who knows the old one, and then opens nothing that was open elsewhere."""

import pytest
from django.test import Client

from tests.casework.walk import RESIDENT_ID
from tongban.node.people.models import Account
from tongban.node.people.register import create_citizen

PASSWORD, NEW = "a long password for tests", "another-long-password-4711"
ADDRESS = "/security/password/"
INVALID, NOT_FOUND = 422, 404


@pytest.fixture
def woman(db: None) -> Account:
    return create_citizen("woman", PASSWORD, RESIDENT_ID, "刘芳")


def signed_in(password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/sign-in/", {"username": "woman", "password": password})
    return client


def confirmed() -> Client:
    """Signed in, and asked a moment ago who it is."""
    client = signed_in()
    client.post(f"/sign-in/again/?next={ADDRESS}", {"password": PASSWORD})
    return client


@pytest.mark.usefixtures("woman")
def test_the_account_page_leads_to_it_and_it_asks_first_who_it_is() -> None:
    client = signed_in()
    assert f'href="{ADDRESS}"' in client.get("/security/").content.decode()
    asked = client.get(ADDRESS)
    assert asked.headers["Location"].startswith("/sign-in/again/")
    client.post(asked.headers["Location"], {"password": "wrong"})
    client.post(ADDRESS, {"new_password1": NEW, "new_password2": NEW})
    assert NEW not in str(dict(client.session))
    assert Account.objects.get(username="woman").check_password(PASSWORD)


@pytest.mark.usefixtures("woman")
def test_the_new_password_counts_and_only_this_session_stays_open() -> None:
    here, there = confirmed(), signed_in()
    answer = here.post(ADDRESS, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "密码已经修改" in answer.content.decode()
    assert "密码已经修改" not in here.get("/security/").content.decode()
    assert (here.get("/cases/").status_code, there.get("/cases/").status_code) == (200, 302)
    assert signed_in().get("/cases/").status_code == 302
    assert signed_in(NEW).get("/cases/").status_code == 200


@pytest.mark.usefixtures("woman")
@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ("", "", "请输入新密码"),
        (NEW, "different", "两次输入的密码不一样"),
        ("12345678", "12345678", "密码"),
        ("woman-1", "woman-1", "密码"),
    ],
)
def test_a_password_that_cannot_be_used_is_refused_with_what_to_do(
    first: str, second: str, told: str
) -> None:
    answer = confirmed().post(ADDRESS, {"new_password1": first, "new_password2": second})
    page = answer.content.decode()
    assert answer.status_code == INVALID
    assert "<title>有误：" in page
    assert told in page[page.index("govuk-error-summary") :]
    assert Account.objects.get(username="woman").check_password(PASSWORD)


def test_an_account_without_a_password_has_none_to_change(db: None, client: Client) -> None:
    client.force_login(create_citizen("woman", None, RESIDENT_ID, "刘芳"))
    assert f'href="{ADDRESS}"' not in client.get("/security/").content.decode()


@pytest.mark.usefixtures("woman")
def test_the_operators_pages_lead_to_the_same_page() -> None:
    assert signed_in().get("/admin/password_change/").headers["Location"] == ADDRESS
