"""A branch without a sentence is told from its conditions, in words and without double negation."""

import ast
import re
from datetime import date

import pytest

from tongban.law import RuleSet
from tongban.law.functions import FUNCTIONS
from tongban.law.ir import Text
from tongban.law.listforms import LIST_FUNCTIONS
from tongban.law.methods import MEMBERS
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
        ("least + least * 2 - (least - 1) * 3", "最低月数 + 最低月数 × 2 − (最低月数 − 1) × 3", None),
        ("least - (least + 1)", "最低月数 − (最低月数 + 1)", None),
        ("round_up(least + 1)", "(最低月数 + 1)（进一取整）", "(least months + 1) (rounded up)"),
        (
            "sum(least * 2 for one in work)",
            "工作经历 的各项 的 (最低月数 × 2) 之和",
            "sum of (least months × 2) for each of work",
        ),
        (
            "len([one for one in work if of_age])",
            "工作经历 的各项（已成年） 的项数",
            "number of each of work where of age",
        ),
    ],
)
def test_methods_are_said_in_words(text: str, zh: str, en: str | None) -> None:
    assert said(text)[0] == zh
    assert en is None or said(text)[1] == en


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, *LIST_FUNCTIONS} - {"float"}))
def test_every_function_has_words(name: str) -> None:
    told = {"those": "those({of_age: True})"}.get(
        name, f"{name}(least, least, least)" if "annuity" in name else f"{name}(least)"
    )
    assert not any(re.search(rf"\b{name}\(", one) for one in said(told))


@pytest.mark.parametrize(
    ("name", "called", "arguments"),
    sorted(
        {
            (name, member.called, len(member.takes))
            for members in MEMBERS.values()
            for name, member in members.items()
        }
    ),
)
def test_every_member_has_words(name: str, called: bool, arguments: int) -> None:
    call = f"({', '.join(['least'] * arguments)})" if called else ""
    assert not any(f".{name}" in one for one in said(f"born.{name}{call}"))


LOCALS = """
from tongban.law import Choice, Fen, Record, fact, rule, ruleset, yuan

ruleset("levy", version="1", zh="征收", en="Levy")


class Trade(Choice):
    MINER = "miner", "矿工", "miner"
    CLERK = "clerk", "职员", "clerk"


trade = fact(Trade, zh="行业", en="trade")
acres = fact(int, zh="亩数", en="acres", at_least=0, at_most=1000)
herd = fact(int, zh="牲畜数", en="herd", at_least=0, at_most=1000)
FREE = 3


@rule(zh="应税数", en="taxed number", cites="1", outcome=True{names})
def taxed(trade: Trade, acres: int, herd: int) -> int:
    {body}
"""


def reason(body: str, names: str = "") -> tuple[str, str]:
    text = LOCALS.replace("{body}", body.replace("\n", "\n    ")).replace("{names}", names)
    law = RuleSet.from_files({"levy/rules.py": text}, "levy")
    found = law.explain({"trade": "miner", "acres": 10, "herd": 4}, date(2026, 1, 1)).to_json()["steps"]
    assert isinstance(found, list)
    return found[0]["reason"]["zh"], found[0]["reason"]["en"]


def test_a_local_name_is_told_by_what_it_stands_for() -> None:
    zh, en = reason("extra = acres - FREE\nif extra > 5:\n    return extra * 2\nreturn 0")
    assert zh == "亩数 − 3 > 5：(亩数 − 3) × 2 = 14"
    assert en == "acres − 3 > 5: (acres − 3) × 2 = 14"


def test_a_local_name_is_told_by_its_author_s_words() -> None:
    names = ', names={"extra": ("超出部分", "excess")}'
    assert reason("extra = acres - FREE\nreturn extra * 2", names) == ("超出部分 × 2 = 14", "excess × 2 = 14")


def test_a_local_name_that_stands_for_much_is_told_by_itself() -> None:
    body = "in_all = acres * 2 + herd * 3 + acres * herd\nreturn in_all * 2"
    assert reason(body) == ("「in all」 × 2 = 144", "in all × 2 = 144")
    body = "if trade == Trade.CLERK:\n    so_much = acres\nelse:\n    so_much = herd\nreturn so_much + 1"
    assert reason(body) == ("「so much」 + 1 = 5", "so much + 1 = 5")


def test_members_are_told_by_their_words() -> None:
    assert reason("if trade == Trade.MINER:\n    return acres\nreturn herd")[0] == "行业 = 矿工：亩数 = 10"
