"""A look of an investigation, from the officer's page to the person's, before and after its day."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from tests.casework.walk import Walk
from tests.pages.browser import overflow, press, sideways, untitled, violations, watch
from tests.pages.english import chinese_left_over
from tests.pages.windows import browser, enter
from tongban.node.clock import today
from tongban.node.config import this_node
from tongban.node.people import permissions, withholding
from tongban.node.people.models import Account, Grant, Officer
from tongban.node.portal import look_pages
from tongban.services import Text

__all__ = ["browser", "enter"]
pytestmark = pytest.mark.django_db(transaction=True)

BASIS = Text(zh="某法第三条", en="Some Act, article 3")
LATER = timedelta(days=10)
SAID = {
    "zh-hans": {
        "examined": "审核办件",
        "rule": "依法暂缓公开的查看，到期才在这里显示",
        "note": "这一次查看依法暂缓公开",
        "proof": "这条记录的证明",
        "heading": "谁看过我的数据",
    },
    "en": {
        "examined": "Examining the case",
        "rule": "withheld by law",
        "note": "This look was withheld by law",
        "proof": "Proof of this record",
        "heading": "Who looked at my data",
    },
}


@pytest.fixture(autouse=True)
def _ninety_days(monkeypatch: pytest.MonkeyPatch) -> None:
    allowing = this_node().model_copy(update={"longest_withholding_days": 90})
    for room in (withholding, look_pages):
        monkeypatch.setattr(room, "this_node", lambda: allowing)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_withheld_look_appears_on_its_day_with_the_basis_and_not_before(
    enter: Callable[..., Page],
    citizen: Account,
    officer: Officer,
    walk: Walk,
    monkeypatch: pytest.MonkeyPatch,
    language: str,
) -> None:
    said, case = SAID[language], walk.proposed()
    permissions.grant(officer, Grant.Act.INVESTIGATE)
    withholding.withhold(
        officer, case_ref=case.number, agency=officer.agency, until=today() + LATER, basis=BASIS
    )
    desk = enter(officer.account, language=language)
    desk.goto(f"/workbench/cases/{case.number}/")
    assert walk.person.name in desk.inner_text("h1")
    hers = enter(citizen, language=language)
    heard = watch(hers)
    hers.goto("/accesses/")
    assert hers.inner_text("h1") == said["heading"]
    assert said["rule"] in hers.inner_text("main")
    assert said["examined"] not in hers.inner_text("main")
    monkeypatch.setattr(withholding, "today", lambda: today() + LATER)
    hers.reload()
    row = hers.locator("tbody tr", has_text=said["examined"])
    assert said["note"] in row.inner_text()
    assert (BASIS.en if language == "en" else BASIS.zh) in row.inner_text()
    for width in (1280, 320):
        hers.set_viewport_size({"width": width, "height": 900})
        assert violations(hers) == []
        assert overflow(hers) <= 0
        assert sideways(hers) + untitled(hers) == []
    assert language != "en" or chinese_left_over(hers.content()) == []
    press(row.get_by_role("link", name=said["proof"]))
    assert said["note"] in hers.inner_text("main")
    assert heard.complaints == []
