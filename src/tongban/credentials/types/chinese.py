"""Traditional characters for what is written once in simplified ones."""

from functools import cache, lru_cache

from opencc import OpenCC


@cache
def _converter() -> OpenCC:
    return OpenCC("s2tw")


@lru_cache(maxsize=4096)
def traditional(text: str) -> str:
    """The text in traditional characters (Taiwan's standard, words unchanged), as the pages write it."""
    return str(_converter().convert(text))
