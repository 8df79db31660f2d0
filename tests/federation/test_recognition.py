"""Every recognition service that brings sample records is walked by its folder alone, in both languages."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.federation.desks import Clerk, Desk, begin, submit
from tests.pages.browser import press
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


def answer_everything(desk: Desk) -> None:
    """The first choice of every choice, a phone number where one is asked for, else nothing."""
    she = desk.page
    done = she.get_by_role("button", name="回答无误，下一步")
    for _ in range(MOST_QUESTIONS):
        if done.count():
            return
        if she.get_by_role("radio").count():
            she.get_by_role("radio").first.check()
        for phone in she.locator('main input[type="tel"]').all():
            phone.fill("13800000000")
        desk.go_on()
    raise AssertionError(she.url)


@pytest.mark.parametrize("folder", with_records(), ids=lambda folder: folder.name)
def test_a_record_of_the_other_side_counts_here(sit: Callable[[str, str], Desk], folder: Path) -> None:
    service = _read(folder)
    desk = sit(SICHUAN.node, holder_of_a_record_there(folder))
    she = desk.page
    begin(desk, str(service["code"]))
    answer_everything(desk)
    number = submit(desk)

    clerk = Clerk(sit(SICHUAN.node, SICHUAN.posts[0].officer))
    clerk.number = number
    clerk.await_shown(clerk.page.get_by_role("heading", name="按规则提出的决定"))
    clerk.page.get_by_label("我已核对材料和理由").check()
    clerk.desk.press("确认这个决定")
    expect(clerk.page.get_by_role("heading", name="决定", exact=True)).to_be_visible()

    she.goto(f"/cases/{number}/")
    expect(she.locator(".outcome--granted")).to_be_visible()
    expect(she.get_by_role("heading", level=1)).to_contain_text("成都")
    expect(she.locator(".outcome__by")).to_contain_text("成都市")
    press(she.get_by_role("button", name="English").or_(she.get_by_role("link", name="English")).first)
    expect(she.get_by_role("heading", level=1)).to_contain_text("Chengdu")
    assert not (desk.errors + clerk.desk.errors)
    assert not (desk.foreign + clerk.desk.foreign)
