"""Finds Chinese in a page that is meant to be English, and simplified characters in a traditional one."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

from opencc import OpenCC

from tests.pages.sentences import CHINESE

_TO_TRADITIONAL = OpenCC("s2t")
_VOID = frozenset({"meta", "link", "input", "br"})


class _Reader(HTMLParser):
    """Collects text that is wrong outside elements in a language that begins so."""

    def __init__(self, is_wrong: Callable[[str], object], other: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._is_wrong, self._other = is_wrong, other
        self._languages: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self._languages.append(dict(attrs).get("lang") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._languages.pop()

    def handle_data(self, data: str) -> None:
        is_other = any(re.match(self._other, language, re.IGNORECASE) for language in self._languages)
        if self._is_wrong(data) and not is_other:
            self.found.append(data.strip())


def chinese_left_over(page: str) -> list[str]:
    return _left_over(page, CHINESE.search, "zh")


def simplified_left_over(page: str) -> list[str]:
    """Text with a character that traditional Chinese does not write, but for people's own words."""
    return _left_over(page, _is_simplified, r"zh$|zh-hans")


def _is_simplified(text: str) -> bool:
    return any(_is_only_simplified(one) for one in CHINESE.findall(text))


def _is_only_simplified(character: str) -> bool:
    """Big5 has no place for what only simplified Chinese writes."""
    try:
        character.encode("big5")
    except UnicodeEncodeError:
        return bool(_TO_TRADITIONAL.convert(character) != character)
    return False


def _left_over(page: str, is_wrong: Callable[[str], object], other: str) -> list[str]:
    reader = _Reader(is_wrong, other)
    reader.feed(page)
    return reader.found
