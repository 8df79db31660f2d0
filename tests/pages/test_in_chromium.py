"""Every page in a real browser: accessible, narrow and wide, quiet, and whole without scripts."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.casework.walk import ANSWERS, Walk
from tests.pages import test_languages
from tests.pages.browser import overflow, press, sideways, untitled, violations, watch
from tests.pages.every_page import NOWHERE, citizens_pages, officers_pages, question_pages
from tests.pages.windows import browser, enter
from tests.reach import same_sql_as
from tongban.node.casework import actions
from tongban.node.people.models import Account, Officer

__all__ = ["browser", "citizens_pages", "enter", "officers_pages", "question_pages"]

PASSWORD = "a long password"

pytestmark = pytest.mark.django_db(transaction=True)
LOOK_AT_CITIZENS_PAGES = same_sql_as(test_languages.test_citizens_pages_are_in_the_language)
LOOK_AT_OFFICERS_PAGES = same_sql_as(test_languages.test_officers_pages_are_in_the_language)


@LOOK_AT_CITIZENS_PAGES
@pytest.mark.parametrize(("language", "every"), [("zh-hans", 1), ("en", 4), ("zh-hant", 5)])
def test_citizens_pages_are_accessible_quiet_and_fit(
    enter: Callable[..., Page], citizen: Account, citizens_pages: list[str], language: str, every: int
) -> None:
    page = enter(citizen, language=language)
    heard = watch(page)
    for address in citizens_pages[every - 1 :: every]:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.emulate_media(color_scheme="light")
        heard.complaints.clear()
        page.goto(address)
        assert violations(page) == [], address
        assert overflow(page) <= 0, address
        page.set_viewport_size({"width": 320, "height": 800})
        assert overflow(page) <= 0, address
        assert sideways(page) + untitled(page) == [], address
        page.emulate_media(color_scheme="dark")
        assert violations(page, "color-contrast") == [], address
        assert len(heard.complaints) == (address == NOWHERE), (address, heard.complaints)


@LOOK_AT_CITIZENS_PAGES
def test_questions_of_every_kind_are_accessible_narrow_and_in_error(
    enter: Callable[..., Page], citizen: Account, question_pages: list[str]
) -> None:
    page = enter(citizen)
    heard = watch(page)
    for address in question_pages:
        page.goto(address)
        assert violations(page) == [], address
        page.set_viewport_size({"width": 320, "height": 800})
        assert overflow(page) <= 0, address
        page.set_viewport_size({"width": 1280, "height": 900})
    press(page.locator("main form button").first)
    page.wait_for_selector(".govuk-error-summary")
    assert violations(page) == []
    assert [line for line in heard.complaints if "422" not in line] == []


@LOOK_AT_OFFICERS_PAGES
def test_workbench_is_accessible_and_quiet(
    enter: Callable[..., Page], officer: Officer, officers_pages: list[str]
) -> None:
    page = enter(officer.account)
    heard = watch(page)
    for address in officers_pages:
        page.goto(address)
        assert violations(page) == [], address
        page.set_viewport_size({"width": 320, "height": 800})
        assert overflow(page) <= 0, address
        assert sideways(page) + untitled(page) == [], address
        assert violations(page) == [], address
        page.set_viewport_size({"width": 1280, "height": 800})
    assert heard.complaints == []


def test_an_officer_goes_through_the_list_by_keys(
    enter: Callable[..., Page], officer: Officer, walk: Walk
) -> None:
    first, second = walk.proposed(), walk.proposed()
    page = enter(officer.account)
    page.goto("/workbench/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("input[name=task]:checked").get_attribute("aria-label") == second.number
    page.keyboard.press("k")
    page.keyboard.press("o")
    page.wait_for_url(f"**/workbench/cases/{first.number}/")


def test_keys_that_were_switched_off_do_nothing(
    enter: Callable[..., Page], officer: Officer, walk: Walk
) -> None:
    walk.proposed()
    page = enter(officer.account)
    page.goto("/workbench/shortcuts/")
    press(page.get_by_role("button", name="打开或关闭快捷键"))
    page.goto("/workbench/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("input[name=task]:checked").count() == 0


def test_sign_in_with_an_error_is_accessible_and_shows_the_error_first(
    enter: Callable[..., Page], citizen: Account
) -> None:
    page = enter()
    page.goto("/sign-in/")
    page.fill("#id_username", "woman")
    page.fill("#id_password", "wrong")
    press(page.locator("main button").first)
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert violations(page) == []


def test_application_works_without_scripts(enter: Callable[..., Page], citizen: Account, walk: Walk) -> None:
    page = enter(scripts=False)
    page.goto("/services/medical-retirement/")
    press(page.locator("main button").first)
    page.fill("#id_username", "woman")
    page.fill("#id_password", PASSWORD)
    press(page.locator("main button").first)
    for answer in ANSWERS.values():
        if page.locator("input[type=radio]").count():
            page.check(f"input[value='{answer}']")
        else:
            page.fill("#answer", answer)
        press(page.locator("main form button").first)
    press(page.locator("text=回答无误，下一步").first)
    for tick in page.locator("input[type=checkbox]").all():
        tick.check()
    press(page.locator("text=同意并提交申请").first)
    assert page.locator(".receipt__number").inner_text().startswith("SC-")


def test_a_decision_prints_every_reason_and_nothing_of_the_screen(
    enter: Callable[..., Page], citizen: Account, walk: Walk, officer: Officer
) -> None:
    case = walk.again(walk.proposed())
    actions.confirm(officer, case.number, case.revision)
    page = enter(citizen)
    page.goto(f"/cases/{case.number}/")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    assert [part.is_visible() for part in page.locator(".no-print, .nav").all()].count(True) == 0
    assert page.locator("h1").is_visible()
    assert page.locator(".print-only").inner_text().endswith(f"{case.number} · {walk.person.name}")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() > 0


def test_progress_moves_on_by_itself(
    enter: Callable[..., Page], citizen: Account, walk: Walk, officer: Officer
) -> None:
    case = walk.submitted()
    page = enter(citizen)
    page.goto(f"/cases/{case.number}/")
    walk.answer(case, "510100")
    walk.answer(case, "500000")
    page.wait_for_selector("text=已按规则计算，等待工作人员确认", timeout=60_000)
    actions.confirm(officer, case.number, walk.again(case).revision)
    page.wait_for_selector("h1:has-text('您可以在成都办理医保退休')", timeout=60_000)


@LOOK_AT_CITIZENS_PAGES
def test_at_200_per_cent_zoom_nothing_is_lost_or_hidden(
    enter: Callable[..., Page], citizen: Account, citizens_pages: list[str]
) -> None:
    page = enter(citizen, width=640)
    for address in citizens_pages[::2]:
        page.goto(address)
        assert overflow(page) <= 0, address
        cut = page.locator("main a, main button").evaluate_all(
            "all => all.filter(one => one.getBoundingClientRect().right > innerWidth + 1"
            " && !one.closest('[tabindex=\"0\"]')).map(one => one.outerHTML)"
        )
        assert cut == [], address


def test_a_password_is_changed_in_two_pages_that_are_accessible_and_fit(
    enter: Callable[..., Page], citizen: Account
) -> None:
    page = enter(citizen)
    page.goto("/security/")
    press(page.get_by_role("link", name="修改密码"))
    page.get_by_label("密码").fill(PASSWORD)
    press(page.get_by_role("button", name="确认"))
    page.get_by_label("新密码", exact=True).fill("12345678")
    press(page.get_by_role("button", name="修改密码"))
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
        assert overflow(page) <= 0
    for name in ("新密码", "再输入一次新密码"):
        page.get_by_label(name, exact=True).fill("another-long-password-4711")
    press(page.get_by_role("button", name="修改密码"))
    assert "密码已经修改" in page.get_by_role("status").inner_text()


def test_what_is_wrong_in_an_officers_form_is_where_the_page_begins(
    enter: Callable[..., Page], officer: Officer, walk: Walk
) -> None:
    case = walk.proposed()
    page = enter(officer.account)
    page.goto(f"/workbench/cases/{case.number}/")
    press(page.get_by_role("button", name="不予通过"))
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"
    assert violations(page) == []
    page.locator(".govuk-error-summary a").click()
    assert page.evaluate("document.activeElement.id") == "reason"
