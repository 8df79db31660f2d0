"""Finds services for what somebody typed, the best first, and says why each was found.

Promises: an exact word counts more than another word for it, that more than pinyin, and that more than a
guess at a typing error; nothing is found for a query that has nothing in common with any service.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from rapidfuzz.distance import OSA

from tongban.node.portal.search.documents import Document
from tongban.node.portal.search.words import is_chinese, query_words, sounding, syllables, synonyms

SHORTEST_GUESS = 4
LETTERS_PER_ERROR = 4
MOST_ERRORS = 2


class Way(Enum):
    """How a word was found, with what it counts."""

    NAME = 10.0
    SYNONYM = 8.0
    PINYIN = 7.0
    INITIALS = 6.0
    GUIDE = 4.0
    GUIDE_SYNONYM = 3.0
    SAME_SOUND = 2.5
    TYPING_ERROR = 2.0


@dataclass(frozen=True)
class Match:
    """One word of the query, the way it was found, and what it was found as."""

    way: Way
    word: str
    found: str


@dataclass(frozen=True)
class Found:
    """A service that was found, with the reason for each word that led to it."""

    document: Document
    matches: tuple[Match, ...]
    score: float


def find(documents: Iterable[Document], query: str) -> list[Found]:
    """The documents that the query means, best first: at least half of what was typed has to be found."""
    words = query_words(query)
    typed = sum(map(len, words))
    found = []
    for document in documents:
        matches = tuple(match for word in words if (match := _best(document, word)))
        met = sum(len(match.word) for match in matches)
        if matches and met * 2 >= typed:
            score = sum(match.way.value * len(match.word) for match in matches) / typed
            found.append(Found(document, matches, score))
    best = max((one.score for one in found), default=0.0)
    likely = [one for one in found if one.score * 3 >= best]
    return sorted(likely, key=lambda one: (-one.score, len(one.document.title), one.document.code))


def _best(document: Document, word: str) -> Match | None:
    ways = _chinese(document, word) if is_chinese(word) else _latin(document, word)
    return max(ways, key=lambda match: match.way.value, default=None)


def _chinese(document: Document, word: str) -> Iterator[Match]:
    if word in document.title:
        yield Match(Way.NAME, word, word)
        return
    others = synonyms().get(word, ())
    for other in others:
        if other in document.title:
            yield Match(Way.SYNONYM, word, other)
    if word in document.body:
        yield Match(Way.GUIDE, word, word)
    for other in others:
        if other in document.body:
            yield Match(Way.GUIDE_SYNONYM, word, other)
    sound = syllables(word)
    if len(sound) > 1 and (start := _run(document.pinyin, sound)) is not None:
        yield Match(Way.SAME_SOUND, word, document.letters[start : start + len(sound)])
    if len(word) >= SHORTEST_GUESS - 1 and (near := _near_run(document.letters, word)):
        yield Match(Way.TYPING_ERROR, word, near)


def _latin(document: Document, word: str) -> Iterator[Match]:
    if word in document.title or any(one.startswith(word) for one in document.english):
        yield Match(Way.NAME, word, next((one for one in document.english if one.startswith(word)), word))
    for other in synonyms().get(word, ()):
        if other in document.title:
            yield Match(Way.SYNONYM, word, other)
    if spelled := _spelled(document, word):
        yield Match(Way.PINYIN, word, spelled)
    if len(word) > 1 and (start := _initials(document, word)) is not None:
        yield Match(Way.INITIALS, word, document.letters[start : start + len(word)])
    for written in sounding().get(word, ()):
        if any(other in document.title for other in synonyms()[written]):
            yield Match(Way.INITIALS if len(written) == len(word) else Way.PINYIN, word, written)
    if word in document.english_body:
        yield Match(Way.GUIDE, word, word)
    if (near := _near_word(document.english, word)) or (near := _near_spelling(document, word)):
        yield Match(Way.TYPING_ERROR, word, near)


def _initials(document: Document, typed: str) -> int | None:
    """Where a word begins whose characters, and those after them, have these initials."""
    initials = "".join(syllable[0] for syllable in document.pinyin)
    return next((start for start in sorted(document.starts) if initials.startswith(typed, start)), None)


def _spelled(document: Document, word: str) -> str:
    """The characters whose pinyin begins with the word; the last syllable may be unfinished."""
    for start in range(len(document.pinyin)):
        typed = ""
        for end in range(start, len(document.pinyin)):
            typed += document.pinyin[end]
            if typed.startswith(word) and len(word) > 1:
                return document.letters[start : end + 1]
            if not word.startswith(typed):
                break
    return ""


def _near_spelling(document: Document, word: str) -> str:
    """The characters whose pinyin differs from the word by a typing error."""
    allowed = _errors(word)
    for start in range(len(document.pinyin)):
        typed = ""
        for end in range(start, len(document.pinyin)):
            typed += document.pinyin[end]
            if len(typed) > len(word) + allowed:
                break
            if allowed and OSA.distance(typed, word, score_cutoff=allowed) <= allowed:
                return document.letters[start : end + 1]
    return ""


def _near_word(words: Sequence[str], word: str) -> str:
    allowed = _errors(word)
    near = (one for one in words if allowed and OSA.distance(one, word, score_cutoff=allowed) <= allowed)
    return next(near, "")


def _near_run(letters: str, word: str) -> str:
    """The part of the name that differs from a word of three or more characters by one of them."""
    runs = (letters[start : start + len(word)] for start in range(len(letters) - len(word) + 1))
    return next((run for run in runs if OSA.distance(run, word, score_cutoff=1) <= 1), "")


def _run(pinyin: Sequence[str], sound: Sequence[str]) -> int | None:
    length = len(sound)
    starts = range(len(pinyin) - length + 1)
    return next((start for start in starts if tuple(pinyin[start : start + length]) == tuple(sound)), None)


def _errors(word: str) -> int:
    """How many typing errors a Latin word may have."""
    return min(len(word) // LETTERS_PER_ERROR, MOST_ERRORS) if len(word) >= SHORTEST_GUESS else 0
