"""Puts a request into a category by the words it holds: plain rules as data, with the words as reasons.

Promises: the same text always gives the same category; what no word puts anywhere is the last category's.
"""

import unicodedata
from dataclasses import dataclass

from tongban.services.definition import Category, Definition


@dataclass(frozen=True)
class Classified:
    """The category of a request and the words that put it there; an officer may correct it."""

    category: Category
    words: tuple[str, ...]


def classify(definition: Definition, request: str) -> Classified:
    """The category whose words stand in the request most often, of equal ones the first listed."""
    if not definition.categories:
        raise ValueError(f"{definition.code} has no categories")
    text = unicodedata.normalize("NFKC", request).casefold()
    best, most = Classified(definition.categories[-1], ()), 0
    for category in definition.categories:
        found = [(word, text.count(folded)) for word, folded in category.folded if folded in text]
        count = sum(times for _, times in found)
        if count > most:
            best, most = Classified(category, tuple(word for word, _ in found)), count
    return best
