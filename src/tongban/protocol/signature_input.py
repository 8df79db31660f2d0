"""Reads and writes the fields `Signature-Input` and `Signature` of this federation's profile (RFC 9421).

What this library itself writes is read by one regular expression; every other spelling that the RFC allows
goes through the parser of structured fields. Both ways give the same claim, or Refused.
"""

import re
from binascii import a2b_base64, b2a_base64
from functools import cache, lru_cache
from typing import NamedTuple

import http_sf

from tongban.protocol.http import Headers, the_fields
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.structured import bare, parse_dictionary

LABEL = "tongban"
TAG = "tongban-exchange"

Cover = tuple[str, ...]
"""Identifiers of the covered components as they are written, for instance `"@method"`."""

_PLAIN = re.compile(r"[ !#-\[\]-~]*")
_SIGNATURE = re.compile(rf"{LABEL}=(:([A-Za-z0-9+/]{{85}}[AQgw]==):)")


class Claim(NamedTuple):
    """A signature with what it says of itself; `parameters` is the text that was signed.

    `algorithm` is what the message claims; it only ever leads to a refusal, never to a choice.
    """

    cover: Cover
    parameters: str
    created: int
    expires: int
    keyid: str
    nonce: str | None
    algorithm: str | None
    signature: bytes


def write_parameters(cover: Cover, *, created: int, expires: int, keyid: str, nonce: str | None) -> str:
    """The value of `@signature-params`."""
    tail = f";nonce={_string(nonce)}" if nonce is not None else ""
    return f'{_listed(cover)};created={created};expires={expires};keyid={_name(keyid)};tag="{TAG}"{tail}'


@cache
def _listed(cover: Cover) -> str:
    return f"({' '.join(cover)})"


def _string(value: str) -> str:
    """A string as structured fields write it; one without quotes and backslashes needs no serialiser."""
    return f'"{value}"' if _PLAIN.fullmatch(value) else http_sf.ser(value)


@lru_cache(maxsize=1024)
def _name(keyid: str) -> str:
    return _string(keyid)


def write_fields(parameters: str, signature: bytes) -> Headers:
    """Both header fields."""
    return (
        ("signature-input", f"{LABEL}={parameters}"),
        ("signature", f"{LABEL}=:{b2a_base64(signature, newline=False).decode()}:"),
    )


def read_claim(headers: Headers, expected: Cover) -> Claim:
    """The claim under the profile's label, which must cover exactly the expected components, in any order."""
    parameters, signature = the_fields(headers, ("signature-input", "signature"))
    return claim_of(parameters, signature, expected)


def claim_of(parameters: str, signature: str, expected: Cover) -> Claim:
    """The claim from the values of the two fields, as `read_claim` gives it."""
    plain, signed = _plain_form(expected).fullmatch(parameters), _SIGNATURE.fullmatch(signature)
    if plain is None or signed is None:
        return read_any_spelling(parameters, signature, expected)
    text, created, expires, keyid, nonce = plain.groups()
    return Claim(expected, text, int(created), int(expires), keyid, nonce, None, a2b_base64(signed[2]))


def read_any_spelling(parameters: str, signature: str, expected: Cover) -> Claim:
    """The claim in any spelling that RFC 9421 allows; Refused `malformed` or `bad-signature` otherwise."""
    member = parse_dictionary(parameters, "header signature-input").get(LABEL)
    if not isinstance(member, tuple) or not isinstance(member[0], list):
        raise Refused(Code.MALFORMED, "header signature-input", f"a list under {LABEL} is expected")
    cover = tuple(_identifier(item) for item in member[0])
    if sorted(cover) != sorted(expected):
        raise Refused(
            Code.BAD_SIGNATURE, "header signature-input", f"exactly {' '.join(expected)} must be covered"
        )
    keyid, tag, nonce, algorithm = (member[1].get(name) for name in ("keyid", "tag", "nonce", "alg"))
    if not isinstance(keyid, str):
        raise Refused(Code.MALFORMED, "signature parameter keyid", "a string is expected")
    if tag != TAG:
        raise Refused(Code.MALFORMED, "signature parameter tag", f'"{TAG}" is expected')
    return Claim(
        cover=cover,
        parameters=http_sf.ser({"p": member}).removeprefix("p="),
        created=_time(member[1], "created"),
        expires=_time(member[1], "expires"),
        keyid=keyid,
        nonce=nonce if isinstance(nonce, str) else None,
        algorithm=None if algorithm is None else str(algorithm),
        signature=_bytes(signature),
    )


def signature_item(signature: str) -> str:
    """The field `Signature` of a request as its response covers it: the label's member, a byte sequence."""
    plain = _SIGNATURE.fullmatch(signature)
    return plain[1] if plain else http_sf.ser(_bytes(signature))


@cache
def _plain_form(cover: Cover) -> re.Pattern[str]:
    """What `write_parameters` writes for usual names and nonces, so that no parser is needed to read it."""
    return re.compile(
        rf"{LABEL}=(\({re.escape(' '.join(cover))}\)"
        rf';created=([1-9][0-9]{{0,11}});expires=([1-9][0-9]{{0,11}});keyid="([a-z0-9.-]+)";tag="{TAG}"(?:;nonce="([A-Za-z0-9_-]+)")?)'
    )


def _identifier(item: http_sf.ItemType) -> str:
    name, parameters = item if isinstance(item, tuple) else (item, {})
    if not isinstance(name, str):
        raise Refused(Code.MALFORMED, "header signature-input", "component names are strings")
    return http_sf.ser((name, parameters))


def _bytes(signature: str) -> bytes:
    value = bare(parse_dictionary(signature, "header signature").get(LABEL))
    if not isinstance(value, bytes):
        raise Refused(Code.MALFORMED, "header signature", f"a byte sequence under {LABEL} is expected")
    return value


def _time(parameters: http_sf.types.ParamsType, name: str) -> int:
    value = parameters.get(name)
    if type(value) is not int:
        raise Refused(Code.MALFORMED, f"signature parameter {name}", "a Unix time is expected")
    return value
