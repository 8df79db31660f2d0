"""Base64url without padding (RFC 7515, appendix C), strict: one text for the same bytes.

Promises: what is not the one right form is refused, never repaired.
"""

from binascii import Error
from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import itemgetter

from pybase64 import b64decode, b64encode, b64encode_as_string

from tongban.credentials.refusals import Code, CredentialRefused

_URL = b"-_"
_PLUS, _SLASH, _EQUALS = b"+/="
_PADDING = (b"", b"", b"==", b"=")
_LAST = (b"", b"", b"AQgw", b"AEIMQUYcgkosw048")  # last characters that leave no bit over
_SPACES = (b"", b"  ", b" ")
_FILLERS = (b"", b"\0\0", b"\0")
_BETWEEN, _BETWEEN_TEXT = b"\xff\xff\xff", b"____"


def encode(data: bytes) -> bytes:
    """The text, in ASCII, without padding."""
    return b64encode(data, _URL).rstrip(b"=")


def decode(text: bytes, where: str, code: Code = Code.MALFORMED) -> bytes:
    """The bytes; refuses foreign characters, padding, and bits left over at the end."""
    over = len(text) & 3
    if over and (over == 1 or text[-1] not in _LAST[over]):
        raise CredentialRefused(code, where)
    try:
        return decode_filled(text, _PADDING[over])
    except Error:
        raise CredentialRefused(code, where) from None


def decode_filled(text: bytes, padding: bytes = b"") -> bytes:
    """The bytes of a text that padding fills up to whole groups of four; raises binascii.Error.

    What the decoder takes besides base64url is looked for first, by numbers: bytes that are looked for as
    bytes cost an error that is raised and dropped inside Python.
    """
    if _PLUS in text or _SLASH in text or _EQUALS in text:
        raise Error
    return b64decode(text + padding, _URL, validate=True)


def encode_json(documents: Sequence[bytes]) -> list[bytes]:
    """A text for each JSON document, all made in a single pass.

    White space after a document fills it up to whole groups of three bytes. Bytes that UTF-8 does not have
    stand between them, whose text no document's text contains.
    """
    filled = [document + _SPACES[len(document) % 3] for document in documents]
    return b64encode(_BETWEEN.join(filled), _URL).split(_BETWEEN_TEXT)


def encode_many(values: Sequence[bytes]) -> Sequence[str]:
    """The texts of several values of one length, such as digests, made in a single pass."""
    if not values:
        return ()
    length = len(values[0])
    filler = _FILLERS[length % 3]
    return _cut(b64encode_as_string(filler.join(values) + filler, _URL), len(values), length)


def encode_pieces(data: bytes, length: int) -> Sequence[str]:
    """The texts of pieces of that length, a multiple of three, into which the data come apart."""
    return _cut(b64encode_as_string(data, _URL), len(data) // length, length)


def _cut(text: str, count: int, length: int) -> Sequence[str]:
    size = (length * 4 + 2) // 3
    return _cutting(count, size, (size + 3) & ~3)(text) if count > 1 else (text[:size],)


@lru_cache(maxsize=64)
def _cutting(count: int, size: int, step: int) -> Callable[[str], tuple[str, ...]]:
    return itemgetter(*(slice(start, start + size) for start in range(0, step * count, step)))
