"""The operator's pages in a real browser: every list and a row of each, in Chinese and in English."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib import admin
from django.db.models import Model
from playwright.sync_api import Page

from tests.casework.conftest import POST
from tests.casework.walk import Walk
from tests.pages.browser import overflow, press, violations, watch
from tests.pages.sentences import CHINESE
from tests.pages.windows import browser, enter
from tests.reach import SAME_SQL, same_sql_as
from tongban.node.casework import actions, cases
from tongban.node.clock import today
from tongban.node.people import mandates
from tongban.node.people.models import Account, Enterprise, Officer, Representative
from tongban.node.people.permissions import Act
from tongban.node.people.register import create_citizen, create_officer

__all__ = ["browser", "enter"]

LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
OWN = ("/admin/", "/admin/reference/", "/admin/exchange/")
SERIAL = re.compile(r"[0-9A-Z]{18}|[0-9a-f-]{8,}|SHA-256")
PARTS = (
    *(("zh-hans", first, 4) for first in range(4)),
    ("en", 3, 5),
    ("zh-hant", 4, 6),
)
"""A part of the pages at a time: where nobody writes the log, a node answers only for half a minute or so."""

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
    daughter = create_citizen("daughter", "x", "510104199003070023", "刘小芳").person
    assert daughter is not None
    mandates.give(
        walk.person, "刘小芳", daughter.resident_id, mandates.Terms((), today(), until), key=uuid4()
    )
    return create_officer("operator", "x", "510100-yb", "高岚", POST, acts=(Act.ADMINISTER,))


def addresses() -> Iterator[str]:
    yield from (*OWN, "/admin/people/", "/admin/people/officer/?q=nobody")
    yield from (f"/admin/people/{one}/add/" for one in ("mandate", "representative", "enterprise"))
    for model in admin.site._registry:
        room = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield room
        if (row := _some(model)) is not None:
            yield f"{room}{row.pk}/change/"
            yield f"{room}{row.pk}/history/"


def _some(model: type[Model]) -> Model | None:
    return model._default_manager.first()


@pytest.mark.parametrize("language", ["zh-hans", pytest.param("en", marks=SAME_SQL)])
def test_the_operators_pages_speak_the_language_that_was_chosen(
    enter: Callable[..., Page], operator: Account, language: str
) -> None:
    page = enter(operator, language=language)
    wrong = CHINESE if language == "en" else LATIN_WORD
    for address in addresses():
        page.goto(address)
        names = page.locator(
            "#result_list thead .text, .form-row label, #changelist-filter summary, h1, h2, h3"
        )
        said = [SERIAL.sub("", text.strip()) for text in names.all_inner_texts()]
        assert [text for text in said if wrong.search(text)] == [], address


@same_sql_as(test_the_operators_pages_speak_the_language_that_was_chosen)
@pytest.mark.parametrize(("language", "first", "every"), PARTS)
def test_the_operators_pages_are_accessible_wide_and_narrow_light_and_dark_and_quiet(
    enter: Callable[..., Page], operator: Account, language: str, first: int, every: int
) -> None:
    page = enter(operator, language=language)
    heard = watch(page)
    for address in list(addresses())[first::every]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        heard.complaints.clear()  # axe's own: it reads imported styles in a way that the policy refuses
        page.goto(address)
        assert heard.complaints == [], address
        assert violations(page) == [], address
        page.set_viewport_size({"width": 320, "height": 800})
        page.emulate_media(color_scheme="dark")
        assert violations(page) == [], address
        assert overflow(page) <= 0, address


def test_a_form_of_the_operators_sent_empty_says_what_is_wrong_without_scripts(
    enter: Callable[..., Page], operator: Account
) -> None:
    page = enter(operator, scripts=False)
    page.goto("/admin/people/mandate/add/")
    press(page.locator("input[name=_save]"))
    assert page.title().startswith("有错误")
    agent = page.get_by_label("代办人")
    assert agent.get_attribute("aria-invalid") == "true"
    told = agent.get_attribute("aria-describedby") or ""
    assert any("必填" in page.locator(f"#{one}").inner_text() for one in told.split())
