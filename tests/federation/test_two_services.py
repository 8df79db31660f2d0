"""Two services on two nodes in a real browser, in both languages.

A request is handed over and answered; a relation moves.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.federation.desks import Clerk, Desk, ask_for_transfer, await_words, begin, submit
from tests.federation.spoken import LANGUAGES
from tests.federation.two_nodes import TwoNodes
from tests.pages.browser import press
from tests.pages.english import chinese_left_over
from tests.pages.files import picture
from tongban.federation.sides import CHONGQING, SICHUAN
from tongban.node.clock import today
from tongban.services import shown

CITIZEN = "su.ming"
REQUEST = "公司拖欠我三个月工资，也没有签合同"
WHY, LACKS, FIRM = "用人单位登记在重庆", "请补充单位名称", "重庆某某物流有限公司"
ANSWER, PAPER = "已责令用人单位十日内支付", "合同.png"
WHICH_MONTH, ONE_MONTH_MORE = "请核对最后缴费的月份", "还有十个月没有领"
CHENGDU_CLERK, CHONGQING_CLERK = (side.posts[0].officer for side in (SICHUAN, CHONGQING))


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    """In which all three read their pages."""
    return str(request.param)


@pytest.fixture
def she(sit: Callable[..., Desk], language: str) -> Desk:
    return sit(SICHUAN.node, CITIZEN, language)


@pytest.fixture
def chengdu(sit: Callable[..., Desk], language: str) -> Clerk:
    return Clerk(sit(SICHUAN.node, CHENGDU_CLERK, language))


@pytest.fixture
def chongqing(sit: Callable[..., Desk], language: str) -> Clerk:
    return Clerk(sit(CHONGQING.node, CHONGQING_CLERK, language))


def test_a_request_is_handed_over_returned_once_offered_again_and_answered_back(
    she: Desk, chengdu: Clerk, chongqing: Clerk, language: str
) -> None:
    begin(she, "hotline-handover")
    she.labelled("请说说您的问题或诉求").fill(REQUEST)
    she.go_on()
    she.choose("重庆")
    she.page.locator("input[type=file]").set_input_files(
        {"name": PAPER, "mimeType": "image/png", "buffer": picture("PNG")}
    )
    she.go_on()
    she.press("继续")
    she.labelled("怎么联系您？").fill("13800000000")
    she.go_on()
    number = submit(she)
    await_words(she, number, she.said("工资与劳动报酬"))

    chengdu.number = number
    chengdu.act("hand-over", reason=WHY)
    chongqing.find("12333")
    chongqing.act("return", reason=LACKS)
    await_words(she, number, LACKS)
    chengdu.act("hand-over-again", reason=FIRM)
    assert chongqing.opens(PAPER) == (200, "image/png")
    chongqing.act("take")
    chongqing.act("answer", text=ANSWER)
    await_words(she, number, ANSWER)
    for page in (she.page, chengdu.page, chongqing.page):
        assert language != "en" or chinese_left_over(page.content()) == []
    assert not (she.errors + chengdu.desk.errors + chongqing.desk.errors)
    assert not (she.foreign + chengdu.desk.foreign + chongqing.desk.foreign)


def test_the_origin_asks_the_applicant_who_corrects_one_answer_where_they_applied(
    she: Desk, chengdu: Clerk, chongqing: Clerk, language: str
) -> None:
    chengdu.number = number = ask_for_transfer(she)
    chongqing.find(she.said("失业保险关系转移接续"))
    until = (today() + timedelta(days=5)).isoformat()
    chongqing.act("ask-applicant", ticked=["/last_month"], reason=WHICH_MONTH, until=until)
    await_words(she, number, WHICH_MONTH)
    press(she.page.get_by_role("link", name=she.said("您在另一地最后一次缴费是哪个月？")))
    she.labelled("月").fill("7")
    she.press("改正这一项")
    form = she.page.locator("#act-correct")
    form.locator("summary").click()
    press(form.get_by_role("button"))
    chongqing.await_shown(chongqing.page.locator("#act-state"))
    july = shown("2026-07").en if language == "en" else shown("2026-07").zh
    for clerk in (chongqing, chengdu):
        clerk.await_shown(clerk.page.locator("dd", has_text=july))
        assert language != "en" or chinese_left_over(clerk.page.content()) == []
    chongqing.act("state", months="62", months_left="10", monthly_benefit="1645.00")
    chengdu.act("agree")
    chongqing.act("instruct", reference=f"CQ-2026-78-{language}")
    chengdu.act("confirm-received")
    assert not (she.errors + chengdu.desk.errors + chongqing.desk.errors)


def test_a_relation_and_its_money_move_once(
    two_nodes: TwoNodes, she: Desk, chengdu: Clerk, chongqing: Clerk, language: str
) -> None:
    reference = f"CQ-2026-77-{language}"
    chengdu.number = number = ask_for_transfer(she)
    chongqing.find(she.said("失业保险关系转移接续"))
    chongqing.act("state", months="62", months_left="9", monthly_benefit="1645.00")
    chengdu.act("ask-statement-again", reason=ONE_MONTH_MORE)
    await_words(she, number, ONE_MONTH_MORE)
    chongqing.act("state", months="62", months_left="10", monthly_benefit="1645.00")
    await_words(she, number, "24,675.00 元" if language == "zh-hans" else "CNY 24,675.00")
    chengdu.act("agree")
    chongqing.act("instruct", reference=reference)
    chengdu.act("confirm-received")
    await_words(she, number, she.said("已办结：关系和资金已转入"))
    assert language != "en" or chinese_left_over(she.page.content()) == []

    def ended(node: str, status: str) -> int:
        return two_nodes.count(
            node,
            "SELECT count(*) FROM casework_case WHERE status = %s"
            " AND snapshot->'facts'->>'amount' = '2467500'"
            " AND snapshot->'facts'->>'reference' = %s",
            status,
            reference,
        )

    chongqing.page.wait_for_timeout(2000)
    assert (ended(SICHUAN.node, "transferred"), ended(CHONGQING.node, "moved-away")) == (1, 1)
    assert not (she.errors + chengdu.desk.errors + chongqing.desk.errors)
