"""What pages say in Chinese, as they say it to who reads them in English: by the catalogue or the data."""

import tomllib
from collections.abc import Iterator
from functools import cache

import pytest
from django.utils.translation import gettext, override

from tests.reach import SAME_SQL
from tests.services.shipped import SHIPPED
from tongban.services import shown

LANGUAGES = ("zh-hans", pytest.param("en", marks=SAME_SQL))
_ANSWERS = {shown(answer).zh: shown(answer).en for answer in (True, False)}


def spoken(chinese: str, language: str) -> str:
    """The words on a page in that language. Raises KeyError for words that no page says."""
    if language == "zh-hans":
        return chinese
    if chinese in _ANSWERS:
        return _ANSWERS[chinese]
    with override(language):
        translated = gettext(chinese)
    return translated if translated != chinese else _english()[chinese]


@cache
def _english() -> dict[str, str]:
    files = [*SHIPPED.glob("*/*.toml"), *SHIPPED.parent.glob("node/casework/kinds/*.toml")]
    return dict(pair for file in sorted(files) for pair in _pairs(tomllib.loads(file.read_text("utf-8"))))


def _pairs(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for one in value:
            yield from _pairs(one)
    if isinstance(value, dict):
        if isinstance(value.get("zh"), str) and isinstance(value.get("en"), str):
            yield value["zh"], value["en"]
        for one in value.values():
            yield from _pairs(one)
