"""What numbers can be where nothing narrower is declared."""

from tongban.law.ir import Range
from tongban.law.values import Date, DateTime

MOST_SPELLS = 500
MOST_ITEMS = 1000
DEFAULT_RANGES: dict[str, Range] = {
    "int": Range(-(10**9), 10**9),
    "float": Range(-1e15, 1e15),
    "fen": Range(0, 10**12),
    "rate": Range(0, 10**9),
    "month": Range(1900 * 12, 2199 * 12 + 11),
    "date": Range(Date("1900-01-01").ordinal, Date("2199-12-31").ordinal),
    "datetime": Range(DateTime("1900-01-01T00:00").ordinal, DateTime("2199-12-31T23:59").ordinal),
}
LIST_RANGE = Range(0, MOST_ITEMS)
