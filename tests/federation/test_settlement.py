"""A bill of one side settled by the other side's rules, on two real nodes, and the month's netting."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.federation.desks import Desk, await_words, begin, submit
from tests.federation.two_nodes import TwoNodes, await_that
from tests.pages.browser import press, sideways, untitled, violations
from tests.pages.english import chinese_left_over
from tongban.federation.sides import CHONGQING, SICHUAN

LEAD_CHENGDU, LEAD_CHONGQING = (side.posts[1].officer for side in (SICHUAN, CHONGQING))
OWED = "SELECT coalesce(sum(amount), 0) FROM casework_ledgerentry WHERE kind = %s AND claim = %s"
ARRIVED = "SELECT count(*) FROM casework_receipt"
REVERSED = "SELECT coalesce(sum(amount), 0) FROM casework_ledgerentry WHERE kind = 'reversed'"
PAID = "SELECT count(*) FROM casework_ledgerentry WHERE kind = 'paid'"


def settle(desk: Desk, bill: str, words: str) -> str:
    """Ask for a bill to be settled and wait for what is told of it; the case's number."""
    begin(desk, "chronic-disease")
    desk.page.get_by_label("要结算的账单号是多少？").fill(bill)
    desk.go_on()
    number = submit(desk)
    await_words(desk, number, words)
    return number


def open_ledger(desk: Desk) -> None:
    desk.page.goto("/workbench/ledger/")
    assert violations(desk.page) == []
    assert_tables_fit_a_narrow_window(desk.page)


def assert_tables_fit_a_narrow_window(page: Page) -> None:
    wide = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 800})
    assert sideways(page) + untitled(page) == []
    if wide:
        page.set_viewport_size(wide)


def receive(desk: Desk, reference: str, amount: str) -> None:
    """Record that money has arrived."""
    open_ledger(desk)
    desk.page.get_by_label("到账凭证号").fill(reference)
    desk.page.get_by_label("到账金额（元）").fill(amount)
    desk.press("登记到账")


def reverse(desk: Desk, person: str, reason: str) -> None:
    """Find the cleared case of a person and reverse it."""
    desk.page.goto("/workbench/")
    desk.page.get_by_label("办件号、姓名或证件后四位").fill(person)
    desk.press("查找")
    press(desk.page.get_by_role("row", name="两地已清算").get_by_role("link").first)
    press(desk.page.locator("#act-reverse summary"))
    assert violations(desk.page) == []
    desk.page.locator("#reverse-reason").fill(reason)
    press(desk.page.locator("#act-reverse button"))
    expect(desk.page.get_by_text("已冲正").first).to_be_visible()


