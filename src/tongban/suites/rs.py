"""Signatures of two numbers r and s: 64 bytes on the wire, DER inside the libraries.

One signature has exactly one form on the wire, so nothing about it can be varied on the way.
"""

HALF = 32
"""Bytes of r and of s on a curve of 256 bits."""


def from_der(signature: bytes) -> bytes:
    """r and s, 32 bytes each, of a DER signature that the own library has made."""
    end = 4 + signature[3]
    r, s = signature[4:end], signature[end + 2 :]
    return r[-HALF:].rjust(HALF, b"\0") + s[-HALF:].rjust(HALF, b"\0")


def to_der(signature: bytes) -> bytes | None:
    """The DER form of r and s; None when it is not 64 bytes long."""
    if len(signature) != 2 * HALF:
        return None
    r, s = _integer(signature[:HALF]), _integer(signature[HALF:])
    return bytes((0x30, len(r) + len(s))) + r + s


def _integer(half: bytes) -> bytes:
    """The DER form of one number: as short as it can be, a zero in front where it would be negative."""
    if 0 < half[0] < 0x80:
        return b"\x02\x20" + half
    if half[0]:
        return b"\x02\x21\0" + half
    short = half.lstrip(b"\0")
    if not short or short[0] >= 0x80:
        short = b"\0" + short
    return bytes((2, len(short))) + short
