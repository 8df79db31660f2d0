"""Money in whole fen, exact rates, and the fractions between them that must be rounded before use."""

import re
from decimal import Decimal
from fractions import Fraction
from functools import total_ordering
from typing import Self, overload

from tongban.law.ordering import Ordered

_DECIMAL = re.compile(r"(-?)(\d{1,18})(?:\.(\d+))?", re.ASCII)
RATE_SCALE = 1_000_000


class Rate(Ordered):
    """An exact decimal with up to six places (比例)."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        """Read a decimal; ValueError when it has more than six places."""
        self._n = _scaled(text, RATE_SCALE, "a rate has up to six decimal places")

    @classmethod
    def from_millionths(cls, millionths: int) -> Self:
        """Give the rate of so many millionths."""
        return cls._of(millionths)

    @property
    def millionths(self) -> int:
        """The rate times 1,000,000."""
        return self._n

    def __add__(self, other: "Rate") -> "Rate":
        return Rate.from_millionths(self._n + other._n)

    def __sub__(self, other: "Rate") -> "Rate":
        return Rate.from_millionths(self._n - other._n)

    @overload
    def __mul__(self, other: "Fen | FenFraction") -> "FenFraction": ...
    @overload
    def __mul__(self, other: "int | Rate | Fraction") -> Fraction: ...
    def __mul__(self, other: "Fen | FenFraction | int | Rate | Fraction") -> "FenFraction | Fraction":
        own = Fraction(self._n, RATE_SCALE)
        if isinstance(other, Fen | FenFraction):
            return FenFraction(own * other.exact)
        return own * (Fraction(other._n, RATE_SCALE) if isinstance(other, Rate) else other)

    def __rmul__(self, other: int | Fraction) -> Fraction:
        return Fraction(self._n, RATE_SCALE) * other

    def __str__(self) -> str:
        return rate_text(self._n)

    def __repr__(self) -> str:
        return f'Rate("{self}")'


@total_ordering
class FenFraction:
    """Money that is not whole fen yet: it must be rounded before it is used."""

    __slots__ = ("exact",)

    def __init__(self, exact: Fraction) -> None:
        self.exact = exact

    def __add__(self, other: "FenFraction | Fen") -> "FenFraction":
        return FenFraction(self.exact + other.exact)

    def __sub__(self, other: "FenFraction | Fen") -> "FenFraction":
        return FenFraction(self.exact - other.exact)

    __radd__ = __add__

    def __rsub__(self, other: "Fen") -> "FenFraction":
        return FenFraction(other.exact - self.exact)

    def __mul__(self, other: int | Rate) -> "FenFraction":
        return FenFraction(
            self.exact * (Fraction(other.millionths, RATE_SCALE) if isinstance(other, Rate) else other)
        )

    __rmul__ = __mul__

    def __truediv__(self, other: int) -> "FenFraction":
        return FenFraction(self.exact / other)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FenFraction | Fen) and self.exact == other.exact

    def __lt__(self, other: "FenFraction | Fen") -> bool:
        return self.exact < other.exact

    def __hash__(self) -> int:
        return hash(self.exact)


class Fen(Ordered):
    """Money in whole fen (分), hundredths of a yuan; never a fraction of one."""

    __slots__ = ()

    def __init__(self, fen: int) -> None:
        self._n = fen

    @property
    def fen(self) -> int:
        """The amount in fen."""
        return self._n

    @property
    def exact(self) -> Fraction:
        """The amount in fen as a fraction."""
        return Fraction(self._n)

    @overload
    def __add__(self, other: "Fen") -> "Fen": ...
    @overload
    def __add__(self, other: FenFraction) -> FenFraction: ...
    def __add__(self, other: "Fen | FenFraction") -> "Fen | FenFraction":
        return Fen(self._n + other._n) if isinstance(other, Fen) else other + self

    @overload
    def __sub__(self, other: "Fen") -> "Fen": ...
    @overload
    def __sub__(self, other: FenFraction) -> FenFraction: ...
    def __sub__(self, other: "Fen | FenFraction") -> "Fen | FenFraction":
        return Fen(self._n - other._n) if isinstance(other, Fen) else FenFraction(self.exact - other.exact)

    def __neg__(self) -> "Fen":
        return Fen(-self._n)

    def __abs__(self) -> "Fen":
        return Fen(abs(self._n))

    @overload
    def __mul__(self, other: int) -> "Fen": ...
    @overload
    def __mul__(self, other: Rate | Fraction) -> FenFraction: ...
    def __mul__(self, other: int | Rate | Fraction) -> "Fen | FenFraction":
        if isinstance(other, int):
            return Fen(self._n * other)
        return FenFraction(
            self.exact * (Fraction(other.millionths, RATE_SCALE) if isinstance(other, Rate) else other)
        )

    __rmul__ = __mul__

    def __truediv__(self, other: int) -> FenFraction:
        return FenFraction(Fraction(self._n, other))

    def __floordiv__(self, other: "Fen") -> int:
        return self._n // other._n

    def __mod__(self, other: "Fen") -> "Fen":
        return Fen(self._n % other._n)

    def __str__(self) -> str:
        return yuan_text(self._n)

    def __repr__(self) -> str:
        return f'yuan("{self}")'


def yuan(text: str) -> Fen:
    """Give the money written in yuan, with at most two decimals; ValueError otherwise."""
    return Fen(_scaled(text, 100, "money is yuan with at most two decimals"))


def yuan_text(fen: int) -> str:
    """Write fen as yuan with two decimals."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def rate_text(millionths: int) -> str:
    """Write a rate as the shortest decimal."""
    text = format(Decimal(millionths).scaleb(-6), "f").rstrip("0").rstrip(".")
    return text or "0"


def _scaled(text: str, scale: int, expected: str) -> int:
    match = _DECIMAL.fullmatch(text)
    if match is None:
        raise ValueError(expected)
    sign, whole, decimals = match.groups()
    exact, places = (decimals or "").rstrip("0"), len(str(scale)) - 1
    if len(exact) > places:
        raise ValueError(expected)
    number = int(whole) * scale + int(exact.ljust(places, "0") or 0)
    return -number if sign else number
