"""An officer's page of help from afar asks by itself whether there is something new, and is told no more."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.casework.conftest import POST
from tests.casework.test_assisting import Window, _replays, come, comer, do, window
from tongban.node.casework.models import Case
from tongban.node.people.models import AccessRecord, Officer
from tongban.node.people.register import create_officer

__all__ = ["_replays", "come", "comer", "do", "window"]
pytestmark = pytest.mark.django_db(transaction=True)
NOTHING_NEW, NOT_FOUND, STOP = 204, 404, 286


@pytest.fixture
def session(come: Case, do: Callable[..., Case]) -> Case:
    do(come, "receive")
    return do(come, "check-identity", method="account")


@pytest.fixture
def desk(client: Client, window: Officer) -> Client:
    client.force_login(window.account)
    return client


def asked(case: Case) -> str:
    """Where a page that shows the case as it is now asks."""
    return f"/workbench/cases/{case.number}/news/?seen={case.revision}"


def test_the_page_asks_and_nothing_new_is_no_answer_and_no_look(desk: Client, session: Case) -> None:
    page = desk.get(f"/workbench/cases/{session.number}/").content.decode()
    assert f'hx-get="{asked(session)}"' in page
    looks = AccessRecord.objects.count()
    answer = desk.get(asked(session))
    assert (answer.status_code, answer.content) == (NOTHING_NEW, b"")
    assert AccessRecord.objects.count() == looks


def test_what_is_new_leads_to_the_page_and_shows_nobody(desk: Client, session: Case, comer: Window) -> None:
    comer.notes("line-written", line="请问单位名称怎么写？")
    looks = AccessRecord.objects.count()
    answer = desk.get(asked(session))
    assert answer.status_code == STOP
    page = answer.content.decode()
    assert f'href="/workbench/cases/{session.number}/"' in page
    assert "单位名称" not in page
    assert session.person.name not in page
    assert AccessRecord.objects.count() == looks


def test_who_may_not_see_the_case_is_not_told_whether_it_goes_on(client: Client, session: Case) -> None:
    client.force_login(create_officer("other", "x", "510100-yb", "王敏", POST))
    assert client.get(asked(session)).status_code == NOT_FOUND


def test_a_page_of_a_session_that_has_ended_asks_no_more(
    desk: Client, session: Case, do: Callable[..., Case]
) -> None:
    do(session, "conclude", result="已帮您办好")
    assert "hx-get" not in desk.get(f"/workbench/cases/{session.number}/").content.decode()
