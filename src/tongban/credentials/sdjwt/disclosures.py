"""Disclosures: salted claims in base64url, and their digests (RFC 9901, section 4.2).

Promises: every salt has 144 random bits; a disclosure is read strictly, and digested as it was written.
"""

import os
from binascii import Error as BinasciiError
from collections.abc import Callable, Iterable, Sequence

import orjson
from pybase64 import b64decode

from tongban.credentials import base64url
from tongban.credentials.algorithms import digest_all
from tongban.credentials.jws import dump_json, load_json
from tongban.credentials.limits import Limits
from tongban.credentials.refusals import Code, CredentialRefused

SALT_BYTES = 18
SALT_CHARACTERS = 24

_FROM_URL = bytes.maketrans(b"-_+/", b"+/**")
_SEPARATOR = b"LAog"  # decodes to a comma, a line break and a space
_FILLING = (b"", b"!", b"og", b"g")  # fills the last four characters up so that they decode to white space

Contents = list[object]
"""`[salt, name, value]` of an object's claim, `[salt, value]` of an array's element."""


def fresh_salts(count: int) -> Sequence[str]:
    """Salts from the operating system's random source."""
    text = base64url.encode(os.urandom(SALT_BYTES * count)).decode("ascii")
    return [text[start : start + SALT_CHARACTERS] for start in range(0, len(text), SALT_CHARACTERS)]


def write_all(contents: Iterable[Contents]) -> list[bytes]:
    """The disclosures as they travel."""
    return base64url.encode_parts(_texts(contents), b"~").split(b"~")


def _texts(contents: Iterable[Contents]) -> list[bytes]:
    try:
        return list(map(orjson.dumps, contents))
    except TypeError:
        return list(map(dump_json, contents))  # which says what has no JSON form


def read(disclosure: bytes, limits: Limits) -> Contents:
    """The contents; refuses what is not an array."""
    data = base64url.decode(disclosure, "disclosure", Code.DISCLOSURE_MALFORMED)
    contents = load_json(data, "disclosure", limits, Code.DISCLOSURE_MALFORMED)
    if type(contents) is not list:
        raise CredentialRefused(Code.DISCLOSURE_MALFORMED, "disclosure")
    return contents


def read_all(disclosures: Sequence[bytes], limits: Limits) -> list[Contents]:
    """The contents of all disclosures: arrays, whose form is left to whoever puts them in their places.

    Where none has a bracket inside, all are read in one pass: padded so that they decode to JSON with
    white space, a comma and a line break between them. That cannot take broken disclosures for whole ones:
    every one begins with a bracket (W in base64), there are as many opening and closing brackets as
    disclosures, as many arrays come out, and a text cannot go on across a line break.
    """
    return read_plain(disclosures)[0] or [read(disclosure, limits) for disclosure in disclosures]


def read_plain(disclosures: Sequence[bytes]) -> tuple[list[Contents], bytes]:
    """The contents of disclosures without a bracket inside, and their JSON; nothing where one is another.

    Such contents hold no array; an object they may hold.
    """
    count = len(disclosures)
    together = _SEPARATOR.join([text + _FILLING[len(text) & 3] for text in disclosures])
    if b"~".join((b"", *disclosures)).count(b"~W") == count:
        try:
            data = b64decode(together.translate(_FROM_URL), validate=True)
            if data.count(b"[") == count == data.count(b"]"):
                contents = orjson.loads(b"[" + data + b"]")
                if len(contents) == count:
                    return contents, data
        except (BinasciiError, orjson.JSONDecodeError):
            pass  # told apart by whoever reads them one by one
    return [], b""


def digest_texts(disclosures: Sequence[bytes], digest: Callable[[bytes], bytes]) -> list[str]:
    """The digests in base64url, in the disclosures' order."""
    return base64url.encode_many(digest_all(disclosures, digest))
