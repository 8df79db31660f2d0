"""Where one is signed in is listed, and can be ended; what was ended opens nothing."""

import pytest
from django.test import Client

from tests.casework.walk import RESIDENT_ID
from tongban.node.people.models import Account
from tongban.node.people.register import create_citizen
from tongban.node.sign_in import sessions
from tongban.node.sign_in.sessions import browser_name

PASSWORD = "a long password for tests"


@pytest.fixture
def woman(db: None) -> Account:
    return create_citizen("woman", PASSWORD, RESIDENT_ID, "刘芳")


def signed_in(browser: str = "") -> Client:
    client = Client(headers={"user-agent": browser})
    client.post("/sign-in/", {"username": "woman", "password": PASSWORD})
    return client


@pytest.mark.usefixtures("woman")
def test_every_place_where_one_is_signed_in_is_listed() -> None:
    here = signed_in("Mozilla/5.0 Firefox/140.0")
    signed_in("Mozilla/5.0 Chrome/156.0 Safari/537.36")
    page = here.get("/security/").content.decode()
    assert "Firefox" in page
    assert "Chrome" in page
    assert page.count("就是这里") == 1


@pytest.mark.usefixtures("woman")
def test_ending_the_others_leaves_this_one_open() -> None:
    here, there = signed_in(), signed_in()
    here.post("/security/sessions/end-others/")
    assert (here.get("/cases/").status_code, there.get("/cases/").status_code) == (200, 302)


@pytest.mark.usefixtures("woman")
def test_one_session_can_be_ended_from_another() -> None:
    here, there = signed_in("Firefox/140.0"), signed_in("Chrome/156.0")
    page = here.get("/security/")
    other = next(line for line in page.context["sessions"] if not line.is_current)
    here.post(f"/security/sessions/{other.key}/end/")
    assert there.get("/cases/").status_code == 302


@pytest.mark.usefixtures("woman")
def test_somebody_elses_session_does_not_exist() -> None:
    here = signed_in()
    assert here.post("/security/sessions/999999/end/").status_code == 404


@pytest.mark.usefixtures("woman")
def test_a_session_that_was_stolen_is_worthless_after_signing_out() -> None:
    here = signed_in()
    thief = Client()
    thief.cookies.update(here.cookies)
    here.post("/sign-out/")
    assert thief.get("/cases/").status_code == 302


def test_closing_an_account_ends_all_its_sessions(woman: Account) -> None:
    here, there = signed_in(), signed_in()
    assert sessions.end_all(woman) == 2
    assert (here.get("/cases/").status_code, there.get("/cases/").status_code) == (302, 302)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "Edge"),
        ("Mozilla/5.0 (iPhone) Version/19.0 Mobile Safari/604.1", "Safari"),
        ("curl/8.1", ""),
    ],
)
def test_browsers_have_the_names_that_people_know(agent: str, name: str) -> None:
    assert browser_name(agent) == name
