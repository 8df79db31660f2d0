"""Numbers behind the text forms of months, dates, times and places; a text met before is not read again."""

from functools import lru_cache

from tongban.law.values import Date, DateTime, Month, PlaceCode

_REMEMBERED = 65_536


@lru_cache(_REMEMBERED)
def month(text: str) -> int:
    """`YYYY-MM` → year × 12 + month − 1."""
    return Month(text).ordinal


@lru_cache(_REMEMBERED)
def date(text: str) -> int:
    """`YYYY-MM-DD` → days since 1970-01-01."""
    return Date(text).ordinal


@lru_cache(_REMEMBERED)
def moment(text: str) -> int:
    """`YYYY-MM-DDTHH:MM` → minutes since 1970-01-01T00:00."""
    return DateTime(text).ordinal


@lru_cache(_REMEMBERED)
def place(text: str) -> int:
    """Six digits → the code as a number."""
    return PlaceCode(text).number
