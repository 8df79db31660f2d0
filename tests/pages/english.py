"""Finds Chinese in a page that is meant to be English."""

from html.parser import HTMLParser

from tests.pages.sentences import CHINESE

_VOID = frozenset({"meta", "link", "input", "br"})


class _Reader(HTMLParser):
    """Collects text with Chinese outside elements that say they are Chinese."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._languages: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self._languages.append(dict(attrs).get("lang") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._languages.pop()

    def handle_data(self, data: str) -> None:
        is_chinese = any(language.startswith("zh") for language in self._languages)
        if CHINESE.search(data) and not is_chinese:
            self.found.append(data.strip())


def chinese_left_over(page: str) -> list[str]:
    reader = _Reader()
    reader.feed(page)
    return reader.found
