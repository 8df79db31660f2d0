"""Key binding: the holder signs what is shown, for whom, in answer to what (RFC 9901, 4.3 and 7.3).

And what the holder agrees to by that, by the hashes of its texts (OpenID4VP 1.0, B.3.3).
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tongban.credentials import base64url, jws
from tongban.credentials.jwk import from_jwk
from tongban.credentials.limits import Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.sdjwt.parts import Parts
from tongban.credentials.sdjwt.times import CLOCK_LEEWAY, check_started, has_expired, has_passed, seconds
from tongban.suites import SigningKey, VerifyingKey

TYPE = "kb+jwt"
TRANSACTION_HASH = "sha-256"
_HASHES, _HASH = "transaction_data_hashes", "transaction_data_hashes_alg"


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """What a verifier asks of the holder's signature: its own name, its nonce, and how old it may be.

    `transactions` are the texts of what the holder has to agree to, all of them and nothing else.
    """

    audience: str
    nonce: str
    max_age: timedelta = timedelta(minutes=5)
    transactions: tuple[str, ...] = ()


def bind(
    parts: Parts,
    key: SigningKey,
    *,
    audience: str,
    nonce: str,
    now: datetime,
    digest: Callable[[bytes], bytes],
    transactions: Sequence[str] = (),
) -> bytes:
    """The presentation with the holder's signature, as it travels; `transactions` are agreed to by it."""
    payload: dict[str, object] = {
        "iat": seconds(now),
        "aud": audience,
        "nonce": nonce,
        "sd_hash": base64url.encode(digest(parts.presented)).decode(),
    }
    if transactions:
        payload |= {_HASHES: _hashes(transactions), _HASH: TRANSACTION_HASH}
    token = jws.sign({"typ": TYPE}, payload, key)
    return parts.presented + token


def holder_key(claims: Mapping[str, object]) -> VerifyingKey | None:
    """The key that `cnf` binds the credential to (RFC 7800), or None; refuses what is no public key."""
    if "cnf" not in claims:
        return None
    confirmation = claims["cnf"]
    if not isinstance(confirmation, dict):
        raise CredentialRefused(Code.MALFORMED, "cnf")
    return from_jwk(confirmation.get("jwk"), "cnf.jwk")


def check(
    parts: Parts,
    claims: Mapping[str, object],
    wanted: KeyBinding,
    *,
    digest: Callable[[bytes], bytes],
    now: datetime,
    limits: Limits,
) -> None:
    """Refuse a presentation that the holder did not sign just now, for this verifier and nonce."""
    if parts.key_binding is None:
        raise CredentialRefused(Code.KEY_BINDING_MISSING, "sd-jwt")
    key = holder_key(claims)
    if key is None:
        raise CredentialRefused(Code.HOLDER_KEY_MISSING, "cnf")
    token = jws.take_apart(parts.key_binding, "key binding", limits)
    if token.header.get("typ") != TYPE:
        raise CredentialRefused(Code.WRONG_TYPE, "key binding.header.typ")
    payload = token.verified(key).payload
    if payload.get("aud") != wanted.audience:
        raise CredentialRefused(Code.WRONG_AUDIENCE, "key binding.aud")
    if payload.get("nonce") != wanted.nonce:
        raise CredentialRefused(Code.WRONG_NONCE, "key binding.nonce")
    check_started(payload, now)
    if "iat" not in payload:
        raise CredentialRefused(Code.MALFORMED, "key binding.iat")
    too_old = has_passed(payload, "iat", now, wanted.max_age + CLOCK_LEEWAY)
    if too_old or has_expired(payload, now):
        raise CredentialRefused(Code.KEY_BINDING_STALE, "key binding.iat")
    if payload.get("sd_hash") != base64url.encode(digest(parts.presented)).decode():
        raise CredentialRefused(Code.KEY_BINDING_MISMATCH, "key binding.sd_hash")
    if wanted.transactions or _HASHES in payload:
        _check_transactions(payload, wanted.transactions)


def _check_transactions(payload: Mapping[str, object], wanted: Sequence[str]) -> None:
    """Refuse a holder's agreement to less, more or something else than was asked."""
    signed = payload.get(_HASHES)
    if payload.get(_HASH, TRANSACTION_HASH) != TRANSACTION_HASH or not isinstance(signed, list):
        raise CredentialRefused(Code.TRANSACTION_MISMATCH, f"key binding.{_HASH}")
    if not all(isinstance(one, str) for one in signed) or sorted(signed) != sorted(_hashes(wanted)):
        raise CredentialRefused(Code.TRANSACTION_MISMATCH, f"key binding.{_HASHES}")


def _hashes(texts: Sequence[str]) -> list[str]:
    digests = [hashlib.sha256(text.encode()).digest() for text in texts]
    return list(base64url.encode_many(digests))
