"""Every page speaks the language chosen: no Chinese in English, nothing simplified in traditional Chinese."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import override

from tests.pages.english import chinese_left_over, simplified_left_over
from tests.pages.every_page import citizens_pages, officers_pages, question_pages
from tests.reach import SAME_SQL
from tongban.node.people.models import Account, Officer
from tongban.node.theme.wording import marked

__all__ = ["citizens_pages", "officers_pages", "question_pages"]

pytestmark = pytest.mark.django_db

LEFT_OVER = {"zh-Hant": simplified_left_over, "en": chinese_left_over}
IN_BOTH = pytest.mark.parametrize("language", ["zh-Hant", pytest.param("en", marks=SAME_SQL)])


def left_over(client: Client, addresses: list[str], language: str) -> dict[str, list[str]]:
    client.cookies["tongban_language"] = language.lower()
    found = {}
    for address in addresses:
        response = client.get(address)
        assert isinstance(response, HttpResponse)
        page = response.content.decode()
        assert f'<html lang="{language}"' in page, address
        found[address] = LEFT_OVER[language](page)
    return {address: texts for address, texts in found.items() if texts}


@IN_BOTH
def test_citizens_pages_are_in_the_language(
    client: Client, citizen: Account, citizens_pages: list[str], question_pages: list[str], language: str
) -> None:
    client.force_login(citizen)
    assert left_over(client, citizens_pages + question_pages, language) == {}


@IN_BOTH
def test_officers_pages_are_in_the_language(
    client: Client, officer: Officer, officers_pages: list[str], language: str
) -> None:
    client.force_login(officer.account)
    assert left_over(client, officers_pages, language) == {}


@IN_BOTH
def test_pages_before_signing_in_are_in_the_language(client: Client, db: None, language: str) -> None:
    assert left_over(client, ["/", "/sign-in/", "/plan/", "/ratings/"], language) == {}


def test_a_character_that_only_simplified_chinese_writes_is_found() -> None:
    assert simplified_left_over(
        "<html lang='zh-Hant'><p>办件</p><p lang='zh'>办件</p><p>辦件</p></html>"
    ) == ["办件"]


def test_words_that_somebody_typed_say_on_an_english_page_that_they_are_chinese() -> None:
    with override("en"):
        assert marked("until 9 May; 文思齐 <b> stands in") == (
            'until 9 May; <span lang="zh">文思齐</span> &lt;b&gt; stands in'
        )
        assert marked("国办发〔2009〕66 号: the certificate") == (
            '<span lang="zh">国办发〔2009〕66 号</span>: the certificate'
        )
    with override("zh-hans"):
        assert marked("请补充 <单位>") == "请补充 <单位>"
