"""A carer's skill certificate of one side counts on the other: as evidence in a case, and at a counter that
asks the wallet of the carer's own portal, with what the carer agrees to by showing it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.federation.desks import Clerk, Desk, begin, put_into_other_wallet, submit
from tests.federation.test_title import await_list
from tests.federation.two_nodes import TwoNodes
from tests.pages.browser import press
from tongban.federation.sides import CHONGQING, SICHUAN, Side

CARER = "zhou.xiuying"
CARD = "职业技能等级证书"
STATEMENT = "同意成都市某某养老院为招聘核对本人的技能等级，核对一次"
ANSWERS = {
    "occupation": "养老护理员",
    "direction": "",
    "evaluator": "重庆市某某职业技能等级评价中心",
    "certificate_number": "S000050000026243000012",
}


def apply(desk: Desk) -> str:
    """Apply for the electronic certificate, one question a page; the case's number."""
    page = desk.page
    begin(desk, "carer-qualification")
    while "/questions/" in page.url:
        key = page.url.rstrip("/").rsplit("/", 1)[-1]
        if key in ANSWERS:
            page.get_by_role("textbox").first.fill(ANSWERS[key])
        elif key == "level":
            page.get_by_label("三级（高级工）", exact=True).check()
        elif key == "issued_on":
            for name, value in (("年", "2025"), ("月", "6"), ("日", "30")):
                page.get_by_label(name, exact=True).fill(value)
        desk.go_on()
    return submit(desk)


def issue(sit: Callable[[str, str], Desk], side: Side, number: str) -> Clerk:
    clerk = Clerk(sit(side.node, side.posts[0].officer))
    clerk.number = number
    clerk.act("issue")
    expect(clerk.page.get_by_text("已签发").first).to_be_visible()
    return clerk


@pytest.fixture
def carer(sit: Callable[[str, str], Desk]) -> Desk:
    """The carer at Chongqing's portal, with the certificate that Chongqing has issued."""
    desk = sit(CHONGQING.node, CARER)
    issue(sit, CHONGQING, apply(desk))
    return desk


def test_the_certificate_is_evidence_on_the_other_side_in_place_of_a_new_assessment(
    sit: Callable[[str, str], Desk], carer: Desk
) -> None:
    there = sit(SICHUAN.node, CARER)
    put_into_other_wallet(carer.page, there.page, CARD)
    number = apply(there)
    there.page.goto(f"/cases/{number}/")
    press(there.page.get_by_role("link", name="用证照作材料"))
    for asked in there.page.locator(".govuk-checkboxes__item:has(strong) input").all():
        asked.check()
    press(there.page.get_by_role("button", name="出示这张证照"))
    expect(there.page.locator("[data-verdict-now='valid']")).to_be_visible()

    clerk = Clerk(sit(SICHUAN.node, SICHUAN.posts[0].officer))
    clerk.number = number
    clerk.await_shown(clerk.page.locator("[data-verdict-now='valid']"))
    expect(clerk.page.get_by_text("S000050000026243000012").locator("visible=true").first).to_be_visible()
    clerk.act("issue")
    expect(clerk.page.get_by_text("已签发").first).to_be_visible()
    assert not (carer.errors + there.errors + clerk.desk.errors)
    assert not (carer.foreign + there.foreign + clerk.desk.foreign)


def test_a_counter_on_the_other_side_asks_and_the_carers_own_portal_answers_with_an_agreement(
    sit: Callable[[str, str], Desk], carer: Desk, two_nodes: TwoNodes
) -> None:
    counter = sit(SICHUAN.node, SICHUAN.posts[0].officer)
    page = counter.page
    await_list(page, f"{two_nodes.pages_url(CHONGQING.node)}/credentials/status/0")
    page.goto("/verify/ask/")
    page.get_by_label("要看哪类证照？").select_option(label=CARD)
    counter.press("下一步")
    page.get_by_label("技能等级", exact=True).check()
    page.get_by_label("还要请对方同意什么？（可以不填）").fill(STATEMENT)
    counter.press("向钱包索要")
    page.get_by_text("对方的证照在门户的").click()
    link = page.get_by_label("请对方把这个查验链接粘贴到").input_value()

    she = carer.page
    she.goto("/credentials/")
    press(she.get_by_role("link", name="对方要查验证照"))
    she.get_by_label("查验链接").fill(link)
    carer.press("看看对方要什么")
    expect(she.get_by_text(STATEMENT)).to_be_visible()
    she.get_by_role("checkbox", name="技能等级").first.check()
    press(she.get_by_role("button", name="同意并出示勾选的项目"))
    expect(she.get_by_text("已经出示，对方的页面上看得到结果。")).to_be_visible()

    press(page.get_by_role("link", name="看结果"))
    expect(page.locator(".verdict--valid")).to_be_visible()
    expect(page.get_by_text("持证人签名同意")).to_be_visible()
    expect(page.get_by_text(STATEMENT).first).to_be_visible()
    she.goto("/credentials/shown/")
    expect(she.get_by_text(STATEMENT).first).to_be_visible()
    assert not (carer.errors + counter.errors)
    assert not (carer.foreign + counter.foreign)
