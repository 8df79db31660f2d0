"""Every page in traditional Chinese has no character that only simplified Chinese writes."""

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.pages.english import simplified_left_over
from tests.pages.every_page import citizens_pages, officers_pages, question_pages
from tongban.node.people.models import Account, Officer

__all__ = ["citizens_pages", "officers_pages", "question_pages"]

pytestmark = pytest.mark.django_db


def left_over(client: Client, addresses: list[str]) -> dict[str, list[str]]:
    client.cookies["tongban_language"] = "zh-hant"
    found = {}
    for address in addresses:
        response = client.get(address)
        assert isinstance(response, HttpResponse)
        page = response.content.decode()
        assert 'lang="zh-Hant"' in page, address
        found[address] = simplified_left_over(page)
    return {address: texts for address, texts in found.items() if texts}


def test_citizens_pages_are_in_traditional_characters(
    client: Client, citizen: Account, citizens_pages: list[str], question_pages: list[str]
) -> None:
    client.force_login(citizen)
    assert left_over(client, citizens_pages + question_pages) == {}


def test_officers_pages_are_in_traditional_characters(
    client: Client, officer: Officer, officers_pages: list[str]
) -> None:
    client.force_login(officer.account)
    assert left_over(client, officers_pages) == {}


def test_pages_before_signing_in_are_in_traditional_characters(client: Client, db: None) -> None:
    assert left_over(client, ["/", "/sign-in/", "/plan/", "/ratings/"]) == {}


def test_a_character_that_only_simplified_chinese_writes_is_found() -> None:
    assert simplified_left_over(
        "<html lang='zh-Hant'><p>办件</p><p lang='zh'>办件</p><p>辦件</p></html>"
    ) == ["办件"]
