"""Base64url without padding (RFC 7515, appendix C), strict: one text for the same bytes.

Promises: what is not the one right form is refused, never repaired.
"""

from binascii import Error
from collections.abc import Iterable, Sequence

from pybase64 import b64decode, b64encode

from tongban.credentials.refusals import Code, CredentialRefused

_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_+/", b"+/**")  # the ordinary alphabet's own characters become invalid
_PADDING = (b"", b"", b"==", b"=")
_LAST = (b"", b"", b"AQgw", b"AEIMQUYcgkosw048")  # last characters that leave no bit over


def encode(data: bytes) -> bytes:
    """The text, in ASCII, without padding."""
    return b64encode(data).translate(_TO_URL, b"=")


def encode_parts(parts: Iterable[bytes], separator: bytes) -> bytes:
    """The texts of several values with a separator between them, which the alphabet does not have."""
    return separator.join([b64encode(part) for part in parts]).translate(_TO_URL, b"=")


def decode(text: bytes, where: str, code: Code = Code.MALFORMED) -> bytes:
    """The bytes; refuses foreign characters, padding, and bits left over at the end."""
    over = len(text) & 3
    try:
        if over and (over == 1 or text[-1] not in _LAST[over]):
            raise CredentialRefused(code, where)
        return b64decode(text.translate(_FROM_URL) + _PADDING[over], validate=True)
    except Error:
        raise CredentialRefused(code, where) from None


def encode_many(values: Sequence[bytes]) -> list[str]:
    """The texts of several values of one length, such as digests, in a single pass."""
    if not values:
        return []
    length = len(values[0])
    filler = b"\0" * (-length % 3)
    text = b64encode(filler.join(values) + filler).translate(_TO_URL).decode("ascii")
    step, size = (length + 2) // 3 * 4, (length * 4 + 2) // 3
    return [text[start : start + size] for start in range(0, step * len(values), step)]
