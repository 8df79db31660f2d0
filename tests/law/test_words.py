"""A branch without a sentence is told from its conditions, in words and without double negation."""

import ast

import pytest

from tongban.law.ir import Text
from tongban.law.words import opposite, words

TITLES = {
    "of_age": Text("已成年", "of age"),
    "born": Text("出生日期", "date of birth"),
    "on": Text("决定日期", "date of the decision"),
    "work": Text("工作经历", "work"),
    "least": Text("最低月数", "least months"),
}


def said(text: str, *, turned: bool = False) -> tuple[str, str]:
    node = ast.parse(text, mode="eval").body
    found = words(opposite(node) if turned else node, TITLES.get)
    return found.zh, found.en


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("not of_age", "已成年", "of age"),
        ("of_age", "已成年 不成立", "not of age"),
        ("work.months() < least", "工作经历 的月数 ≥ 最低月数", "months of work ≥ least months"),
        ("least is None", "最低月数 ≠ 无", "least months ≠ none"),
        ("not of_age or least == 0", "已成年且最低月数 ≠ 0", "of age and least months ≠ 0"),
        ("1 < least < 9", "(1 < 最低月数 < 9) 不成立", "not (1 < least months < 9)"),
    ],
)
def test_what_holds_where_a_condition_does_not(text: str, zh: str, en: str) -> None:
    assert said(text, turned=True) == (zh, en)


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        (
            "born.full_years_to(on, leap_day='mar-1')",
            "出生日期 至 决定日期 的周年数",
            "full years from date of birth to date of the decision",
        ),
        ("on.month.year", "决定日期 所在月份 的年份", "year of month of date of the decision"),
        ("work.run_ending(on.month, bridging=3)", "工作经历 至 决定日期 所在月份 的连续月数", None),
        ("least.at(on)", "最低月数（决定日期）", "least months (date of the decision)"),
        ("work | work", "工作经历 ∪ 工作经历", "work ∪ work"),
    ],
)
def test_methods_are_said_in_words(text: str, zh: str, en: str | None) -> None:
    assert said(text)[0] == zh
    assert en is None or said(text)[1] == en
