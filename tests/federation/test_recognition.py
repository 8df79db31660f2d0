"""Every recognition service that brings sample records is walked by its folder alone, in both languages."""

import tomllib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.federation.test_story import Desk
from tests.federation.test_two_services import Clerk, begin
from tests.federation.two_nodes import PATIENCE_SECONDS, TwoNodes
from tests.services.shipped import SHIPPED
from tongban.federation.sides import CHONGQING, SICHUAN

MOST_QUESTIONS = 20


def with_records() -> list[Path]:
    """The folders of recognition services that bring records of sample people along."""
    folders = sorted(path.parent for path in SHIPPED.glob("*/service.toml"))
    return [one for one in folders if _read(one)["kind"] == "recognition" and (one / "demo").is_dir()]


def _read(folder: Path) -> dict[str, object]:
    return tomllib.loads((folder / "service.toml").read_text(encoding="utf-8"))


def holder_of_a_record_there(folder: Path) -> str:
    """Somebody of whom the other side's department holds the evidence."""
    records = tomllib.loads((folder / "demo" / "records.toml").read_text(encoding="utf-8"))["records"]
    return next(str(one["person"]) for one in records if one["place"] == CHONGQING.office_place)


def answer_everything(she: Page) -> None:
    """The first choice of every choice, a phone number where one is asked for, else nothing."""
    done = she.get_by_role("button", name="回答无误，下一步")
    for _ in range(MOST_QUESTIONS):
        if done.count():
            return
        if she.get_by_role("radio").count():
            she.get_by_role("radio").first.check()
        for phone in she.locator('main input[type="tel"]').all():
            phone.fill("13800000000")
        she.get_by_role("button", name="保存并继续").click()
    raise AssertionError(she.url)


@pytest.mark.parametrize("folder", with_records(), ids=lambda folder: folder.name)
def test_a_record_of_the_other_side_counts_here(two_nodes: TwoNodes, chromium: Browser, folder: Path) -> None:
    service = _read(folder)
    desk = Desk(chromium, two_nodes, SICHUAN.node)
    she = desk.page
    desk.sign_in(holder_of_a_record_there(folder))
    begin(she, str(service["code"]))
    answer_everything(she)
    she.get_by_role("button", name="回答无误，下一步").click()
    for consent in she.get_by_role("checkbox").all():
        consent.check()
    she.get_by_role("button", name="同意并提交申请").click()
    number = she.locator(".receipt__number").inner_text().strip()

    clerk = Clerk(chromium, two_nodes, SICHUAN.node, SICHUAN.posts[0].officer)
    proposed = clerk.page.get_by_role("heading", name="按规则提出的决定")
    clerk.page.goto("/workbench/")
    for _ in range(PATIENCE_SECONDS):
        clerk.page.goto(f"/workbench/cases/{number}/")
        if proposed.count():
            break
        clerk.page.wait_for_timeout(1000)
    clerk.page.get_by_label("我已核对材料和理由").check()
    clerk.page.get_by_role("button", name="确认这个决定").click()
    expect(clerk.page.get_by_role("heading", name="决定", exact=True)).to_be_visible()

    she.goto(f"/cases/{number}/")
    expect(she.locator(".outcome--granted")).to_be_visible()
    expect(she.get_by_role("heading", level=1)).to_contain_text("成都")
    expect(she.locator(".outcome__by")).to_contain_text("成都市")
    she.get_by_role("button", name="English").or_(she.get_by_role("link", name="English")).first.click()
    expect(she.get_by_role("heading", level=1)).to_contain_text("Chengdu")
    assert not (desk.errors + clerk.desk.errors)
    assert not (desk.foreign + clerk.desk.foreign)
