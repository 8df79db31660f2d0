"""Base64url without padding (RFC 7515, appendix C), strict: one text for the same bytes.

Promises: what is not the one right form is refused, never repaired.
"""

from binascii import Error, a2b_base64, b2a_base64
from collections.abc import Sequence

from tongban.credentials.refusals import Code, CredentialRefused

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_+/", b"+/**")  # the ordinary alphabet's own characters become invalid
_PADDING = (b"", None, b"==", b"=")


def encode(data: bytes) -> bytes:
    """The text, in ASCII, without padding."""
    return b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=")


def decode(text: bytes, where: str, code: Code = Code.MALFORMED) -> bytes:
    """The bytes; refuses foreign characters, padding, and bits left over at the end."""
    padding = _PADDING[len(text) % 4]
    if padding is None:
        raise CredentialRefused(code, where)
    standard = text.translate(_FROM_URL) + padding
    try:
        data = a2b_base64(standard, strict_mode=True) if standard else b""
    except Error:
        raise CredentialRefused(code, where) from None
    if padding and b2a_base64(data, newline=False) != standard:
        raise CredentialRefused(code, where)
    return data


def encode_many(values: Sequence[bytes]) -> list[str]:
    """The texts of many values; those of one length, such as digests, in a single pass."""
    if not values:
        return []
    length = len(values[0])
    if any(len(value) != length for value in values):
        return [encode(value).decode() for value in values]
    filler = b"\0" * (-length % 3)
    text = encode(filler.join((*values, b""))).decode()
    step, size = (length + len(filler)) // 3 * 4, (length * 4 + 2) // 3
    return [text[start : start + size] for start in range(0, step * len(values), step)]
