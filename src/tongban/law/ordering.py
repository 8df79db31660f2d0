"""Values ordered by one integer, each kind only within itself."""

from typing import Self


class Ordered:
    """Equality, order and hash by one integer, within one class only."""

    __slots__ = ("_n",)
    _n: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._n == other._n

    def __lt__(self, other: Self) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self._n < other._n

    def __le__(self, other: Self) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self._n <= other._n

    def __gt__(self, other: Self) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self._n > other._n

    def __ge__(self, other: Self) -> bool:
        if not isinstance(other, type(self)):
            return NotImplemented
        return self._n >= other._n

    def __hash__(self) -> int:
        return hash((type(self).__name__, self._n))

    @classmethod
    def _of(cls, n: int) -> Self:
        made = cls.__new__(cls)
        made._n = n
        return made
