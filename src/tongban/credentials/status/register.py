"""The issuer's own copy of a status list, which it changes and publishes.

Promises: a change touches one entry; publishing a list of a million entries packs only what changed.
"""

import struct
import zlib
from typing import Self

from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.status.bits import SIZES, PackedStatuses

_PIECE = 16_384
_HEAD = b"\x78\xda"
_LAST_BLOCK = b"\x03\x00"


class StatusRegister:
    """Statuses that can be set. Not safe for several threads at once; the caller keeps the order."""

    def __init__(self, size: int, bits: int = 2, *, level: int = 9) -> None:
        """A list of at least `size` entries, all valid, of `bits` bits each (1, 2, 4 or 8)."""
        if bits not in SIZES:
            raise ValueError("bits: expected 1, 2, 4 or 8")
        self.bits = bits
        self._level = level
        self._data = bytearray((size * bits + 7) // 8)
        self._pieces: dict[int, bytes] = {}

    @classmethod
    def from_packed(cls, packed: PackedStatuses) -> Self:
        """Go on with a list that was stored."""
        register = cls(0, packed.bits)
        register._data = bytearray(packed.data)
        return register

    def __len__(self) -> int:
        return len(self._data) * 8 // self.bits

    def set(self, index: int, status: int) -> None:
        """Set one entry. ValueError for a status that does not fit the bits; refuses an index outside."""
        if not 0 <= status < 1 << self.bits:
            raise ValueError(f"status: expected 0 to {(1 << self.bits) - 1}")
        if not 0 <= index < len(self):
            raise CredentialRefused(Code.INDEX_OUT_OF_RANGE, "index")
        position = index * self.bits
        byte, shift = position >> 3, position & 7
        mask = (1 << self.bits) - 1 << shift
        self._data[byte] = self._data[byte] & ~mask & 0xFF | status << shift
        self._pieces.pop(byte // _PIECE, None)

    def packed(self) -> PackedStatuses:
        """The list as it is now."""
        return PackedStatuses(self.bits, bytes(self._data))

    def compressed(self) -> bytes:
        """The list as one zlib stream (RFC 1950) of independently compressed pieces."""
        count = -(-len(self._data) // _PIECE)
        for number in range(count):
            if number not in self._pieces:
                self._pieces[number] = self._compress(number)
        pieces = (self._pieces[number] for number in range(count))
        check = struct.pack(">I", zlib.adler32(self._data))
        return b"".join((_HEAD, *pieces, _LAST_BLOCK, check))

    def _compress(self, number: int) -> bytes:
        packing = zlib.compressobj(self._level, zlib.DEFLATED, -15)
        piece = self._data[number * _PIECE : (number + 1) * _PIECE]
        return packing.compress(piece) + packing.flush(zlib.Z_FULL_FLUSH)
