"""Disclosures: salted claims in base64url, and their digests (RFC 9901, section 4.2).

Promises: every salt has 144 random bits; a disclosure is read strictly, and digested as it was written.
"""

import os
from binascii import Error as BinasciiError
from collections.abc import Callable, Iterable, Sequence

import orjson

from tongban.credentials import base64url
from tongban.credentials.algorithms import digest_all
from tongban.credentials.jws import load_json
from tongban.credentials.limits import Limits
from tongban.credentials.refusals import Code, CredentialRefused

SALT_BYTES = 18

_BRACE = ord("{")
_ARRAYS = {list}
_FIRST, _AFTER_LAST = b"WyI", b"WyK"  # a text that begins with a bracket, a quote and ASCII is between these
_SEPARATOR = b"LAog"  # decodes to a comma, a line break and a space
_FILLING = (b"", b"!", b"og", b"g")  # fills the last four characters up so that they decode to white space

Contents = list[object]
"""`[salt, name, value]` of an object's claim, `[salt, value]` of an array's element."""


def fresh_salts(count: int) -> Sequence[str]:
    """Salts from the operating system's random source."""
    return base64url.encode_pieces(os.urandom(SALT_BYTES * count), SALT_BYTES)


def write_all(contents: Iterable[tuple[object, ...]]) -> list[bytes]:
    """The disclosures as they travel."""
    try:
        return base64url.encode_json(list(map(orjson.dumps, contents)))
    except TypeError as error:
        raise CredentialRefused(Code.MALFORMED, "claims: no JSON form") from error


def read(disclosure: bytes, limits: Limits) -> Contents:
    """The contents; refuses what is not an array."""
    data = base64url.decode(disclosure, "disclosure", Code.DISCLOSURE_MALFORMED)
    contents = load_json(data, "disclosure", limits, Code.DISCLOSURE_MALFORMED)
    if type(contents) is not list:
        raise CredentialRefused(Code.DISCLOSURE_MALFORMED, "disclosure")
    return contents


def read_plain(disclosures: Sequence[bytes]) -> list[Contents]:
    """The contents of disclosures that are a salt and leaves each, in one pass; nothing where one is another.

    The texts are filled up so that they decode to JSON with white space, a comma and a line break between
    them. That cannot take broken disclosures for whole ones: each begins with a bracket, there is no bracket
    else, no string goes on across a line break, and as many arrays come out as there are disclosures.
    """
    together = _SEPARATOR.join([text + _FILLING[len(text) & 3] for text in disclosures])
    count = len(disclosures)
    try:
        if min(disclosures) >= _FIRST and max(disclosures) < _AFTER_LAST:
            data = base64url.decode_filled(together)
            if _BRACE not in data and data.count(b"[") == count:
                contents: list[Contents] = orjson.loads(b"[" + data + b"]")
                if len(contents) == count and set(map(type, contents)) == _ARRAYS:
                    return contents
    except (BinasciiError, orjson.JSONDecodeError):
        pass  # told apart by whoever reads them one by one
    return []


def digest_texts(disclosures: Sequence[bytes], digest: Callable[[bytes], bytes]) -> Sequence[str]:
    """The digests in base64url, in the disclosures' order."""
    return base64url.encode_many(digest_all(disclosures, digest))
