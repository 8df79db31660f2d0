"""What the search looks through: one document a service, prepared once for quick looking."""

from dataclasses import dataclass
from functools import cached_property

from tongban.node.portal.search.words import is_chinese, plain, syllables, word_starts
from tongban.services import Text


@dataclass(frozen=True)
class Document:
    """One service: `name` counts most, `said` is all else that its guide says; `code` is what is found."""

    code: str
    name: Text
    said: tuple[Text, ...] = ()

    @cached_property
    def title(self) -> str:
        """The Chinese name as the search sees it."""
        return plain(self.name.zh)

    @cached_property
    def body(self) -> str:
        """All Chinese sentences of the guide."""
        return "\n".join(plain(text.zh) for text in self.said)

    @cached_property
    def english(self) -> tuple[str, ...]:
        """The words of the English name."""
        return _latin_words(self.name.en)

    @cached_property
    def english_body(self) -> frozenset[str]:
        """The words of the English guide."""
        return frozenset(word for text in self.said for word in _latin_words(text.en))

    @cached_property
    def pinyin(self) -> tuple[str, ...]:
        """The pinyin of the Chinese name, one syllable a character."""
        return syllables("".join(letter for letter in self.title if is_chinese(letter)))

    @cached_property
    def letters(self) -> str:
        """The Chinese characters of the name, at the same positions as `pinyin`."""
        return "".join(letter for letter in self.title if is_chinese(letter))

    @cached_property
    def starts(self) -> frozenset[int]:
        """The positions of `letters` at which a word begins."""
        return word_starts(self.letters)


def _latin_words(text: str) -> tuple[str, ...]:
    cleaned = "".join(letter if letter.isalnum() else " " for letter in plain(text))
    return tuple(word for word in cleaned.split() if not is_chinese(word))
