"""Disclosures: salted claims in base64url, and their digests (RFC 9901, section 4.2).

Promises: every salt has 128 random bits; a disclosure is read strictly, and digested as it was written.
"""

import os
from collections.abc import Callable, Sequence

from tongban.credentials import base64url
from tongban.credentials.jws import dump_json, load_json
from tongban.credentials.limits import Limits
from tongban.credentials.refusals import Code, CredentialRefused

SALT_BYTES = 16

Contents = list[object]
"""`[salt, name, value]` of an object's claim, `[salt, value]` of an array's element."""

Salts = Callable[[int], Sequence[str]]
"""Makes that many fresh salts."""


def fresh_salts(count: int) -> Sequence[str]:
    """Salts from the operating system's random source."""
    random = os.urandom(SALT_BYTES * count)
    return base64url.encode_many(
        [random[start : start + SALT_BYTES] for start in range(0, len(random), SALT_BYTES)]
    )


def write(contents: Contents) -> bytes:
    """The disclosure as it travels."""
    return base64url.encode(dump_json(contents))


def read(disclosure: bytes, limits: Limits) -> Contents:
    """The contents; refuses what is not an array of salt, perhaps name, and value."""
    data = base64url.decode(disclosure, "disclosure", Code.DISCLOSURE_MALFORMED)
    contents = load_json(data, "disclosure", limits, Code.DISCLOSURE_MALFORMED)
    if type(contents) is not list or len(contents) not in {2, 3} or type(contents[0]) is not str:
        raise CredentialRefused(Code.DISCLOSURE_MALFORMED, "disclosure")
    if len(contents) == 3 and type(contents[1]) is not str:
        raise CredentialRefused(Code.DISCLOSURE_MALFORMED, "disclosure: name")
    return contents


def digest_texts(disclosures: Sequence[bytes], digest: Callable[[bytes], bytes]) -> list[str]:
    """The digests in base64url, in the disclosures' order."""
    return base64url.encode_many([digest(disclosure) for disclosure in disclosures])
