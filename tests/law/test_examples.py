"""A rule set's own examples: how a case may end, and how one that does not hold is told."""

from datetime import date

import pytest

from tests.law.mistaken import HEAD, PARAMETERS, RULES, rule
from tongban.law import RuleSet
from tongban.law.examples import Example, examples_of, failures
from tongban.law.ir import Text

NUMBERS = """\
[most]
zh = "上限"
en = "most"
type = "int"
values = [
  { since = 2020-01-01, source = "s", confidence = "high", value = 3 },
  { since = 2026-01-01, source = "s", confidence = "high", value = 5 },
]
"""
RULES_TEXT = HEAD + rule("return min(age, most)", "age: int, most: int")


def examples(written: str) -> tuple[RuleSet, list[Example]]:
    """The rule set with these examples, and the examples."""
    files = {RULES: RULES_TEXT, PARAMETERS: NUMBERS, "utopia/examples/cases.toml": written}
    ruleset = RuleSet.from_files(files, "utopia")
    return ruleset, examples_of(ruleset)


def differences(written: str) -> list[list[Text]]:
    """What each example says against the rules."""
    ruleset, found = examples(written)
    return [failures(ruleset, one) for one in found]


def test_a_table_may_give_each_row_its_own_day() -> None:
    table = '[[table]]\nname = "x"\nfacts = { age = 9 }\ncolumns = ["on", "=answer"]\nrows = [\n'
    written = table + "  [2025-12-31, 3],\n  [2026-01-01, 5],\n]\n"
    _, found = examples(written)
    assert [one.on for one in found] == [date(2025, 12, 31), date(2026, 1, 1)]
    assert differences(written) == [[], []]


def test_rows_of_a_table_may_change_single_facts_and_be_refused() -> None:
    written = (
        '[[table]]\nname = "x"\non = 2026-01-01\nfacts = { age = 9 }\ncolumns = ["facts", "refused"]\n'
        'rows = [\n  [{ age = 151 }, "age"],\n  [{ age = 150 }, "age"],\n]\n'
    )
    assert differences(written) == [
        [],
        [Text("应在 age 处被拒绝，实际作出了决定", "expected to be refused at age, but was decided")],
    ]


def test_a_case_may_end_without_law() -> None:
    head = '[[example]]\nname = "x"\non = {}\nfacts = {{ age = 9 }}\nno_law = "most"\n'
    assert differences(head.format("2019-12-31")) == [[]]
    assert differences(head.format("2020-01-01")) == [
        [Text("most 应无规定，实际作出了决定", "expected no law for most, but was decided")]
    ]


@pytest.mark.parametrize("end", ['no_law = "age"', "outcomes = { answer = 3 }", 'refused = "age"'])
def test_another_end_than_the_law_missing_does_not_hold(end: str) -> None:
    (said,) = differences(f'[[example]]\nname = "x"\non = 2019-12-31\nfacts = {{ age = 9 }}\n{end}\n')
    assert [one.zh.split("：")[0] for one in said] == ["没有结论"]


def test_what_differs_is_told_with_file_line_and_outcome() -> None:
    ruleset, (_, second) = examples(
        '[[table]]\nname = "x"\non = 2020-01-01\nfacts = { age = 3 }\n'
        'columns = ["=answer", "=other"]\nrows = [\n  [3, 2],\n  [1, 2],\n]\n'
    )
    assert str(second.where) == "utopia/examples/cases.toml:8: `[1, 2],`"
    assert failures(ruleset, second) == [
        Text("answer：例中为 1，算得 3", "answer: expected 1, but is 3"),
        Text(
            "other：当日没有这一结果；现有：answer",
            "other: there is no such outcome on this day; known are answer",
        ),
    ]
