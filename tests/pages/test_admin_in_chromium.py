"""The operator's pages in a real browser: every list and a row of each, in Chinese and in English."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.contrib import admin
from django.db.models import Model
from playwright.sync_api import Page

from tests.casework.conftest import POST
from tests.casework.walk import Walk
from tests.pages.browser import violations, watch
from tests.pages.sentences import CHINESE
from tests.pages.windows import browser, enter
from tests.reach import SAME_SQL
from tongban.node.casework import actions, cases
from tongban.node.clock import today
from tongban.node.people.models import Account, Enterprise, Officer, Representative
from tongban.node.people.permissions import Act
from tongban.node.people.register import create_officer

__all__ = ["browser", "enter"]

LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
OWN = ("/admin/", "/admin/reference/", "/admin/exchange/")
OF_STYLES = ("color-contrast", "link-in-text-block", "target-size")
"""What is held of pages whose markup is Django's."""
SERIAL = re.compile(r"[0-9A-Z]{18}|[0-9a-f-]{8,}|SHA-256")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def operator(walk: Walk, officer: Officer) -> Account:
    """An operator, after a case was applied for, read and decided, and an enterprise was entered."""
    case = walk.proposed()
    cases.for_officer(officer, case.number)
    actions.confirm(officer, case.number, case.revision)
    firm = Enterprise.objects.create(code="91510100MA6CD12345", name="成都示例有限公司")
    until = today() + timedelta(days=30)
    Representative.objects.create(enterprise=firm, person=walk.person, valid_from=today(), valid_until=until)
    return create_officer("operator", "x", "510100-yb", "高岚", POST, acts=(Act.ADMINISTER,))


def addresses() -> Iterator[str]:
    yield from (*OWN, "/admin/people/mandate/add/")
    for model in admin.site._registry:
        room = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield room
        if (row := _some(model)) is not None:
            yield f"{room}{row.pk}/change/"


def _some(model: type[Model]) -> Model | None:
    return model._default_manager.first()


@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=SAME_SQL)])
def test_the_operators_pages_speak_the_language_that_was_chosen(
    enter: Callable[..., Page], operator: Account, language: str
) -> None:
    page = enter(operator, language=language)
    heard = watch(page)
    wrong = CHINESE if language == "en" else LATIN_WORD
    for address in addresses():
        page.goto(address)
        names = page.locator("#result_list thead .text, .form-row label, #changelist-filter summary, h1, h2")
        said = [SERIAL.sub("", text.strip()) for text in names.all_inner_texts()]
        assert [text for text in said if wrong.search(text)] == [], address
        for rule in ("",) if address in OWN else OF_STYLES:
            assert violations(page, rule) == [], address
    assert heard.complaints == []
