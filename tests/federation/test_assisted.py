"""Help from afar across two nodes in a real browser: asked for at one portal, given at the other side."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.federation.desks import Clerk, Desk, await_words, begin, submit
from tests.federation.spoken import LANGUAGES
from tests.federation.two_nodes import PATIENCE_SECONDS
from tests.pages.browser import press, sideways, untitled, violations
from tests.pages.english import chinese_left_over
from tests.pages.files import picture
from tongban.federation.sides import CHONGQING, SICHUAN

WISH, PAPER = "想查在重庆的住房公积金，不会填", "证件.png"
DONE, UNCLEAR = "已帮您查到，结果在渝快办里", "证件照片看不清，请重拍后再来"
QUESTION, ANSWER = "缴存单位怎么写？", "写营业执照上的全称"
ITEM, FIRM = "缴存单位", "重庆某某物流有限公司"
IN_SESSION = "身份已核验，正在和工作人员一起办理"


def ask_for_help(desk: Desk) -> str:
    """Ask the other side's officers for help, with a picture of the ID document; the case's number."""
    begin(desk, "virtual-window")
    desk.labelled("您想请对方帮您办什么？").fill(WISH)
    desk.go_on()
    desk.page.locator("input[type=file]").set_input_files(
        {"name": PAPER, "mimeType": "image/png", "buffer": picture("PNG")}
    )
    desk.go_on()
    desk.press("继续")
    desk.labelled("中断时怎么联系您？").fill("13800000000")
    desk.go_on()
    number = submit(desk)
    desk.page.goto(f"/cases/{number}/")
    return number


def fits(page: Page) -> None:
    """The page as it is now has no violation, wide or narrow, and nothing to scroll sideways for."""
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert violations(page) == []
        assert sideways(page) + untitled(page) == []


def writes(desk: Desk, line: str) -> None:
    """Write a line on the case's page, where the form for it stands open."""
    form = desk.page.locator("#act-write, #act-write-back")
    form.locator("textarea").fill(line)
    press(form.get_by_role("button"))
    expect(desk.page.get_by_text(line).first).to_be_visible()


def sees(desk: Desk, heading: str) -> None:
    """The page that is open says it by itself, without being loaded again."""
    expect(desk.headed(heading)).to_be_visible(timeout=PATIENCE_SECONDS * 1000)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_officer_in_chongqing_helps_somebody_in_sichuan(sit: Callable[..., Desk], language: str) -> None:
    she = sit(SICHUAN.node, "su.ming", language)
    window = Clerk(sit(CHONGQING.node, "window.chongqing", language))
    number = ask_for_help(she)
    sees(she, "排队中，等待对方工作人员接入")
    window.find(she.said("虚拟综窗：请另一地的窗口远程帮办"))
    window.act("receive")
    sees(she, "工作人员已接入，正在核验您的身份")
    assert window.opens(PAPER) == (200, "image/png")
    window.act("check-identity", method="document")
    sees(she, IN_SESSION)
    writes(she, QUESTION)
    window.is_told_of_news()
    expect(window.page.get_by_text(QUESTION).first).to_be_visible()
    writes(window.desk, ANSWER)
    expect(she.page.get_by_text(ANSWER).first).to_be_visible()
    window.act("propose-fact", title=ITEM, value=FIRM)
    expect(she.page.get_by_role("button", name=f"{she.said('确认')} {ITEM}")).to_be_visible()
    for page in (she.page, window.page):
        fits(page)
        assert language != "en" or chinese_left_over(page.content()) == []
    confirm = she.page.get_by_role("button", name=f"{she.said('确认')} {ITEM}")
    press(confirm)
    expect(she.page.get_by_text(she.said("申请人已确认"))).to_be_visible()
    window.await_shown(window.page.get_by_text(window.desk.said("申请人已确认")))
    window.act("propose-fact", field="medical-retirement/paying", value="是")
    press(she.page.get_by_role("button", name=she.said("确认"), exact=False).first)
    press(she.page.get_by_role("link", name=she.said("已填进您的申请，去检查、接着填")))
    fits(she.page)
    she.page.goto(f"/cases/{number}/")
    window.await_shown(window.page.get_by_text(window.desk.said("申请人已确认")).nth(1))
    window.act("conclude", result=DONE)
    await_words(she, number, DONE)
    for page in (she.page, window.page):
        assert language != "en" or chinese_left_over(page.content()) == []
    assert not (she.errors + window.desk.errors)
    assert not (she.foreign + window.desk.foreign)


def test_an_officer_in_chengdu_breaks_off_what_somebody_in_chongqing_asked_for(
    sit: Callable[..., Desk],
) -> None:
    he = sit(CHONGQING.node, "su.ming")
    window = Clerk(sit(SICHUAN.node, "window.chengdu"))
    number = ask_for_help(he)
    window.find("虚拟综窗")
    window.act("receive")
    window.act("break-off", reason=UNCLEAR)
    await_words(he, number, UNCLEAR)
