"""Public keys as JSON Web Keys (RFC 7517, RFC 8037) and their thumbprints (RFC 7638).

Promises: a key that is read is a key of a known suite, on its curve, and carries no private part.
"""

import hashlib
from functools import lru_cache

import orjson

from tongban.credentials import base64url
from tongban.credentials.algorithms import SM2_CURVE
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.suites import KeyFileError, Suite, VerifyingKey, public_half

_CURVES: dict[tuple[str, str], Suite] = {
    ("EC", "P-256"): Suite.ES256,
    ("EC", SM2_CURVE): Suite.SM2,
    ("OKP", "Ed25519"): Suite.ED25519,
}
_NAMES = {suite: names for names, suite in _CURVES.items()}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def to_jwk(key: VerifyingKey) -> dict[str, str]:
    """The public key's required members, which are also those of its thumbprint."""
    kind, curve = _NAMES[key.suite]
    if kind == "OKP":
        return {"crv": curve, "kty": kind, "x": base64url.encode(key.public_key).decode()}
    x, y = base64url.encode_many([key.public_key[1:33], key.public_key[33:]])
    return {"crv": curve, "kty": kind, "x": x, "y": y}


def from_jwk(jwk: object, where: str = "jwk") -> VerifyingKey:
    """The key, named by its thumbprint; refuses anything but a public key of a known suite."""
    if not isinstance(jwk, dict) or not _PRIVATE.isdisjoint(jwk):
        raise CredentialRefused(Code.MALFORMED, where)
    kind, curve, x, y = jwk.get("kty"), jwk.get("crv"), jwk.get("x"), jwk.get("y")
    for member in (kind, curve, x, y):
        if member is not None and type(member) is not str:
            raise CredentialRefused(Code.MALFORMED, where)
    return _from_members(kind, curve, x, y, where)


@lru_cache(maxsize=4096)
def _from_members(
    kind: str | None, curve: str | None, x: str | None, y: str | None, where: str
) -> VerifyingKey:
    suite = _CURVES.get((kind or "", curve or ""))
    if suite is None or x is None or (y is None) != (kind == "OKP"):
        raise CredentialRefused(Code.MALFORMED, where)
    public_key = _coordinate(x, where)
    if y is not None:
        public_key = b"\x04" + public_key + _coordinate(y, where)
    try:
        public_half(suite, public_key)
    except KeyFileError:
        raise CredentialRefused(Code.MALFORMED, where) from None
    key = VerifyingKey("", suite, public_key)
    return VerifyingKey(thumbprint(key), suite, public_key)


def _coordinate(text: str, where: str) -> bytes:
    try:
        data = base64url.decode(text.encode("ascii"), where)
    except UnicodeEncodeError:
        raise CredentialRefused(Code.MALFORMED, where) from None
    if len(data) != 32:
        raise CredentialRefused(Code.MALFORMED, where)
    return data


def thumbprint(key: VerifyingKey) -> str:
    """The SHA-256 thumbprint (RFC 7638), in base64url."""
    document = orjson.dumps(to_jwk(key), option=orjson.OPT_SORT_KEYS)
    return base64url.encode(hashlib.sha256(document).digest()).decode()
