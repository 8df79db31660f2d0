"""Many statuses of 1, 2, 4 or 8 bits packed into bytes, lowest bits first (Token Status List, section 4).

Promises: an index beyond the end is refused; what would unpack to more than allowed is not unpacked.
"""

import zlib
from dataclasses import dataclass
from typing import Self

from tongban.credentials import base64url
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused

SIZES = frozenset({1, 2, 4, 8})
_MASKS = {1: 1, 2: 3, 4: 15, 8: 255}


@dataclass(frozen=True, slots=True)
class PackedStatuses:
    """A list as a verifier holds it."""

    bits: int
    data: bytes

    def __len__(self) -> int:
        return len(self.data) * 8 // self.bits

    def status(self, index: int) -> int:
        """The value at `index`; refuses an index outside of the list."""
        bits = self.bits
        if index >= 0:
            position = index * bits
            try:
                return self.data[position >> 3] >> (position & 7) & _MASKS[bits]
            except IndexError:
                pass
        raise CredentialRefused(Code.INDEX_OUT_OF_RANGE, "status.status_list.idx")

    def to_text(self, level: int = 9) -> str:
        """The `lst` member: zlib-compressed, in base64url."""
        return base64url.encode(zlib.compress(self.data, level)).decode()

    @classmethod
    def from_text(cls, bits: object, text: object, limits: Limits = DEFAULT_LIMITS) -> Self:
        """Read `bits` and `lst`."""
        if not isinstance(text, str) or len(text) > limits.list_bytes:
            raise CredentialRefused(Code.MALFORMED, "status_list.lst")
        try:
            compressed = base64url.decode(text.encode("ascii"), "status_list.lst")
        except UnicodeEncodeError:
            raise CredentialRefused(Code.MALFORMED, "status_list.lst") from None
        return cls.from_compressed(bits, compressed, limits)

    @classmethod
    def from_compressed(cls, bits: object, compressed: bytes, limits: Limits = DEFAULT_LIMITS) -> Self:
        """Unpack a zlib stream that must end where the data end."""
        if type(bits) is not int or bits not in SIZES:
            raise CredentialRefused(Code.MALFORMED, "status_list.bits")
        unpacking = zlib.decompressobj()
        try:
            data = unpacking.decompress(compressed, limits.unpacked_bytes)
        except zlib.error:
            raise CredentialRefused(Code.MALFORMED, "status_list.lst") from None
        if unpacking.unconsumed_tail:
            raise CredentialRefused(Code.DECOMPRESSION_BOMB, "status_list.lst")
        if not unpacking.eof or unpacking.unused_data:
            raise CredentialRefused(Code.MALFORMED, "status_list.lst")
        return cls(bits, data)
