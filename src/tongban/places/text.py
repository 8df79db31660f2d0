"""A sentence or name in Chinese and English, for what this library shows to people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Chinese (`zh`, the authoritative form) and English (`en`)."""

    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.en} / {self.zh}"
