"""How late facts about the past may lie: not after the day of the decision."""

from tongban.law.ir import DATE, DATETIME, MONTH, SPELLS, FactDeclared, OptionalType, Type
from tongban.law.values import MINUTES_A_DAY, Date, date_month


def latest(fact: FactDeclared, day: Date) -> int | None:
    """Give the last month, day or minute that the fact may lie in on a day; None where it may lie ahead."""
    if not fact.past:
        return None
    kind = fact.type.item if isinstance(fact.type, OptionalType) else fact.type
    month = date_month(day.ordinal)
    limits: dict[Type, int] = {
        MONTH: month,
        SPELLS: month,
        DATE: day.ordinal,
        DATETIME: (day.ordinal + 1) * MINUTES_A_DAY - 1,
    }
    return limits[kind]


def is_later(value: object, limit: int | None) -> bool:
    """Whether an encoded value, or the end of one of its spells, lies after the limit."""
    if limit is None or value is None:
        return False
    last = max((piece[1] for piece in value), default=0) if isinstance(value, tuple) else value
    return isinstance(last, int) and last > limit
