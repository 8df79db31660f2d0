"""The catalogue of mistakes in rule sets: what is wrong and what to write instead, in Chinese and English.

A mistake's name is its stable code, with the case after a slash where one code tells several things. The
texts stand in the TOML files beside this one; they are read when the first mistake is told.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tongban.law.errors import Place, RuleSetError
from tongban.law.ir import Text

PARTS = ("statements", "values", "arithmetic", "functions", "lists", "declarations", "parameters", "files")
_LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Mistake:
    """One mistake: what is wrong and what to write instead, with places for what an author wrote."""

    name: str
    wrong: Text
    instead: Text


@cache
def catalogue(part: str) -> Mapping[str, Mistake]:
    """Give the mistakes of one part of PARTS by name."""
    written = tomllib.loads(Path(__file__).with_name(f"{part}.toml").read_text(encoding="utf-8"))
    return {
        name: Mistake(name, Text(texts["zh"], texts["en"]), Text(texts["zh_instead"], texts["en_instead"]))
        for name, texts in written.items()
    }


def find(name: str) -> Mistake:
    """Give the mistake of that name; KeyError when the catalogue lacks it."""
    for part in PARTS:
        if name in catalogue(part):
            return catalogue(part)[name]
    raise KeyError(name)


def tell(name: str, where: Place, said: Mapping[str, object] = {}, key: str = "") -> RuleSetError:
    """Give the mistake as an error at its place; `said` fills the texts, `key` is the path in a TOML file."""
    mistake = find(name)
    wrong, instead = (_filled(text, said) for text in (mistake.wrong, mistake.instead))
    if key:
        wrong = Text(f"{key}：{wrong.zh}", f"{key}: {wrong.en}")
    return RuleSetError(name, where, wrong, instead)


def _filled(text: Text, said: Mapping[str, object]) -> Text:
    zh, en = (
        text.of(lang).format_map(
            {name: value.of(lang) if isinstance(value, Text) else value for name, value in said.items()}
        )
        for lang in _LANGUAGES
    )
    return Text(zh, en)
