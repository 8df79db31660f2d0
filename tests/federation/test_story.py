"""The story in a real browser: she applies in Chengdu, Chongqing answers, an officer confirms, she looks."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.federation.two_nodes import PATIENCE_SECONDS, TwoNodes
from tongban.federation.sample_people import STORY, sample_person
from tongban.federation.sides import CHONGQING, SICHUAN


class Desk:
    """Somebody at a browser of their own, at one node's pages."""

    def __init__(self, chromium: Browser, nodes: TwoNodes, node: str) -> None:
        self.errors: list[str] = []
        self.foreign: list[str] = []
        self._url = nodes.pages_url(node)
        self._password = nodes.federation.password
        self.page: Page = chromium.new_context(base_url=self._url, locale="zh-CN").new_page()
        self.page.set_default_timeout(PATIENCE_SECONDS * 1000)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.page.on("request", lambda asked: self._note(asked.url))

    def _note(self, url: str) -> None:
        if not url.startswith((self._url, "data:")):
            self.foreign.append(url)

    def sign_in(self, username: str) -> None:
        self.page.goto("/sign-in/")
        self.page.get_by_label("账号", exact=True).fill(username)
        self.page.get_by_label("密码", exact=True).fill(self._password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        expect(self.page.get_by_role("button", name="退出")).to_be_visible()

    def go_on(self) -> None:
        self.page.get_by_role("button", name="保存并继续").click()

    def choose(self, choice: str) -> None:
        self.page.get_by_label(choice, exact=True).check()
        self.go_on()


def apply(she: Page, desk: Desk) -> str:
    she.goto("/")
    she.get_by_role("link", name="职工医保缴费年限互认与医保退休").first.click()
    expect(she.get_by_text("15 个工作日内办结")).to_be_visible()
    she.get_by_role("button", name="开始申请").click()
    desk.choose("工人岗位")
    desk.choose("是")
    desk.choose("成都")
    desk.go_on()
    she.get_by_label("需要时怎么联系您？").fill("13800000000")
    desk.go_on()
    expect(she.get_by_role("heading", name="请核对您的回答")).to_be_visible()
    expect(she.get_by_text("工人岗位")).to_be_visible()
    she.get_by_role("button", name="回答无误，下一步").click()
    for consent in she.get_by_role("checkbox").all():
        consent.check()
    she.get_by_role("button", name="同意并提交申请").click()
    expect(she.get_by_role("heading", name="申请已提交")).to_be_visible()
    return she.locator(".receipt__number").inner_text().strip()


def confirm(officer: Page, number: str) -> None:
    link = officer.get_by_role("link", name=number)
    for _ in range(PATIENCE_SECONDS):
        officer.goto("/workbench/")
        if link.count():
            break
        officer.wait_for_timeout(1000)
    link.click()
    expect(officer.get_by_text("2003-04 – 2012-12")).to_be_visible()
    expect(officer.get_by_text("2012-11 – 2026-10")).to_be_visible()
    expect(officer.get_by_role("heading", name="按规则提出的决定")).to_be_visible()
    officer.get_by_label("我已核对材料和理由").check()
    officer.get_by_role("button", name="确认这个决定").click()
    expect(officer.get_by_role("heading", name="决定", exact=True)).to_be_visible()


def test_one_persons_insurance_years_count_on_both_sides(two_nodes: TwoNodes, chromium: Browser) -> None:
    citizen = Desk(chromium, two_nodes, SICHUAN.node)
    officer = Desk(chromium, two_nodes, SICHUAN.node)
    elsewhere = Desk(chromium, two_nodes, CHONGQING.node)
    she = citizen.page

    citizen.sign_in(STORY)
    number = apply(she, citizen)
    officer.sign_in(SICHUAN.officer)
    confirm(officer.page, number)

    she.goto(f"/cases/{number}/")
    expect(she.get_by_role("heading", level=1)).to_have_text("您可以在成都办理医保退休")
    expect(
        she.get_by_text(re.compile("两地缴费合计 283 个月：重庆 117 . 成都 168 . 重复 2"))
    ).to_be_attached()
    expect(she.get_by_text("在重庆还差 17 个月", exact=False).first).to_be_attached()
    expect(she.get_by_text("参考性", exact=False).first).to_be_visible()
    expect(she.locator(".timeline li").first).to_contain_text("提交")

    she.goto("/accesses/")
    looks = she.locator("table.looks tbody")
    expect(looks).to_contain_text("文思齐" if "文思齐" in looks.inner_text() else "医保待遇经办员")
    expect(looks).to_contain_text(number)

    elsewhere.sign_in(STORY)
    elsewhere.page.goto("/accesses/")
    asked = elsewhere.page.locator("table.looks tbody tr").filter(has_text=number)
    expect(asked).to_have_count(1)
    expect(asked).to_contain_text("成都市医疗保障局")
    expect(asked).to_contain_text("重庆的职工医保缴费")

    assert not (citizen.errors + officer.errors + elsewhere.errors)
    assert not (citizen.foreign + officer.foreign + elsewhere.foreign)
    assert_no_id_number_is_shown_or_logged(two_nodes, she)


def assert_no_id_number_is_shown_or_logged(two_nodes: TwoNodes, she: Page) -> None:
    number = sample_person(STORY).resident_number
    assert number not in she.content()
    for node in (two_nodes.sichuan, two_nodes.chongqing):
        assert number not in node.log.read_text(encoding="utf-8")
