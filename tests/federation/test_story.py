"""The story in a real browser, in both languages.

She applies in Chengdu, Chongqing answers, an officer confirms, she looks.
"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.federation.desks import Clerk, Desk, submit
from tests.federation.spoken import LANGUAGES
from tests.federation.two_nodes import TwoNodes
from tests.pages.browser import press
from tests.pages.english import chinese_left_over
from tongban.federation.sample_people import STORY, sample_person
from tongban.federation.sides import CHONGQING, SICHUAN

TOLD = {
    "zh-hans": {
        "limit": "15 个工作日内办结",
        "decision": "您可以在成都办理医保退休",
        "months": "两地缴费合计 283 个月：重庆 117 . 成都 168 . 重复 2",
        "missing": "在重庆还差 17 个月",
        "indicative": "参考性",
        "submitted": "提交",
        "post": "医保待遇经办员",
        "agency": "成都市医疗保障局",
        "purpose": "重庆的职工医保缴费",
    },
    "en": {
        "limit": "Decided within 15 working days",
        "decision": "You can retire with medical insurance in Chengdu",
        "months": "283 months on both sides: Chongqing 117 . Chengdu 168",
        "missing": "17 months are missing in Chongqing",
        "indicative": "This result is indicative",
        "submitted": "submitted",
        "post": "Medical insurance officer",
        "agency": "Chengdu Healthcare Security Administration",
        "purpose": "To establish the months you paid in Chongqing",
    },
}


def apply(desk: Desk) -> str:
    she = desk.page
    she.goto("/")
    press(she.get_by_role("link", name=desk.said("职工医保缴费年限互认与医保退休")).first)
    expect(she.get_by_text(TOLD[desk.language]["limit"])).to_be_visible()
    desk.press("开始申请")
    desk.choose("工人岗位")
    desk.choose("是")
    desk.choose("成都")
    desk.go_on()
    desk.labelled("需要时怎么联系您？").fill("13800000000")
    desk.go_on()
    expect(desk.headed("请核对您的回答")).to_be_visible()
    expect(she.get_by_text(desk.said("工人岗位"))).to_be_visible()
    return submit(desk)


def confirm(clerk: Clerk, number: str) -> None:
    clerk.number = number
    clerk.await_shown(clerk.desk.headed("按规则提出的决定"))
    officer = clerk.page
    expect(officer.get_by_text("2003-04 – 2012-12")).to_be_visible()
    expect(officer.get_by_text("2012-11 – 2026-10")).to_be_visible()
    officer.get_by_label(clerk.desk.said("我已核对材料和理由")).check()
    clerk.desk.press("确认这个决定")
    expect(clerk.desk.headed("决定")).to_be_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_persons_insurance_years_count_on_both_sides(
    two_nodes: TwoNodes, sit: Callable[..., Desk], language: str
) -> None:
    told = TOLD[language]
    citizen = sit(SICHUAN.node, STORY, language)
    she = citizen.page
    number = apply(citizen)
    officer = sit(SICHUAN.node, SICHUAN.officer, language)
    confirm(Clerk(officer), number)

    she.goto(f"/cases/{number}/")
    expect(she.get_by_role("heading", level=1)).to_have_text(told["decision"])
    expect(she.get_by_text(re.compile(told["months"]))).to_be_attached()
    expect(she.get_by_text(told["missing"]).first).to_be_attached()
    expect(she.get_by_text(told["indicative"]).first).to_be_visible()
    expect(she.locator(".timeline li").first).to_contain_text(told["submitted"])
    if language == "en":
        assert chinese_left_over(she.content()) == []

    she.goto("/accesses/")
    looks = she.locator("table.looks tbody")
    expect(looks).to_contain_text(told["post"])
    expect(looks).to_contain_text(number)

    elsewhere = sit(CHONGQING.node, STORY, language)
    elsewhere.page.goto("/accesses/")
    asked = elsewhere.page.locator("table.looks tbody tr").filter(has_text=number)
    expect(asked).to_have_count(1)
    expect(asked).to_contain_text(told["agency"])
    expect(asked).to_contain_text(told["purpose"])

    assert not (citizen.errors + officer.errors + elsewhere.errors)
    assert not (citizen.foreign + officer.foreign + elsewhere.foreign)
    assert_no_id_number_is_shown_or_logged(two_nodes, she)


def assert_no_id_number_is_shown_or_logged(two_nodes: TwoNodes, she: Page) -> None:
    number = sample_person(STORY).resident_number
    assert number not in she.content()
    for node in (two_nodes.sichuan, two_nodes.chongqing):
        assert number not in node.log.read_text(encoding="utf-8")
