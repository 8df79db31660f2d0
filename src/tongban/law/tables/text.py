"""Numbers behind the text forms of facts: months, dates, money, rates, places; one value at a time."""

from collections.abc import Callable

from tongban.law.money import Rate, yuan
from tongban.law.values import Date, DateTime, Month, PlaceCode

TextReader = Callable[[str], int]


def month(text: str) -> int:
    """`YYYY-MM` → year × 12 + month − 1."""
    return Month(text).ordinal


def date(text: str) -> int:
    """`YYYY-MM-DD` → days since 1970-01-01."""
    return Date(text).ordinal


def moment(text: str) -> int:
    """`YYYY-MM-DDTHH:MM` → minutes since 1970-01-01T00:00."""
    return DateTime(text).ordinal


def money(text: str) -> int:
    """Yuan with at most two decimals → fen."""
    return yuan(text).fen


def rate(text: str) -> int:
    """A decimal with at most six places → millionths."""
    return Rate(text).millionths


def place(text: str) -> int:
    """Six digits → the code as a number."""
    return PlaceCode(text).number
