"""The guide to adding a service names what the loader takes."""

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from tongban.law import load_rulesets
from tongban.law.examples import examples_of, failures
from tongban.services import Known, explain, facts, load, propose
from tongban.services.definition import Definition
from tongban.services.question import QuestionType

GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "add-a-service.md").read_text(encoding="utf-8")


def test_every_key_of_a_service_is_explained_and_no_other() -> None:
    rows = re.findall(r"^\| (`.*?) \| .+ \|$", GUIDE, re.MULTILINE)
    keys = {key for row in rows for key in re.findall(r"`([a-z_]+)`", row)}
    assert keys == set(Definition.model_fields)


def test_every_type_of_question_is_named() -> None:
    sentence = GUIDE.partition("Types are ")[2].partition(";")[0]
    kinds = {
        kind for alternative in get_args(QuestionType) for kind in get_args(alternative) or (alternative,)
    }
    assert set(re.findall(r"`([a-z-]+)`", sentence)) == kinds


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the guide shows, as a reader would write it."""
    shown = GUIDE.partition("\n## A whole folder\n")[2]
    files = re.findall(
        r"`([a-z/]+\.(?:toml|py))`[^`]*:\n\n```\w+\n(.*?)^```", shown, re.MULTILINE | re.DOTALL
    )
    for name, text in files:
        path = tmp_path / "reader_card" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "reader_card"


def test_the_folder_that_the_guide_shows_is_whole_and_decides(folder: Path) -> None:
    service = load(folder.parent)["reader-card"]
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*"))
    assert names == ["demo/records.toml", "examples/cards.toml", "form.toml", "rules.py", "service.toml"]
    record = tomllib.loads((folder / "demo" / "records.toml").read_text(encoding="utf-8"))["records"][0]
    known = Known(person={}, case={}, answers={}, evidence={record["evidence"]: (record["values"],)})
    found = explain(service, facts(service.definition, known), date(2026, 11, 2))
    assert propose(service.definition, found["outcomes"], {}, "510100").outcome == "granted"


def test_the_examples_that_the_guide_shows_hold(folder: Path) -> None:
    law = load_rulesets(folder.parent)["reader-card"]
    shown = examples_of(law)
    assert shown
    assert [why.en for one in shown for why in failures(law, one)] == []
