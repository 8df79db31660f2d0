"""What is wrong in the files of a rule set is told with code, place and what to write, in two languages."""

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from tests.law.mistaken import (
    HEAD,
    PARAMETERS,
    RULES,
    Case,
    declared,
    in_rules,
    in_toml,
    load,
    over_lists,
    rule,
)
from tongban.law import RuleSetError, load_rulesets
from tongban.law.errors import Place
from tongban.law.mistakes.catalogue import PARTS, Mistake, catalogue, tell
from tongban.law.mistakes.toml_files import place_of

ROOT = Path(__file__).parents[2]
LAW = ROOT / "src" / "tongban" / "law"
CASES = [*in_rules.CASES, *over_lists.CASES, *declared.CASES, *in_toml.CASES]
CATALOGUE = {name: mistake for part in PARTS for name, mistake in catalogue(part).items()}
CHINESE = re.compile(r"[\u4e00-\u9fff：]")
# Told only where Python has generics (3.12), and of files that are no text or not to be opened.
WITHOUT_CASE = {"arguments-form/generic", "unreadable", "unreadable/file"}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_is_told_with_its_code_and_its_place(case: Case) -> None:
    error = case.told()
    lines = case.files[case.file].splitlines()
    assert (error.mistake, error.where.file) == (case.mistake, case.file)
    assert error.code == case.mistake.split("/")[0]
    assert error.where.line == 0 or lines[error.where.line - 1] == error.where.source.rstrip("\n")


@pytest.mark.parametrize("case", [*in_rules.CASES, *over_lists.CASES], ids=str)
def test_what_is_wrong_in_a_rule_is_told_at_a_line_of_the_rule(case: Case) -> None:
    assert case.told().where.line > HEAD.count("\n") or case.mistake == "too-deep"


@pytest.mark.parametrize("case", in_toml.CASES, ids=str)
def test_what_is_wrong_in_a_toml_file_is_told_with_its_key(case: Case) -> None:
    error = case.told()
    key = in_toml.KEYS[case.text]
    assert error.where.line > 0
    assert key in error.said("zh")
    assert key in error.said("en")


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_mistake_has_its_words_in_both_languages(name: str) -> None:
    mistake = CATALOGUE[name]
    assert {places(mistake.wrong.zh), places(mistake.instead.zh)} == {
        places(mistake.wrong.en),
        places(mistake.instead.en),
    }
    assert CHINESE.search(mistake.instead.zh)
    assert CHINESE.search(mistake.wrong.zh) or mistake.wrong.zh == "{wrong}"
    assert not CHINESE.search(mistake.wrong.en)


def places(text: str) -> frozenset[str]:
    """What an author wrote that the text repeats."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


def test_every_mistake_is_made_by_a_case() -> None:
    assert set(CATALOGUE) - {case.mistake for case in CASES} == WITHOUT_CASE


def test_a_mistake_is_told_in_the_language_asked_for() -> None:
    error = tell("assigned-twice", Place(RULES, 7, "    x = 2"), {"name": "x"})
    assert error.said("zh") == "utopia/rules.py:7: `x = 2`：x 已经有值。请换一个名称"
    assert error.said("en") == "utopia/rules.py:7: `x = 2`: x has a value already. Choose another name"


def test_what_is_filled_in_may_differ_by_language() -> None:
    with pytest.raises(RuleSetError) as caught:
        load(rule("return born.plus_months(1)", "born: Date", "Date"))
    assert '"last-day" 或 overflow=' in caught.value.instead.zh
    assert '"last-day" or overflow=' in caught.value.instead.en


def refusals() -> Iterator[tuple[str, ast.Call]]:
    """Every place of the code that names a mistake, with the name."""
    for file in sorted(LAW.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if called in ("Refusal", "refuse", "_refuse", "tell"):
                yield from ((name, node) for name in names_in(node))


def names_in(node: ast.Call) -> Iterator[str]:
    """The texts among the arguments by position: names of mistakes, or keys."""
    for argument in node.args:
        choices = (argument.body, argument.orelse) if isinstance(argument, ast.IfExp) else (argument,)
        for one in choices:
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


def test_the_code_fills_every_text_of_a_mistake_it_names() -> None:
    found = [(name, node) for name, node in refusals() if name in CATALOGUE]
    assert len(found) > 150
    wanting = {
        name: missing
        for name, node in found
        if node.keywords and (missing := needed(CATALOGUE[name]) - {one.arg for one in node.keywords})
    }
    assert wanting == {}


def needed(mistake: Mistake) -> frozenset[str]:
    """What has to be filled into a mistake's texts."""
    return places(mistake.wrong.en) | places(mistake.instead.en)


def test_all_other_errors_of_law_are_written_in_chinese_too() -> None:
    english = []
    for file in sorted(LAW.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                said = node.args[-1:] if node.func.id in ("LawError", "NoLaw", "UnknownRuleSet") else []
                english += [
                    f"{file.name}:{node.lineno}" for one in said if not CHINESE.search(ast.unparse(one))
                ]
    assert english == []


def test_distinct_codes_are_many() -> None:
    assert len({case.told().code for case in CASES}) >= 100


def test_the_authors_guide_shows_every_mistake_as_it_is_told() -> None:
    described = runpy.run_path(str(ROOT / "tools" / "describe_mistakes.py"))["described"]
    written = (ROOT / "docs" / "law" / "mistakes.md").read_text(encoding="utf-8")
    assert written == described(), "run: python tools/describe_mistakes.py"


def test_a_file_that_is_no_text_is_told_by_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "utopia"
    folder.mkdir()
    (folder / "rules.py").write_bytes(b"# \n\xb9\xe6")
    with pytest.raises(RuleSetError) as caught:
        load_rulesets(tmp_path)
    assert caught.value.mistake == "unreadable"
    assert caught.value.said("zh") == f"{folder / 'rules.py'}:2：不是 UTF-8 编码。请存为 UTF-8 编码"


def test_a_file_that_cannot_be_opened_is_told_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "utopia" / "rules.py").mkdir(parents=True)
    with pytest.raises(RuleSetError) as caught:
        load_rulesets(tmp_path)
    assert caught.value.mistake == "unreadable/file"
    assert "无法读取（这是文件夹）" in caught.value.said("zh")


@pytest.mark.parametrize("text", ["return " + "-" * 3000 + "1", "return " + "(" * 500 + "1" + ")" * 500])
def test_endless_expressions_are_refused_without_a_traceback(text: str) -> None:
    with pytest.raises(RuleSetError):
        load(rule(text))


def test_a_key_is_found_where_tables_and_rows_are_many() -> None:
    text = (
        '[a]\nzh = "a"\n[[a.values]]\nrows = [\n  ["510000", 1],\n  ["500000", 2],\n]\n'
        '[[a.values]]\nnote = "b"\nrows = [\n  ["510000", 1],\n  ["500000", 2],\n]\n[b]\nzh = "b"\n'
    )
    lines = [
        place_of(text, PARAMETERS, key).line
        for key in (
            "a.zh",
            "a.values[0].rows[1]",
            "a.values[1].rows[1][0]",
            "a.values[1].source",
            "b.zh",
            "c",
        )
    ]
    assert lines == [2, 6, 12, 8, 15, 0]
