"""Nobody meets a sentence in a language that they did not choose."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tests.pages.sentences import (
    CHINESE,
    NODE,
    marked,
    modules,
    templates,
    unmarked_in_module,
    unmarked_in_template,
)
from tongban.node.catalogues import read_catalogue, traditional_catalogue

WRITES_DATES = "wording.py"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@pytest.fixture(scope="module")
def english() -> Catalog:
    return read_catalogue(NODE / "locale" / "en" / "LC_MESSAGES" / "django.po")


def test_every_marked_sentence_is_in_the_english_catalogue(english: Catalog) -> None:
    known = {str(message.id) for message in english if message.id}
    assert sorted(marked() - known) == []


def test_the_english_catalogue_has_no_sentence_that_is_no_longer_used(english: Catalog) -> None:
    known = {str(message.id) for message in english if message.id}
    assert sorted(known - marked()) == []


def test_every_english_sentence_is_written_and_is_english(english: Catalog) -> None:
    strings = [str(message.string or "") for message in english if message.id]
    assert [text for text in strings if not text or CHINESE.search(text)] == []


def test_translations_keep_their_placeholders(english: Catalog) -> None:
    traditional = traditional_catalogue(english)
    for catalogue in (english, traditional):
        for message in catalogue:
            wanted = set(PLACEHOLDER.findall(str(message.id)))
            assert set(PLACEHOLDER.findall(str(message.string))) == wanted, message.id


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.name)
def test_no_template_holds_chinese_that_is_not_marked(path: Path) -> None:
    assert unmarked_in_template(path) == []


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if path.name != WRITES_DATES],
    ids=lambda path: f"{path.parent.name}-{path.name}",
)
def test_no_module_holds_chinese_that_is_not_marked(path: Path) -> None:
    assert unmarked_in_module(path) == []
