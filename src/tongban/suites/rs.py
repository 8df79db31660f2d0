"""Signatures of two numbers r and s: 64 bytes on the wire, DER inside the libraries.

One signature has exactly one form on the wire, so nothing about it can be varied on the way.
"""

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

HALF = 32
"""Bytes of r and of s on a curve of 256 bits."""


def from_der(signature: bytes) -> bytes:
    """r and s, 32 bytes each, of a DER signature that the own library has made."""
    r, s = decode_dss_signature(signature)
    return r.to_bytes(HALF, "big") + s.to_bytes(HALF, "big")


def to_der(signature: bytes) -> bytes | None:
    """The DER form of r and s; None when it is not 64 bytes long."""
    if len(signature) != 2 * HALF:
        return None
    return encode_dss_signature(
        int.from_bytes(signature[:HALF], "big"), int.from_bytes(signature[HALF:], "big")
    )
