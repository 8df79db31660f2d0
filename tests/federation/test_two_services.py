"""Two services on two nodes in a real browser: a request handed over and answered, a relation that moves."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.federation.test_story import Desk
from tests.federation.two_nodes import PATIENCE_SECONDS, TwoNodes
from tests.pages.files import picture
from tongban.federation.sides import CHONGQING, SICHUAN

CITIZEN = "su.ming"
REQUEST = "公司拖欠我三个月工资，也没有签合同"
CHENGDU_CLERK, CHONGQING_CLERK = (side.posts[0].officer for side in (SICHUAN, CHONGQING))


class Clerk:
    """An officer at a workbench, who finds cases in the inbox and acts on them."""

    def __init__(self, chromium: Browser, nodes: TwoNodes, node: str, username: str) -> None:
        self.desk = Desk(chromium, nodes, node)
        self.desk.sign_in(username)
        self.page = self.desk.page
        self.number = ""

    def find(self, words: str) -> None:
        """Wait until the inbox has a case of this service, and open it."""
        link = self.page.get_by_role("row", name=words).get_by_role("link").first
        for _ in range(PATIENCE_SECONDS):
            self.page.goto("/workbench/")
            if link.count():
                break
            self.page.wait_for_timeout(1000)
        self.number = link.inner_text().strip()

    def opens(self, file: str) -> tuple[int, str]:
        """Wait until a file that came with the case is all here, and open it; status and media type."""
        link = self.page.get_by_role("link", name=file)
        for _ in range(PATIENCE_SECONDS):
            self.page.goto(f"/workbench/cases/{self.number}/")
            if link.count():
                break
            self.page.wait_for_timeout(1000)
        answer = self.page.request.get(link.get_attribute("href") or "")
        return answer.status, answer.headers["content-type"]

    def act(self, code: str, **given: str) -> None:
        """Wait until the case offers the action, fill in what it asks for, and act."""
        form = self.page.locator(f"#act-{code}")
        for _ in range(PATIENCE_SECONDS):
            self.page.goto(f"/workbench/cases/{self.number}/")
            if form.count():
                break
            self.page.wait_for_timeout(1000)
        form.locator("summary").click()
        for key, value in given.items():
            field = form.locator(f"#{code}-{key}")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form.get_by_role("button").click()
        expect(self.page.locator(f"#act-{code}[open]")).to_have_count(0)


def begin(she: Page, service: str) -> None:
    she.goto(f"/services/{service}/")
    she.get_by_role("button", name="开始申请").click()


def submit(she: Page) -> str:
    she.get_by_role("button", name="回答无误，下一步").click()
    she.get_by_role("button", name="提交申请").click()
    expect(she.get_by_role("heading", name="申请已提交")).to_be_visible()
    return she.locator(".receipt__number").inner_text().strip()


def await_words(she: Page, number: str, words: str) -> None:
    for _ in range(PATIENCE_SECONDS):
        she.goto(f"/cases/{number}/")
        if she.get_by_text(words).count():
            return
        she.wait_for_timeout(1000)
    expect(she.get_by_text(words).first).to_be_visible()


@pytest.fixture
def she(chromium: Browser, two_nodes: TwoNodes) -> Desk:
    desk = Desk(chromium, two_nodes, SICHUAN.node)
    desk.sign_in(CITIZEN)
    return desk


@pytest.fixture
def chengdu(chromium: Browser, two_nodes: TwoNodes) -> Clerk:
    return Clerk(chromium, two_nodes, SICHUAN.node, CHENGDU_CLERK)


@pytest.fixture
def chongqing(chromium: Browser, two_nodes: TwoNodes) -> Clerk:
    return Clerk(chromium, two_nodes, CHONGQING.node, CHONGQING_CLERK)


def test_a_request_is_handed_over_returned_once_offered_again_and_answered_back(
    she: Desk, chengdu: Clerk, chongqing: Clerk
) -> None:
    begin(she.page, "hotline-handover")
    she.page.get_by_label("请说说您的问题或诉求").fill(REQUEST)
    she.go_on()
    she.choose("重庆")
    she.page.locator("input[type=file]").set_input_files(
        {"name": "合同.png", "mimeType": "image/png", "buffer": picture("PNG")}
    )
    she.go_on()
    she.page.get_by_role("button", name="继续", exact=True).click()
    she.page.get_by_label("怎么联系您？").fill("13800000000")
    she.go_on()
    number = submit(she.page)
    await_words(she.page, number, "工资与劳动报酬")

    chengdu.number = number
    chengdu.act("hand-over", reason="用人单位登记在重庆")
    chongqing.find("12333")
    chongqing.act("return", reason="请补充单位名称")
    await_words(she.page, number, "请补充单位名称")
    chengdu.act("hand-over-again", reason="重庆某某物流有限公司")
    assert chongqing.opens("合同.png") == (200, "image/png")
    chongqing.act("take")
    chongqing.act("answer", text="已责令用人单位十日内支付")
    await_words(she.page, number, "已责令用人单位十日内支付")
    assert not (she.errors + chengdu.desk.errors + chongqing.desk.errors)
    assert not (she.foreign + chengdu.desk.foreign + chongqing.desk.foreign)


def test_a_relation_and_its_money_move_once(
    two_nodes: TwoNodes, she: Desk, chengdu: Clerk, chongqing: Clerk
) -> None:
    begin(she.page, "unemployment-transfer")
    she.choose("失业，要在本地领取待遇")
    she.page.get_by_label("年", exact=True).fill("2026")
    she.page.get_by_label("月", exact=True).fill("8")
    she.go_on()
    she.page.get_by_label("需要时怎么联系您？").fill("13800000000")
    she.go_on()
    chengdu.number = number = submit(she.page)

    chongqing.find("失业保险关系转移接续")
    chongqing.act("state", months="62", months_left="10", monthly_benefit="1645.00")
    await_words(she.page, number, "24,675.00 元")
    chengdu.act("agree")
    chongqing.act("instruct", reference="CQ-2026-77")
    chengdu.act("confirm-received")
    await_words(she.page, number, "关系和资金已转入")

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
