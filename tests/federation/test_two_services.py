"""Two services on two nodes in a real browser: a request handed over and answered, a relation that moves."""

from collections.abc import Callable

import pytest

from tests.federation.desks import Clerk, Desk, ask_for_transfer, await_words, begin, submit
from tests.federation.two_nodes import TwoNodes
from tests.pages.files import picture
from tongban.federation.sides import CHONGQING, SICHUAN

CITIZEN = "su.ming"
REQUEST = "公司拖欠我三个月工资，也没有签合同"
CHENGDU_CLERK, CHONGQING_CLERK = (side.posts[0].officer for side in (SICHUAN, CHONGQING))


@pytest.fixture
def she(sit: Callable[[str, str], Desk]) -> Desk:
    return sit(SICHUAN.node, CITIZEN)


@pytest.fixture
def chengdu(sit: Callable[[str, str], Desk]) -> Clerk:
    return Clerk(sit(SICHUAN.node, CHENGDU_CLERK))


@pytest.fixture
def chongqing(sit: Callable[[str, str], Desk]) -> Clerk:
    return Clerk(sit(CHONGQING.node, CHONGQING_CLERK))


def test_a_request_is_handed_over_returned_once_offered_again_and_answered_back(
    she: Desk, chengdu: Clerk, chongqing: Clerk
) -> None:
    begin(she, "hotline-handover")
    she.page.get_by_label("请说说您的问题或诉求").fill(REQUEST)
    she.go_on()
    she.choose("重庆")
    she.page.locator("input[type=file]").set_input_files(
        {"name": "合同.png", "mimeType": "image/png", "buffer": picture("PNG")}
    )
    she.go_on()
    she.press("继续")
    she.page.get_by_label("怎么联系您？").fill("13800000000")
    she.go_on()
    number = submit(she)
    await_words(she, number, "工资与劳动报酬")

    chengdu.number = number
    chengdu.act("hand-over", reason="用人单位登记在重庆")
    chongqing.find("12333")
    chongqing.act("return", reason="请补充单位名称")
    await_words(she, number, "请补充单位名称")
    chengdu.act("hand-over-again", reason="重庆某某物流有限公司")
    assert chongqing.opens("合同.png") == (200, "image/png")
    chongqing.act("take")
    chongqing.act("answer", text="已责令用人单位十日内支付")
    await_words(she, number, "已责令用人单位十日内支付")
    assert not (she.errors + chengdu.desk.errors + chongqing.desk.errors)
    assert not (she.foreign + chengdu.desk.foreign + chongqing.desk.foreign)


def test_a_relation_and_its_money_move_once(
    two_nodes: TwoNodes, she: Desk, chengdu: Clerk, chongqing: Clerk
) -> None:
    chengdu.number = number = ask_for_transfer(she)
    chongqing.find("失业保险关系转移接续")
    chongqing.act("state", months="62", months_left="10", monthly_benefit="1645.00")
    await_words(she, number, "24,675.00 元")
    chengdu.act("agree")
    chongqing.act("instruct", reference="CQ-2026-77")
    chengdu.act("confirm-received")
    await_words(she, number, "关系和资金已转入")

    def ended(node: str, status: str) -> int:
        return two_nodes.count(
            node,
            "SELECT count(*) FROM casework_case WHERE status = %s"
            " AND snapshot->'facts'->>'amount' = '2467500'"
            " AND snapshot->'facts'->>'reference' = 'CQ-2026-77'",
            status,
        )

    chongqing.page.wait_for_timeout(2000)
    assert (ended(SICHUAN.node, "transferred"), ended(CHONGQING.node, "moved-away")) == (1, 1)
    assert not (she.errors + chengdu.desk.errors + chongqing.desk.errors)
