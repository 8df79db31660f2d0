"""The wording of articles of law, from articles.toml, found by how rules cite them.

Promises: only what the file holds is quoted, with the day since which it holds and how sure it is; a
citation of anything else quotes nothing.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources
from operator import itemgetter

from pydantic import Field

from tongban.law.citations import whole_number
from tongban.services.definition import Confidence
from tongban.services.text import Data, Text

_NUMBER = "第[一二三四五六七八九十百千零]+条"
_NUMBERS = re.compile(f"》?(?:（[^（）]*）)?((?:{_NUMBER}[、和至]?)+)")


class Article(Data):
    """One article: `text` holds the law's own words in Chinese and a translation without force."""

    act: Text
    number: str
    text: Text
    since: date
    confidence: Confidence

    @property
    def heading(self) -> Text:
        """Act and number in both languages."""
        return Text(zh=f"{self.act.zh}{self.number}", en=f"{self.act.en}, article {_counted(self.number)}")


class _Wording(Data):
    """An article; where its wording is less sure than the act's others, `confidence` says so."""

    number: str = Field(pattern=f"^{_NUMBER}$")
    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
    confidence: Confidence | None = None


class _Act(Data):
    names: tuple[str, ...] = Field(min_length=1)
    title: Text
    since: date
    confidence: Confidence
    articles: tuple[_Wording, ...] = Field(min_length=1)


class _Document(Data):
    acts: tuple[_Act, ...]


def quoted_in(citation: str) -> tuple[Article, ...]:
    """The articles that a citation names and whose wording is known, in its order.

    An act's name is followed by its numbers at once, 至 between two stands for all from one to the other:
    社会保险法第二十七条, 《某条例》第三十五条、第三十六条, 第三十五条至第三十七条.
    """
    found: dict[str, tuple[int, Article]] = {}
    for name, articles in _by_name().items():
        for named in re.finditer(re.escape(name), citation):
            numbers = _NUMBERS.match(citation, named.end())
            for article in _among(articles, numbers[1]) if numbers else ():
                found.setdefault(article.heading.zh, (named.end(), article))
    return tuple(article for _, article in sorted(found.values(), key=itemgetter(0)))


def _among(articles: Mapping[str, Article], numbers: str) -> Iterator[Article]:
    """The articles whose numbers stand in an enumeration, in its order."""
    for part in re.split("[、和]", numbers):
        ends = [_counted(number) for number in re.findall(_NUMBER, part)]
        for article in articles.values():
            if ends and ends[0] <= _counted(article.number) <= ends[-1]:
                yield article


def read(text: str) -> dict[str, dict[str, Article]]:
    """The articles of a TOML text by the act's names and their number.

    Raises ValidationError that names the key.
    """
    document = _Document.model_validate(tomllib.loads(text), strict=False)
    by_act = [(act, {one.number: _article(act, one) for one in act.articles}) for act in document.acts]
    return {name: articles for act, articles in by_act for name in act.names}


def _article(act: _Act, wording: _Wording) -> Article:
    text = Text(zh=wording.zh, en=wording.en)
    confidence = wording.confidence or act.confidence
    return Article(act=act.title, number=wording.number, text=text, since=act.since, confidence=confidence)


def _counted(number: str) -> int:
    """The whole number in 第…条."""
    return whole_number(number[1:-1])


@cache
def _by_name() -> dict[str, dict[str, Article]]:
    return read(resources.files("tongban.services").joinpath("articles.toml").read_text(encoding="utf-8"))
