"""Text as the search sees it: one script, one width, cut into words, with its pinyin.

Promises: the same text always gives the same words; a simplified and a traditional text give the same.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from opencc import OpenCC

if TYPE_CHECKING:
    from rjieba import Jieba

_HAN = re.compile(r"[\u3400-\u9fff]")
_PIECES = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")
MOST_CHARACTERS = 60


@cache
def _data() -> Mapping[str, list[list[str]] | list[str]]:
    return tomllib.loads(files(__package__).joinpath("synonyms.toml").read_text(encoding="utf-8"))


@cache
def synonyms() -> Mapping[str, tuple[str, ...]]:
    """For every word of the data file, the other words of its groups."""
    found: dict[str, tuple[str, ...]] = {}
    for group in _data()["groups"]:
        for word in group:
            found[word] = (*found.get(word, ()), *(other for other in group if other != word))
    return found


@cache
def sounding() -> Mapping[str, tuple[str, ...]]:
    """For the pinyin and for the initials of every Chinese word of the data file, those words."""
    found: dict[str, tuple[str, ...]] = {}
    for word in filter(is_chinese, synonyms()):
        sound = syllables(word)
        for typed in ("".join(sound), "".join(syllable[0] for syllable in sound)):
            found[typed] = (*found.get(typed, ()), word)
    return found


@cache
def ignored() -> frozenset[str]:
    """Words that tell nothing about what is looked for."""
    return frozenset(str(word) for word in _data()["ignored"])


@cache
def _cutter() -> "Jieba":
    from rjieba import Jieba  # noqa: PLC0415 - its dictionary is large and only searching reads it

    cutter = Jieba()
    for word in synonyms():
        if _HAN.search(word):
            cutter.add_word(word, None, None)
    return cutter


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def plain(text: str) -> str:
    """The text in simplified characters, half width and small letters."""
    return str(_simplifier().convert(unicodedata.normalize("NFKC", text).casefold()))


def is_chinese(word: str) -> bool:
    """Whether the word has a Chinese character."""
    return _HAN.search(word) is not None


def query_words(query: str) -> list[str]:
    """The words of a query that tell something, each once; all of them when none does."""
    pieces = _PIECES.findall(plain(query)[:MOST_CHARACTERS])
    words = list(
        dict.fromkeys(
            word for piece in pieces for word in (_cutter().cut(piece) if is_chinese(piece) else [piece])
        )
    )
    return [word for word in words if word not in ignored()] or words


def word_starts(chinese: str) -> frozenset[int]:
    """Where words begin in a Chinese text, those of the data file within longer ones included."""
    starts, at = set(), 0
    for word in _cutter().cut(chinese):
        starts.add(at)
        at += len(word)
    for word in filter(is_chinese, synonyms()):
        starts.update(match.start() for match in re.finditer(re.escape(word), chinese))
    return frozenset(starts)


@lru_cache(maxsize=4096)
def syllables(chinese: str) -> tuple[str, ...]:
    """The pinyin of a text without tones, one syllable a character; Latin parts stay as they are."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - its tables are large and only searching reads them

    return tuple(lazy_pinyin(chinese))
