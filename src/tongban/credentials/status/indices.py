"""Which entry of a status list the next credential gets: every entry once, in an order nobody can foresee.

Promises: a permutation of the whole list that depends on a secret, so that neighbouring entries tell nothing
about who was served when; no search, no state but a counter.
"""

import hashlib
import hmac
from dataclasses import dataclass, field

_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class IndexOrder:
    """The order of a list of `size` entries (at least 2) under a secret of its own."""

    size: int
    secret: bytes = field(repr=False)

    def index(self, count: int) -> int:
        """The entry of the credential that is number `count`, from 0; ValueError when the list is full."""
        if not 0 <= count < self.size:
            raise ValueError(f"the list of {self.size} entries is full; begin another")
        half = max(1, ((self.size - 1).bit_length() + 1) // 2)
        value = self._shuffled(count, half)
        while value >= self.size:
            value = self._shuffled(value, half)
        return value

    def _shuffled(self, value: int, half: int) -> int:
        """A Feistel network over 2 * `half` bits."""
        left, right = value >> half, value & (1 << half) - 1
        for number in range(_ROUNDS):
            message = bytes([number]) + right.to_bytes(8, "big")
            mixed = int.from_bytes(hmac.digest(self.secret, message, hashlib.sha256)[:8], "big")
            left, right = right, left ^ mixed & (1 << half) - 1
        return left << half | right