def test_a_bill_is_settled_at_once_owed_on_both_sides_and_cleared(
    two_nodes: TwoNodes, sit: Callable[[str, str], Desk]
) -> None:
    she = sit(CHONGQING.node, "luo.suqin")
    number = settle(she, "CQ-MZ-2026-0001", "您付 400.50 元")
    page = she.page
    expect(page.get_by_role("heading", name="费用明细")).to_be_visible()
    expect(page.get_by_role("cell", name="缬沙坦胶囊")).to_be_visible()
    expect(page.get_by_text("这个结果是参考性的")).to_be_visible()
    assert violations(page) == []
    press(page.get_by_role("button", name="English").or_(page.get_by_role("link", name="English")).first)
    page.goto(f"/cases/{number}/")
    expect(page.get_by_role("heading", name="Settled by your home scheme")).to_contain_text("CNY 400.50")
    expect(page.get_by_role("columnheader", name="Amount (yuan)")).to_be_visible()
    assert violations(page) == []
    assert_tables_fit_a_narrow_window(page)
    assert chinese_left_over(page.content()) == []
    press(page.get_by_role("button", name="简体").or_(page.get_by_role("link", name="简体")).first)

    for node in (SICHUAN.node, CHONGQING.node):
        assert two_nodes.count(node, OWED, "owed", "CQ-MZ-2026-0001") == 19_800
    settle(she, "CQ-MZ-2026-0001", "已经结算过")
    for node in (SICHUAN.node, CHONGQING.node):
        assert two_nodes.count(node, OWED, "owed", "CQ-MZ-2026-0001") == 19_800

    at_home = sit(SICHUAN.node, "luo.suqin")
    at_home.page.goto("/cases/")
    expect(at_home.page.get_by_text("门诊慢特病跨省直接结算").first).to_be_visible()
    other = sit(SICHUAN.node, "zhou.xiuying")
    settle(other, "CD-MZ-2026-0101", "您付 143.00 元")

    chengdu, chongqing = sit(SICHUAN.node, LEAD_CHENGDU), sit(CHONGQING.node, LEAD_CHONGQING)
    open_ledger(chengdu)
    expect(chengdu.page.get_by_text("付出 126.00")).to_be_visible()
    open_ledger(chongqing)
    expect(chongqing.page.get_by_text("收入 126.00")).to_be_visible()
    chengdu.page.get_by_label("凭证号").fill("CL-2026-11")
    chengdu.press("清算")
    expect(chengdu.page.get_by_role("cell", name="已清算")).to_be_visible()
    await_that(lambda: two_nodes.count(CHONGQING.node, PAID) == 1, "Chongqing hears of the clearing")
    await_words(she, number, "凭证号 CL-2026-11")
    table = chongqing.page.request.get("/workbench/netting.csv").text().splitlines()
    assert re.search(r",1,72.00,1,198.00,-126.00,72.00,0.00(,0.00){4}$", table[1])
    receive(chongqing, "TR-1", "100.00")
    await_that(lambda: two_nodes.count(SICHUAN.node, ARRIVED) == 1, "Chengdu hears what arrived")
    for desk, words in ((chengdu, "对方已到账 100.00"), (chongqing, "已到账 100.00")):
        open_ledger(desk)
        expect(desk.page.get_by_text(words)).to_be_visible()
        expect(desk.page.get_by_role("heading", name="到账差额待查")).to_be_visible()
    receive(chongqing, "TR-2", "26.00")
    await_that(lambda: two_nodes.count(SICHUAN.node, ARRIVED) == 2, "Chengdu hears of the rest")
    for desk in (chengdu, chongqing):
        open_ledger(desk)
        expect(desk.page.get_by_role("heading", name="到账差额待查")).to_have_count(0)

    reverse(chengdu, "罗素琴", "医院已退费")
    await_words(she, number, "冲正了这张账单：基金不再支付 198.00 元。原因：医院已退费")
    for node in (SICHUAN.node, CHONGQING.node):
        assert two_nodes.count(node, REVERSED) == 19_800
    open_ledger(chongqing)
    expect(chongqing.page.get_by_text("冲正 −198.00")).to_be_visible()
    desks = (she, at_home, other, chengdu, chongqing)
    assert not [error for desk in desks for error in desk.errors + desk.foreign]


@pytest.mark.parametrize(
    "case",
    [
        (CHONGQING.node, "luo.suqin", "CQ-MZ-2026-0003", "该病种尚未开通跨省直接结算"),
        (CHONGQING.node, "luo.suqin", "CQ-MZ-2026-9999", "没有查到这个账单号"),
        (CHONGQING.node, "qin.yulan", "CQ-MZ-2026-0011", "备案的就医地不是这里"),
        (SICHUAN.node, "tang.fengying", "CD-MZ-2026-0111", "参保关系已经终止"),
    ],
    ids=["disease", "bill", "place", "closed"],
)
def test_what_cannot_be_settled_is_refused_with_its_reason(
    two_nodes: TwoNodes,
    sit: Callable[[str, str], Desk],
    case: tuple[str, str, str, str],
) -> None:
    node, person, bill, words = case
    desk = sit(node, person)
    settle(desk, bill, words)
    expect(desk.page.get_by_text("不予结算").first).to_be_visible()
    for each in (SICHUAN.node, CHONGQING.node):
        assert two_nodes.count(each, OWED, "owed", bill) == 0
    assert not desk.errors
