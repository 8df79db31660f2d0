"""The story in a real browser: she applies in Chengdu, Chongqing answers, an officer confirms, she looks."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.federation.desks import Clerk, Desk, submit
from tests.federation.two_nodes import TwoNodes
from tests.pages.browser import press
from tongban.federation.sample_people import STORY, sample_person
from tongban.federation.sides import CHONGQING, SICHUAN


def apply(desk: Desk) -> str:
    she = desk.page
    she.goto("/")
    press(she.get_by_role("link", name="职工医保缴费年限互认与医保退休").first)
    expect(she.get_by_text("15 个工作日内办结")).to_be_visible()
    desk.press("开始申请")
    desk.choose("工人岗位")
    desk.choose("是")
    desk.choose("成都")
    desk.go_on()
    she.get_by_label("需要时怎么联系您？").fill("13800000000")
    desk.go_on()
    expect(she.get_by_role("heading", name="请核对您的回答")).to_be_visible()
    expect(she.get_by_text("工人岗位")).to_be_visible()
    return submit(desk)


def confirm(clerk: Clerk, number: str) -> None:
    clerk.number = number
    clerk.await_shown(clerk.page.get_by_role("heading", name="按规则提出的决定"))
    officer = clerk.page
    expect(officer.get_by_text("2003-04 – 2012-12")).to_be_visible()
    expect(officer.get_by_text("2012-11 – 2026-10")).to_be_visible()
    officer.get_by_label("我已核对材料和理由").check()
    clerk.desk.press("确认这个决定")
    expect(officer.get_by_role("heading", name="决定", exact=True)).to_be_visible()


def test_one_persons_insurance_years_count_on_both_sides(
    two_nodes: TwoNodes, sit: Callable[[str, str], Desk]
) -> None:
    citizen = sit(SICHUAN.node, STORY)
    she = citizen.page
    number = apply(citizen)
    officer = sit(SICHUAN.node, SICHUAN.officer)
    confirm(Clerk(officer), number)

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

    elsewhere = sit(CHONGQING.node, STORY)
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
