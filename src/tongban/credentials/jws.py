"""Compact JSON Web Signatures (RFC 7515) under keys that somebody else vouches for.

Promises: the algorithm is the key's; `none`, other algorithms and critical extensions are refused before the
signature is looked at; a header's own keys and certificates are never believed.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import orjson

from tongban.credentials import base64url
from tongban.credentials.algorithms import ACCEPTED_JOSE_NAMES, JOSE_NAMES
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.suites import SigningKey, Suite, VerifyingKey

KeyFor = Callable[[Mapping[str, object], Mapping[str, object]], VerifyingKey]
"""Finds the key that a header and a payload, both unverified, call for; raises CredentialRefused."""


class Opened(NamedTuple):
    """A token whose signature held."""

    header: Mapping[str, object]
    payload: dict[str, object]


class Unverified(NamedTuple):
    """A token that was taken apart; nothing in it is believed yet."""

    header: Mapping[str, object]
    payload: dict[str, object]
    signed: bytes
    signature: bytes
    where: str

    def verified(self, key: VerifyingKey) -> Opened:
        """The token, if `key` signed it; refuses another algorithm than the key's, then a bad signature."""
        if self.header.get("alg") not in ACCEPTED_JOSE_NAMES[key.suite]:
            raise CredentialRefused(Code.WRONG_ALGORITHM, self.where)
        if not key.verifies(self.signature, self.signed):
            raise CredentialRefused(Code.BAD_SIGNATURE, self.where)
        return Opened(self.header, self.payload)


def sign(header: Mapping[str, object], payload: Mapping[str, object], key: SigningKey) -> bytes:
    """The compact form, in ASCII; `alg` is the key's, all else stands in `header`."""
    return sign_under(header_text(header, key.suite), payload, key)


def header_text(header: Mapping[str, object], suite: Suite) -> bytes:
    """A header for keys of this suite, as it travels; to be made once for many tokens."""
    return base64url.encode(dump_json({"alg": JOSE_NAMES[suite], **header}))


def sign_under(header: bytes, payload: Mapping[str, object], key: SigningKey) -> bytes:
    """The compact form under a header from `header_text`."""
    signed = header + b"." + base64url.encode(dump_json(payload))
    return signed + b"." + base64url.encode(key.sign(signed))


def take_apart(token: bytes, where: str, limits: Limits = DEFAULT_LIMITS) -> Unverified:
    """Header, payload and signature of a compact token; refuses what is too large or not well-formed."""
    if len(token) > limits.token_bytes:
        raise CredentialRefused(Code.TOO_LARGE, where)
    head, _, rest = token.partition(b".")
    body, dot, end = rest.partition(b".")
    if not dot or _DOT in end:
        raise CredentialRefused(Code.MALFORMED, where)
    header = _remembered(head) if len(head) <= _SHORT else _header(head)
    payload = load_object(base64url.decode(body, where), where, limits)
    signature = base64url.decode(end, where)
    return Unverified(header, payload, token[: -len(end) - 1], signature, where)


def _header(text: bytes) -> Mapping[str, object]:
    header = load_object(base64url.decode(text, "header"), "header", DEFAULT_LIMITS)
    if "crit" in header or "b64" in header:
        raise CredentialRefused(Code.MALFORMED, "header.crit")
    return MappingProxyType(header)


_SHORT = 512
_DOT = ord(".")
_remembered = lru_cache(maxsize=1024)(_header)


def dump_json(value: object) -> bytes:
    """JSON in UTF-8 without spaces. Raises CredentialRefused when the value has no JSON form."""
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise CredentialRefused(Code.MALFORMED, f"no JSON form: {type(value).__name__}") from error


def load_json(data: bytes, where: str, limits: Limits, code: Code = Code.MALFORMED) -> object:
    """The value; refuses what is not JSON.

    The reader itself stops at a depth of 1024; whoever walks through the value holds it to the limit.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        too_deep = _depth(data) > limits.depth
        raise CredentialRefused(Code.TOO_DEEP if too_deep else code, where) from None


def load_object(data: bytes, where: str, limits: Limits) -> dict[str, object]:
    """The JSON object; refuses any other value."""
    value = load_json(data, where, limits)
    if not isinstance(value, dict):
        raise CredentialRefused(Code.MALFORMED, where)
    return value


_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKET = re.compile(rb"[\[{\]}]")


def _depth(data: bytes) -> int:
    """How deep brackets outside of strings are nested."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest
