"""Every mistake in a service's folder or a procedure's file is told in both languages, by a text."""

import ast
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from tests.services.shipped import copy_shipped, edit
from tongban.services import ServiceError, load, mistakes

ROOT = Path(__file__).parents[2]
PUBLISHING = ROOT / "src/tongban/node/casework/catalogue.py"
PROCEDURES = [ROOT / "src/tongban/node/casework" / name for name in ("reading.py", "procedures.py")]
SOURCES = [*sorted((ROOT / "src/tongban/services").glob("*.py")), PUBLISHING, *PROCEDURES]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAMED = {"ServiceError": 2, "ProcedureError": 2, "SchemaError": 1, "mistake": 0, "_only": 2}
"""Who is called with the name of a mistake, and as which argument."""
OF_PROGRAMS = {"classifying.py", "deciding.py"}
"""Where a ValueError is a mistake of the program that calls, not of a folder's author."""


def calls() -> Iterator[tuple[str, ast.Call, str]]:
    for file in SOURCES:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield node.func.id, node, file.name


def named() -> Iterator[tuple[str, frozenset[str]]]:
    """The names of mistakes in the code, with what is filled in."""
    for called, node, _ in calls():
        given = node.args[NAMED[called]] if called in NAMED else None
        if isinstance(given, ast.Constant):
            said = {word.arg for word in node.keywords if word.arg not in (None, "text")}
            yield str(given.value), frozenset(word for word in said if word)


def test_every_mistake_that_the_code_names_has_a_text_and_every_text_is_told() -> None:
    assert {name for name, _ in named()} == set(mistakes.catalogue())


def test_no_check_of_a_folder_speaks_for_itself() -> None:
    spoken = [file for called, _, file in calls() if called == "ValueError" and file not in OF_PROGRAMS]
    assert spoken == []


@pytest.mark.parametrize("name", mistakes.catalogue())
def test_a_text_is_whole_in_both_languages_and_filled_by_the_code(name: str) -> None:
    text = mistakes.catalogue()[name]
    places = [{part for _, part, _, _ in Formatter().parse(one) if part} for one in (text.zh, text.en)]
    assert places[0] == places[1]
    assert all(said == places[0] for one, said in named() if one == name)
    assert CHINESE.search(text.zh)
    assert not CHINESE.search(text.en)


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        ('code = "medical-retirement"', 'code = "other"', "code：应为 medical", "code: expected medical"),
        ('pool_question = "pool"', 'pool_question = "pond"', "应为 form.toml 里的问题", "not pond"),
        ('place = "500000"\nfields', 'place = "330000"\nfields', "应为两侧之一的地方", "one of the sides"),
        ('kind = "recognition"', 'kind = "recognition"\nspeed = 3', "speed：这里没有", "speed: Extra"),
        ("working_days = 15", "working_days = 0", "应不小于 1", "greater than or equal to 1"),
        ('kind = "recognition"', 'kind = "magic"', "之一", "Input should be"),
        ("since = 2026", 'since = "x"\n# 2026', "since：应为日期", "a valid date"),
        ('ruleset = "medical-retirement"', 'ruleset = "no-such"', "目录 no_such 里应有规则集", "no_such"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_the_language_asked_for(
    tmp_path: Path, old: str, new: str, zh: str, en: str
) -> None:
    root = copy_shipped(tmp_path)
    edit(root, old, new)
    with pytest.raises(ServiceError) as refused:
        load(root)
    assert zh in refused.value.said("zh")
    assert en in refused.value.said("en") == str(refused.value)
    assert refused.value.said("zh").startswith("medical_retirement/service.toml：")


def test_a_mistake_in_the_law_is_told_in_the_same_language(tmp_path: Path) -> None:
    root = copy_shipped(tmp_path)
    edit(root, "def ", "define ", "rules.py")
    with pytest.raises(ServiceError) as refused:
        load(root)
    assert "规则集应能读入：medical_retirement/rules.py:" in refused.value.said("zh")
    assert not CHINESE.search(refused.value.said("en"))


def test_the_reference_is_what_is_told() -> None:
    described = runpy.run_path(str(ROOT / "tools" / "describe_mistakes.py"))["services_described"]
    written = (ROOT / "docs" / "reference" / "service-mistakes.md").read_text(encoding="utf-8")
    assert written == described(), "run: python tools/describe_mistakes.py"
