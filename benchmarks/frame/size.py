"""How much is measured: everything, or a fiftieth of it for a quick try."""

from dataclasses import dataclass

_QUICK_SHARE = 50


@dataclass(frozen=True)
class Size:
    """`quick` is for trying a benchmark out: its figures say little."""

    quick: bool = False

    def of(self, full: int) -> int:
        """So many persons, rows or messages, or a fiftieth of them."""
        return max(full // _QUICK_SHARE, 1) if self.quick else full

    def rounds(self, full: int) -> int:
        """How often each is measured; three times when quick."""
        return min(full, 3) if self.quick else full
