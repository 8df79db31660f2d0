"""Every page of the portal costs few queries and bytes, however much its reader has."""

import pytest
from django.test import Client

from tests.casework.walk import Walk
from tests.pages.every_page import NOWHERE, citizens_pages, question_pages
from tests.pages.test_portal import few_queries
from tongban.node.frontend import BUILT
from tongban.node.people.models import Account

__all__ = ["citizens_pages", "question_pages"]

MANY = 25
MOST_BYTES = 150_000
OTHERS = ("/mandates/", "/mandates/new/", "/credentials/", "/credentials/add/", "/security/")

pytestmark = pytest.mark.django_db


@pytest.fixture
def many_cases(walk: Walk) -> None:
    for _ in range(MANY):
        walk.submitted()


def assert_light(client: Client, addresses: list[str]) -> None:
    styles_and_scripts = sum(one.stat().st_size for one in BUILT.glob("*.gz"))
    for address in addresses:
        with few_queries():
            page = client.get(address)
        assert page.status_code == (404 if address == NOWHERE else 200), address
        assert styles_and_scripts + len(page.content) < MOST_BYTES, address


def test_no_page_of_somebody_with_many_cases_is_heavy(
    client: Client, citizen: Account, many_cases: None, citizens_pages: list[str]
) -> None:
    client.force_login(citizen)
    assert_light(client, [*citizens_pages, *OTHERS])


def test_no_question_is_heavy(client: Client, citizen: Account, question_pages: list[str]) -> None:
    client.force_login(citizen)
    assert_light(client, question_pages)
