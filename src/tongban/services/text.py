"""A sentence in both languages, and how values of facts and outcomes are written for people.

Promises: a text never lacks a language; placeholders are filled from named values only.
"""

import re
from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict, Field

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])", re.ASCII)
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)
_MONEY = re.compile(r"-?\d+\.\d{2}")
_PLACEHOLDER = re.compile(r"\{([a-z0-9_]+)\}")


class Data(BaseModel):
    """A frozen, strictly checked piece of a service's data files."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Text(Data):
    """The same sentence in Chinese and in English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def to_json(self) -> dict[str, str]:
        """The form in which it is stored."""
        return {"zh": self.zh, "en": self.en}

    def filled(self, values: Mapping[str, object]) -> "Text":
        """The text with every `{name}` replaced; a Text as value gives each language its own.

        Raises KeyError for a name that has no value.
        """
        return Text(zh=_fill(self.zh, values, "zh"), en=_fill(self.en, values, "en"))

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that `filled` needs."""
        return frozenset(_PLACEHOLDER.findall(self.zh + self.en))


def shown(value: object) -> Text:
    """A value as people write it: days, months and money in each language's way, yes and no as words."""
    if isinstance(value, Text):
        return value
    if value is None:
        return _UNKNOWN
    if isinstance(value, bool):
        return Text(zh="是" if value else "否", en="Yes" if value else "No")
    text = str(value)
    if _MONTH.fullmatch(text):
        first = date(int(text[:4]), int(text[5:]), 1)
        return Text(zh=f"{first.year}年{first.month}月", en=first.strftime("%B %Y"))
    if _DAY.fullmatch(text):
        return _shown_day(text)
    if _MONEY.fullmatch(text):
        amount = f"{int(text[:-3]):,}{text[-3:]}"
        return Text(zh=f"{amount} 元", en=f"CNY {amount}")
    return Text(zh=text or "—", en=text or "—")


_UNKNOWN = Text(zh="尚不能确定", en="not known yet")


def _shown_day(text: str) -> Text:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return Text(zh=text, en=text)
    return Text(zh=f"{day.year}年{day.month}月{day.day}日", en=f"{day.day} {day.strftime('%B %Y')}")


def _fill(template: str, values: Mapping[str, object], language: str) -> str:
    return _PLACEHOLDER.sub(lambda found: str(getattr(shown(values[found[1]]), language)), template)
