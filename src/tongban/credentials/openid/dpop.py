"""DPoP (RFC 9449): a wallet proves with every request that it holds the key its access token is bound to."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tongban.credentials import base64url, jws
from tongban.credentials.jwk import from_jwk, to_jwk
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.refusals import CredentialRefused
from tongban.credentials.sdjwt.times import CLOCK_LEEWAY, check_started, moment, seconds
from tongban.suites import SigningKey

MAX_AGE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class DpopProof:
    """A proof that held: thumbprint of the key, and the name that may be used once until `expires_at`."""

    thumbprint: str
    id: str
    expires_at: datetime


def check_dpop(
    proof: str,
    *,
    method: str,
    uri: str,
    now: datetime,
    access_token: str | None = None,
    thumbprint: str | None = None,
) -> DpopProof:
    """Check a `DPoP` header for one request.

    `access_token` and the `thumbprint` it is bound to are given where a token is used. The caller refuses a
    name (`jti`) that it has seen before.
    """
    try:
        token = jws.take_apart(proof.encode("ascii"), "DPoP")
        if token.header.get("typ") != "dpop+jwt":
            raise _refused("typ")
        key = from_jwk(token.header.get("jwk"), "DPoP.jwk")
        payload = token.verified(key).payload
        signed_at = moment(payload, "iat")
        check_started(payload, now)
    except (CredentialRefused, UnicodeEncodeError):
        raise _refused("the proof cannot be verified") from None
    if payload.get("htm") != method or not _same(payload.get("htu"), uri):
        raise _refused("htm and htu are those of another request")
    name = payload.get("jti")
    if not isinstance(name, str) or not 0 < len(name) <= 200:
        raise _refused("jti")
    if signed_at is None or now - signed_at > MAX_AGE + CLOCK_LEEWAY:
        raise _refused("iat is too old")
    if access_token is not None and payload.get("ath") != _hash(access_token):
        raise _refused("ath is that of another access token")
    if thumbprint is not None and key.keyid != thumbprint:
        raise OpenIdRefused(OpenIdError.INVALID_TOKEN, "the access token is bound to another key")
    return DpopProof(key.keyid, name, signed_at + MAX_AGE + CLOCK_LEEWAY)


def make_dpop(
    key: SigningKey, *, method: str, uri: str, now: datetime, access_token: str | None = None
) -> str:
    """The `DPoP` header of one request as a wallet makes it; with the token that the request uses."""
    payload: dict[str, object] = {
        "htm": method,
        "htu": uri,
        "jti": secrets.token_urlsafe(16),
        "iat": seconds(now),
    }
    if access_token is not None:
        payload["ath"] = _hash(access_token)
    return jws.sign({"typ": "dpop+jwt", "jwk": to_jwk(key.verifying_key)}, payload, key).decode()


def _hash(access_token: str) -> str:
    return base64url.encode(hashlib.sha256(access_token.encode()).digest()).decode()


def _same(told: object, uri: str) -> bool:
    """Whether both are one address, query and fragment aside."""
    if not isinstance(told, str):
        return False
    try:
        one, other = urlsplit(told), urlsplit(uri)
    except ValueError:
        return False
    return (one.scheme.lower(), one.netloc.lower(), one.path or "/") == (
        other.scheme.lower(),
        other.netloc.lower(),
        other.path or "/",
    )


def _refused(description: str) -> OpenIdRefused:
    return OpenIdRefused(OpenIdError.INVALID_DPOP_PROOF, description)
