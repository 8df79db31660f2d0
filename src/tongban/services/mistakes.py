"""What is told of a mistake in a service's folder or a procedure's file, in both languages (`mistakes.toml`).

Promises: a mistake's name is its stable code; the code names it and fills its text, and says nothing itself.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from tongban.services.text import Text

FALLBACK = "other"
"""The check of types and sizes whose Chinese stands for all that have none of their own."""
_CHECKS = "pydantic"


@cache
def catalogue() -> Mapping[str, Text]:
    """The texts of all mistakes that Tongban names itself, by name."""
    return {name: Text(**texts) for name, texts in _written().items() if name != _CHECKS}


@cache
def checks() -> Mapping[str, str]:
    """The Chinese of checks of types and sizes, by pydantic's name of the check."""
    return {name: texts["zh"] for name, texts in _written()[_CHECKS].items()}


def told(name: str, said: Mapping[str, object]) -> Text:
    """The text of a mistake with what the author wrote; KeyError for one without a text."""
    text = catalogue()[name]
    filled = {lang: {key: _in(lang, value) for key, value in said.items()} for lang in ("zh", "en")}
    return Text(zh=text.zh.format_map(filled["zh"]), en=text.en.format_map(filled["en"]))


def mistake(name: str, /, **said: str) -> PydanticCustomError:
    """The mistake as an error that a model's check raises."""
    return PydanticCustomError(cast("Any", name), cast("Any", catalogue()[name].en), {**said})


def found(error: ValidationError) -> tuple[str, str, Text]:
    """Name, key and text of the first mistake that the checks of a model found."""
    first = error.errors(include_url=False)[0]
    name, key, said = first["type"], ".".join(str(part) for part in first["loc"]), first.get("ctx", {})
    if name in catalogue():
        return name, key, told(name, said)
    zh = checks().get(name, checks()[FALLBACK])
    return name, key, Text(zh=zh.format_map({**said, "message": first["msg"]}), en=first["msg"])


def _in(lang: str, value: object) -> object:
    return (value.zh if lang == "zh" else value.en) if isinstance(value, Text) else value


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
