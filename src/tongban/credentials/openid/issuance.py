"""Credential requests with proofs, responses now or later, notifications (OpenID4VCI 1.0, 8, 9 and 11)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from tongban.credentials import jws
from tongban.credentials.jwk import from_jwk, to_jwk
from tongban.credentials.openid.attestations import Roots, check_keys
from tongban.credentials.openid.data import Message, read, read_json
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.openid.metadata import BATCH_SIZE
from tongban.credentials.refusals import CredentialRefused
from tongban.credentials.sdjwt.times import CLOCK_LEEWAY, check_started, moment, seconds
from tongban.suites import SigningKey, VerifyingKey

PROOF_TYPE = "openid4vci-proof+jwt"
MAX_AGE = timedelta(minutes=5)

_Text = Annotated[str, Field(min_length=1, max_length=500)]
_Proof = Annotated[str, Field(min_length=1, max_length=8000)]


class Proofs(Message):
    """The holder's keys, each proved by a signature; as many credentials are issued."""

    jwt: Annotated[list[_Proof], Field(min_length=1, max_length=BATCH_SIZE)] | None = None
    attestation: Annotated[list[_Proof], Field(min_length=1, max_length=1)] | None = None

    @model_validator(mode="after")
    def _of_one_type(self) -> "Proofs":
        if (self.jwt is None) == (self.attestation is None):
            raise ValueError("expected proofs of one type")
        return self


class CredentialRequest(Message):
    """What a wallet asks the credential endpoint for; `read_recipient` tells to whom it is encrypted."""

    credential_configuration_id: _Text | None = None
    credential_identifier: _Text | None = None
    proofs: Proofs | None = None
    credential_response_encryption: dict[str, Any] | None = None


class DeferredRequest(Message):
    """A wallet comes back for what it asked for before; `read_recipient` tells to whom it is encrypted."""

    transaction_id: _Text
    credential_response_encryption: dict[str, Any] | None = None


class NotificationRequest(Message):
    """What became of an issued credential in the wallet."""

    notification_id: _Text
    event: Literal["credential_accepted", "credential_failure", "credential_deleted"]
    event_description: Annotated[str, Field(max_length=2000)] | None = None


def read_credential_request(body: bytes) -> CredentialRequest:
    """The request in a JSON body; refuses one that names no configuration, or both ways at once."""
    error = OpenIdError.INVALID_CREDENTIAL_REQUEST
    request = read(CredentialRequest, read_json(body, error), error)
    if (request.credential_configuration_id is None) == (request.credential_identifier is None):
        raise OpenIdRefused(error, "expected credential_configuration_id or credential_identifier")
    return request


def read_deferred_request(body: bytes) -> DeferredRequest:
    """The deferred credential request in a JSON body."""
    error = OpenIdError.INVALID_CREDENTIAL_REQUEST
    return read(DeferredRequest, read_json(body, error), error)


def read_notification_request(body: bytes) -> NotificationRequest:
    """The notification in a JSON body."""
    error = OpenIdError.INVALID_NOTIFICATION_REQUEST
    return read(NotificationRequest, read_json(body, error), error)


def check_proofs(
    proofs: Proofs | None,
    *,
    issuer: str,
    now: datetime,
    knows_nonce: Callable[[str], bool],
    makers: Roots = (),
) -> list[VerifyingKey]:
    """The holder's keys that the proofs prove, in their order, each once.

    `issuer` is the credential issuer that they must be meant for; `knows_nonce` says whether a nonce was
    given out here and may still be used. Whoever is trusted among `makers` may vouch for all keys at once:
    in place of their proofs, or beside the proof of one of them.
    """
    if proofs is None:
        raise OpenIdRefused(OpenIdError.INVALID_PROOF, "proofs: expected one for every credential")
    if proofs.attestation is not None:
        keys, nonce = check_keys(proofs.attestation[0], now=now, roots=makers, most=BATCH_SIZE)
        if not knows_nonce(nonce):
            raise OpenIdRefused(OpenIdError.INVALID_NONCE, "nonce: ask the nonce endpoint for a fresh one")
        return keys
    keys = []
    for proof in proofs.jwt or ():
        keys += _check_proof(proof, issuer, now, knows_nonce, makers)
    if len({key.public_key for key in keys}) != len(keys) or len(keys) > BATCH_SIZE:
        raise OpenIdRefused(OpenIdError.INVALID_PROOF, "proofs: expected a key of its own in every one")
    return keys


def _check_proof(
    proof: str, issuer: str, now: datetime, knows_nonce: Callable[[str], bool], makers: Roots
) -> list[VerifyingKey]:
    """The key that a proof proves, or all keys of the attestation that it brings along."""
    try:
        token = jws.take_apart(proof.encode("ascii"), "proof")
        if token.header.get("typ") != PROOF_TYPE:
            raise OpenIdRefused(OpenIdError.INVALID_PROOF, f"typ: expected {PROOF_TYPE}")
        key = from_jwk(token.header.get("jwk"), "proof.jwk")
        payload = token.verified(key).payload
        signed_at = moment(payload, "iat")
        check_started(payload, now)
    except (CredentialRefused, UnicodeEncodeError):
        raise OpenIdRefused(OpenIdError.INVALID_PROOF, "the proof cannot be verified") from None
    if payload.get("aud") != issuer:
        raise OpenIdRefused(OpenIdError.INVALID_PROOF, "aud: expected the credential issuer")
    if signed_at is None or now - signed_at > MAX_AGE + CLOCK_LEEWAY:
        raise OpenIdRefused(OpenIdError.INVALID_PROOF, "iat: expected just now")
    nonce = payload.get("nonce")
    if not isinstance(nonce, str) or not knows_nonce(nonce):
        raise OpenIdRefused(OpenIdError.INVALID_NONCE, "nonce: ask the nonce endpoint for a fresh one")
    attestation = token.header.get("key_attestation")
    if attestation is None:
        return [key]
    attested, _ = check_keys(str(attestation), now=now, roots=makers, most=BATCH_SIZE)
    if key.public_key not in {one.public_key for one in attested}:
        raise OpenIdRefused(OpenIdError.INVALID_PROOF, "key_attestation: does not list the key of the proof")
    return attested


def sign_proof(key: SigningKey, *, issuer: str, nonce: str, now: datetime) -> str:
    """A proof as a wallet makes it: for this issuer, with the nonce it gave out."""
    header = {"typ": PROOF_TYPE, "jwk": to_jwk(key.verifying_key)}
    return jws.sign(header, {"aud": issuer, "nonce": nonce, "iat": seconds(now)}, key).decode()


def deferred_response(transaction_id: str, interval: timedelta) -> dict[str, object]:
    """The body of a response that goes with status 202: come again, and not before `interval` has passed."""
    return {"transaction_id": transaction_id, "interval": int(interval.total_seconds())}


def credential_response(credentials: Sequence[str], notification_id: str) -> dict[str, object]:
    """The body of a credential response."""
    return {
        "credentials": [{"credential": credential} for credential in credentials],
        "notification_id": notification_id,
    }
