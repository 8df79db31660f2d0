"""Verifies an SD-JWT, with key binding when the verifier asks for it (RFC 9901, section 7).

Promises: the claims that issuer and holder stand for, or CredentialRefused; nothing is dropped in silence.
Whether key binding is checked is the verifier's decision, never the presentation's.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from tongban.credentials import jws
from tongban.credentials.algorithms import DEFAULT_HASH, HASHES
from tongban.credentials.jws import KeyFor
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt import keybinding
from tongban.credentials.sdjwt.keybinding import KeyBinding
from tongban.credentials.sdjwt.parts import Parts
from tongban.credentials.sdjwt.revealing import HASH, reveal
from tongban.credentials.sdjwt.times import check_started, has_expired
from tongban.suites import VerifyingKey


class Verified(NamedTuple):
    """An SD-JWT that held: the issuer's header, the claims disclosed, the key that signed.

    `key_bound` says that the holder proved to be there; `expired` is True only where the caller let it pass.
    """

    header: Mapping[str, object]
    claims: Mapping[str, object]
    key: VerifyingKey
    key_bound: bool
    expired: bool = False


def verify(
    compact: str | bytes,
    key: VerifyingKey | KeyFor,
    *,
    now: datetime,
    key_binding: KeyBinding | None,
    types: frozenset[str] | None = None,
    audience: str | None = None,
    never_disclosed: frozenset[str] = frozenset(),
    refuse_expired: bool = True,
    limits: Limits = DEFAULT_LIMITS,
) -> Verified:
    """Verify `compact` under the issuer's key, or under the one that `key` finds for header and payload.

    `key_binding` None means that none is required (one that is there is not looked at). `types` are the
    `typ` headers to take, None takes any. `audience` is required in `aud` where the issuer set one.
    `never_disclosed` are claims that only the issuer's own payload may hold.
    """
    parts = Parts.of(compact, limits)
    token = jws.take_apart(parts.token, "sd-jwt", limits)
    if types is not None and token.header.get("typ") not in types:
        raise CredentialRefused(Code.WRONG_TYPE, "sd-jwt.header.typ")
    signer = key if isinstance(key, VerifyingKey) else key(token.header, token.payload)
    opened = token.verified(signer)
    digest = digest_of(opened.payload)
    not_open = never_disclosed - opened.payload.keys() if never_disclosed else never_disclosed
    claims = reveal(opened.payload, parts.disclosures, digest, limits)
    if not_open and not not_open.isdisjoint(claims):
        raise CredentialRefused(Code.RESERVED_NAME, "disclosure")
    check_started(claims, now)
    expired = has_expired(claims, now)
    if expired and refuse_expired:
        raise CredentialRefused(Code.EXPIRED, "exp")
    _check_audience(claims, audience)
    if key_binding is not None:
        keybinding.check(parts, claims, key_binding, digest=digest, now=now, limits=limits)
    return Verified(opened.header, claims, signer, key_binding is not None, expired)


def digest_of(payload: Mapping[str, object]) -> Callable[[bytes], bytes]:
    """The hash function that a payload names; refuses one that is not known."""
    name = payload.get(HASH, DEFAULT_HASH)
    digest = HASHES.get(name) if isinstance(name, str) else None
    if digest is None:
        raise CredentialRefused(Code.UNKNOWN_HASH, HASH)
    return digest


def _check_audience(claims: Mapping[str, object], audience: str | None) -> None:
    if "aud" not in claims:
        return
    named = claims["aud"]
    if audience is None or audience not in (named if isinstance(named, list) else [named]):
        raise CredentialRefused(Code.WRONG_AUDIENCE, "aud")
