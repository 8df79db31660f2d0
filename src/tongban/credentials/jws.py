"""Compact JSON Web Signatures (RFC 7515) under keys that somebody else vouches for.

Promises: the algorithm is the key's; `none`, other algorithms and critical extensions are refused before the
signature is looked at; a header's own keys and certificates are never believed.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import orjson

from tongban.credentials import base64url
from tongban.credentials.algorithms import ACCEPTED_JOSE_NAMES, JOSE_NAMES
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.suites import SigningKey, VerifyingKey

KeyFor = Callable[[Mapping[str, object], Mapping[str, object]], VerifyingKey]
"""Finds the key that a header and a payload, both unverified, call for; raises CredentialRefused."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A token whose signature held."""

    header: dict[str, object]
    payload: dict[str, object]


@dataclass(frozen=True, slots=True)
class Unverified:
    """A token that was taken apart; nothing in it is believed yet."""

    header: dict[str, object]
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
    full = {"alg": JOSE_NAMES[key.suite], **header}
    signed = base64url.encode(dump_json(full)) + b"." + base64url.encode(dump_json(payload))
    return signed + b"." + base64url.encode(key.sign(signed))


def take_apart(token: bytes, where: str, limits: Limits = DEFAULT_LIMITS) -> Unverified:
    """Header, payload and signature of a compact token; refuses what is too large or not well-formed."""
    if len(token) > limits.token_bytes:
        raise CredentialRefused(Code.TOO_LARGE, where)
    parts = token.split(b".")
    if len(parts) != 3:
        raise CredentialRefused(Code.MALFORMED, where)
    header = load_object(base64url.decode(parts[0], f"{where}.header"), f"{where}.header", limits)
    payload = load_object(base64url.decode(parts[1], f"{where}.payload"), f"{where}.payload", limits)
    if "crit" in header or "b64" in header:
        raise CredentialRefused(Code.MALFORMED, f"{where}.header.crit")
    signature = base64url.decode(parts[2], f"{where}.signature")
    return Unverified(header, payload, token[: -len(parts[2]) - 1], signature, where)


def dump_json(value: object) -> bytes:
    """JSON in UTF-8 without spaces. Raises CredentialRefused when the value has no JSON form."""
    try:
        return orjson.dumps(value)
    except TypeError as error:
        raise CredentialRefused(Code.MALFORMED, f"no JSON form: {type(value).__name__}") from error


def load_json(data: bytes, where: str, limits: Limits, code: Code = Code.MALFORMED) -> object:
    """The value; refuses what is not JSON, and deeper nesting than allowed before it is read."""
    if data.count(b"[") + data.count(b"{") > limits.depth and _depth(data) > limits.depth:
        raise CredentialRefused(Code.TOO_DEEP, where)
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        raise CredentialRefused(code, where) from None


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
