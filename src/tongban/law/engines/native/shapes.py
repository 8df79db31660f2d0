"""How facts and outcomes lie in memory: the width of their numbers, and what a kernel may rely on."""

from dataclasses import dataclass

from tongban.law import ir
from tongban.law.engines.program import Target, plain

_STORED = {
    "bool": "i8",
    "int": "i64",
    "float": "double",
    "str": "i32",
    "month": "i32",
    "date": "i32",
    "datetime": "i64",
    "fen": "i64",
    "rate": "i64",
    "place": "i32",
}


@dataclass(frozen=True)
class Shape:
    """How the table holds a fact: the width of its numbers, and whether some may be missing (or all are).

    `form` is that of cells which the kernel reads itself, else empty. `most` is, for spells, a number of them
    that nobody has more of; 0 where it is not known.
    """

    stored: str
    may_miss: bool = False
    absent: bool = False
    form: str = ""
    most: int = 0


def stored_type(kind: ir.Type) -> str:
    """The width in which a fact or an outcome of this type lies in memory."""
    if isinstance(kind, ir.OptionalType):
        return stored_type(kind.item)
    return "i8" if isinstance(kind, ir.EnumType) else _STORED[str(getattr(kind, "name", ""))]


def outcome_type(target: Target, *, for_arrow: bool) -> str:
    """The width in which an outcome lies in memory; `halves` is a decimal as Arrow holds it."""
    kind = plain(target.type)
    if for_arrow and kind in (ir.FEN, ir.RATE):
        return "halves"
    stored = stored_type(kind)
    proven = target.range
    if for_arrow or stored != "i64" or proven is None:
        return stored
    low, high = int(proven.low), int(proven.high)
    return next(
        (f"i{bits}" for bits in (8, 16, 32) if -(2 ** (bits - 1)) <= low and high < 2 ** (bits - 1)), "i64"
    )
