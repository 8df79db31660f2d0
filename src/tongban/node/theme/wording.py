"""How texts, months, days and moments are written for the reader, in the language of the page.

Promises: a person's own words and names are never converted; times are those of Asia/Shanghai.
"""

import re
from calendar import month_abbr, month_name
from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Protocol, runtime_checkable

from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tongban.node.catalogues import traditional
from tongban.node.clock import LOCAL_ZONE
from tongban.places import PlaceError, place
from tongban.services.text import shown

HTML_LANGUAGES = {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant", "en": "en"}
LANGUAGE_SIGNS = {"zh-hans": "简", "zh-hant": "繁", "en": "EN"}
_SIDES = {"50": "50", "51": "51"}
_HAN = "\u2e80-\u2fdf\u3005\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CHINESE = re.compile(f"([{_HAN}](?:[^A-Za-z]*[{_HAN}])*)")


@runtime_checkable
class BothLanguages(Protocol):
    """Anything that says the same in Chinese and in English."""

    @property
    def zh(self) -> str:
        """The Chinese sentence."""

    @property
    def en(self) -> str:
        """The English sentence."""


def is_english() -> bool:
    """Whether the page is read in English."""
    return (get_language() or "").startswith("en")


def is_language(code: str) -> bool:
    """Whether the page is written in this language."""
    return get_language() == code


def html_language() -> str:
    """The page's language as HTML names it."""
    return HTML_LANGUAGES.get(get_language() or "", "zh-Hans")


def in_script(chinese: str) -> str:
    """Chinese text in the script of the page (简 or 繁)."""
    return traditional(chinese) if get_language() == "zh-hant" else chinese


def spoken(text: BothLanguages | Mapping[str, str] | str | None) -> str:
    """The text in the language of the page; nothing for None. A plain string counts as Chinese."""
    if text is None:
        return ""
    if isinstance(text, str):
        return in_script(text)
    if isinstance(text, Mapping):
        return text["en"] if is_english() else in_script(text["zh"])
    return text.en if is_english() else in_script(text.zh)


def marked(text: str) -> str:
    """Words that somebody typed, as HTML: on an English page what is Chinese in them says so (WCAG 3.1.2).

    A screen reader then speaks it as Chinese, and it has Chinese faces.
    """
    if not is_english() or not _CHINESE.search(text):
        return text
    parts = enumerate(_CHINESE.split(text))
    written = (f'<span lang="zh">{escape(part)}</span>' if n % 2 else escape(part) for n, part in parts)
    return SafeString("".join(written))


def heading(text: BothLanguages | Mapping[str, str]) -> str:
    """The text as it begins a line: with a capital where the language has them."""
    words = spoken(text)
    return words[:1].upper() + words[1:]


def month_words(month: str) -> str:
    """A month `2026-09` as people write it."""
    year, number = int(month[:4]), int(month[5:7])
    if is_english():
        return f"{month_name[number]} {year}"
    return f"{year}年{number}月"


def day_words(day: date) -> str:
    """A day as people write it."""
    if is_english():
        return f"{day.day} {month_name[day.month]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def iso_day(text: str) -> date:
    """The day in a stored `YYYY-MM-DD` or in a longer ISO time."""
    return date.fromisoformat(text[:10])


def local_day(moment: datetime) -> date:
    """The day on which a moment falls in both sides' time."""
    return moment.astimezone(LOCAL_ZONE).date()


def moment_words(moment: datetime) -> str:
    """A moment in local time, to the minute."""
    local = moment.astimezone(LOCAL_ZONE)
    return f"{day_words(local.date())} {local:%H:%M}"


def short_moment(moment: datetime) -> str:
    """A moment without its year, where the year is plain from the surroundings."""
    local = moment.astimezone(LOCAL_ZONE)
    if is_english():
        return f"{local.day} {month_abbr[local.month]} {local:%H:%M}"
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def short_day(day: date) -> str:
    """A day without its year, as short as can be."""
    return f"{day.day}/{day.month}" if is_english() else f"{day.month}月{day.day}日"


def side_class(place: str) -> str:
    """The style class with the colour of the side that a place or a node belongs to."""
    named = {"chongqing": "50", "sichuan": "51"}.get(place) or _SIDES.get(place[:2])
    return f"side-{named}" if named else "side-both"


def yuan_plain(fen: int) -> str:
    """An amount of whole fen in yuan with two decimals, without separators: 123450 is `1234.50`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02}"


def yuan_words(fen: int) -> str:
    """An amount of whole fen in yuan with two decimals and separators: 123450 is `1,234.50`."""
    whole, _, decimals = yuan_plain(fen).partition(".")
    return f"{int(whole):,}.{decimals}" if whole != "-0" else f"-0.{decimals}"


def place_words(code: str) -> str:
    """The name of a place, or its code when nobody knows it."""
    try:
        return spoken(place(code).name)
    except PlaceError:
        return code


def value_words(value: object) -> str:
    """A value of a fact or an outcome as people write it; a history of months has no short form."""
    if value is None:
        return _("没有")
    if isinstance(value, list | tuple):
        return "" if any(isinstance(item, Mapping) for item in value) else "、".join(map(value_words, value))
    text = str(value)
    if isinstance(value, str) and len(text) == 6 and text.isdigit():
        return place_words(text)
    return spoken(shown(value))


def amount_words(name: str, value: object) -> str:
    """A value with its unit, which its name tells: `…months…` counts months."""
    if isinstance(value, int) and not isinstance(value, bool) and "months" in name.split("_"):
        return _("%(count)s 个月") % {"count": value}
    return value_words(value)
