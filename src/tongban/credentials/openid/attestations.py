"""Attestations: the maker of a wallet vouches for it, and for its keys (OpenID4VCI 1.0, appendices D and E).

Promises: an attestation counts only if its certificates lead to a maker who is trusted here, and while it is
in force; one for a wallet counts only with the wallet's own signature for this very issuer.
"""

import base64
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509

from tongban.credentials import jws
from tongban.credentials.jwk import from_jwk, to_jwk
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.refusals import CredentialRefused
from tongban.credentials.sdjwt.times import CLOCK_LEEWAY, check_started, has_expired, moment, seconds
from tongban.credentials.x5c import leads_to, point, read_chain
from tongban.suites import SigningKey, Suite, VerifyingKey

WALLET_TYPE = "oauth-client-attestation+jwt"
WALLET_PROOF_TYPE = "oauth-client-attestation-pop+jwt"
KEY_TYPES = frozenset({"key-attestation+jwt", "keyattestation+jwt"})
WALLET_HEADER = "OAuth-Client-Attestation"
WALLET_PROOF_HEADER = "OAuth-Client-Attestation-PoP"
MAX_AGE = timedelta(minutes=5)
_LIFETIME = timedelta(minutes=5)
_MOST_CHARACTERS = 16_000

Roots = Sequence[x509.Certificate]
"""Certificates of the makers who are trusted, which are never part of an attestation."""


@dataclass(frozen=True, slots=True)
class AttestedWallet:
    """A wallet whose maker vouches for it: its client identifier, and a proof that counts once until then."""

    client_id: str
    maker: str
    proof_id: str
    expires_at: datetime


def check_wallet(attestation: str, proof: str, *, issuer: str, now: datetime, roots: Roots) -> AttestedWallet:
    """Check the two headers with which a wallet authenticates itself; the caller refuses a proof seen before.

    Raises OpenIdRefused `invalid_client`.
    """
    try:
        payload, maker = _attested(attestation, frozenset({WALLET_TYPE}), now, roots, _unknown)
        confirmed = payload.get("cnf")
        key = from_jwk(confirmed.get("jwk") if isinstance(confirmed, dict) else None, "cnf.jwk")
        token = jws.take_apart(proof.encode("ascii"), "proof")
        proved = token.verified(key).payload
        check_started(proved, now)
        has_ended = has_expired(proved, now)
        signed_at = moment(proved, "iat")
    except (CredentialRefused, UnicodeEncodeError):
        raise _unknown("the wallet's attestation cannot be verified") from None
    client_id, name = payload.get("sub"), proved.get("jti")
    if token.header.get("typ") != WALLET_PROOF_TYPE or "exp" not in payload:
        raise _unknown("the wallet's attestation is not of the agreed form")
    if not isinstance(client_id, str) or proved.get("iss", client_id) != client_id:
        raise _unknown("sub and iss: expected the client_id of the wallet")
    if issuer not in _listed(proved.get("aud")):
        raise _unknown("aud: expected this issuer")
    if has_ended or (signed_at is not None and now - signed_at > MAX_AGE + CLOCK_LEEWAY):
        raise _unknown("the proof of the wallet is too old")
    if not isinstance(name, str) or not 0 < len(name) <= 200:
        raise _unknown("jti")
    return AttestedWallet(client_id, maker, name, now + MAX_AGE + 2 * CLOCK_LEEWAY)


def check_keys(attestation: str, *, now: datetime, roots: Roots, most: int) -> tuple[list[VerifyingKey], str]:
    """The keys that a maker vouches for, each once, and the nonce in the attestation, empty without one.

    Raises OpenIdRefused `invalid_proof`.
    """
    try:
        payload, _maker = _attested(attestation, KEY_TYPES, now, roots, _unproved)
        listed = payload.get("attested_keys")
        if not isinstance(listed, list) or not 0 < len(listed) <= most:
            raise _unproved(f"attested_keys: expected up to {most} keys")
        keys = [from_jwk(one, "attested_keys") for one in listed]
    except (CredentialRefused, UnicodeEncodeError):
        raise _unproved("the key attestation cannot be verified") from None
    if len({key.public_key for key in keys}) != len(keys):
        raise _unproved("attested_keys: expected every key once")
    nonce = payload.get("nonce", "")
    if not isinstance(nonce, str):
        raise _unproved("nonce")
    return keys, nonce


def _attested(
    attestation: str,
    types: frozenset[str],
    now: datetime,
    roots: Roots,
    refusal: Callable[[str], OpenIdRefused],
) -> tuple[dict[str, object], str]:
    """Payload and maker of an attestation that holds. Raises CredentialRefused, and what `refusal` makes."""
    if len(attestation) > _MOST_CHARACTERS:
        raise refusal("the attestation is too large")
    token = jws.take_apart(attestation.encode("ascii"), "attestation")
    chain = read_chain(token.header)
    root = leads_to(chain, roots, now)
    if token.header.get("typ") not in types or root is None:
        raise refusal("the attestation is of nobody who is trusted here")
    payload = token.verified(VerifyingKey("maker", Suite.ES256, point(chain[0]))).payload
    check_started(payload, now)
    if has_expired(payload, now):
        raise refusal("the attestation has expired")
    return payload, root.subject.rfc4514_string()


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else [value]


def _unknown(description: str) -> OpenIdRefused:
    return OpenIdRefused(OpenIdError.INVALID_CLIENT, description)


def _unproved(description: str) -> OpenIdRefused:
    return OpenIdRefused(OpenIdError.INVALID_PROOF, description)


@dataclass(frozen=True, slots=True)
class Maker:
    """Who vouches for wallets of its own making: key, certificates (DER, own first), name of the wallet."""

    key: SigningKey
    chain: tuple[bytes, ...]
    issuer: str
    client_id: str

    def vouch(self, wallet: VerifyingKey, now: datetime) -> str:
        """The attestation of one wallet, which is known by this key for some minutes."""
        header = {"typ": WALLET_TYPE, "x5c": [base64.b64encode(one).decode() for one in self.chain]}
        payload = {
            "iss": self.issuer,
            "sub": self.client_id,
            "iat": seconds(now),
            "exp": seconds(now + _LIFETIME),
            "cnf": {"jwk": to_jwk(wallet)},
        }
        return jws.sign(header, payload, self.key).decode()


def authenticate(maker: Maker, wallet: SigningKey, *, issuer: str, now: datetime) -> Mapping[str, str]:
    """The headers with which a wallet that `maker` vouches for authenticates itself to an issuer, once."""
    proof = {
        "iss": maker.client_id,
        "aud": issuer,
        "jti": secrets.token_urlsafe(16),
        "iat": seconds(now),
        "exp": seconds(now + _LIFETIME),
    }
    return {
        WALLET_HEADER: maker.vouch(wallet.verifying_key, now),
        WALLET_PROOF_HEADER: jws.sign({"typ": WALLET_PROOF_TYPE}, proof, wallet).decode(),
    }
