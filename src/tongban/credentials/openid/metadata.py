"""What an issuer says of itself: its metadata and its authorisation server's (OpenID4VCI 1.0, RFC 8414).

The issuer's can be signed, so that a wallet need not believe whoever ends the connection (section 12.2.3).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from joserfc.jwk import ECKey

from tongban.credentials import jws
from tongban.credentials.algorithms import JOSE_NAMES
from tongban.credentials.openid.details import DETAILS_TYPE
from tongban.credentials.openid.encryption import request_encryption, response_encryption
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.openid.offer import AUTHORISATION_CODE, PRE_AUTHORISED, REFRESH_TOKEN
from tongban.credentials.refusals import CredentialRefused
from tongban.credentials.sdjwt.times import check_started, has_expired, seconds
from tongban.credentials.types import CredentialType, traditional
from tongban.credentials.vc.versions import CURRENT
from tongban.suites import SigningKey, Suite, VerifyingKey

PROOF_ALGORITHMS = ("ES256", "EdDSA")
"""Algorithms of holders' keys; ES256 is what HAIP 1.0 demands of every wallet."""

BATCH_SIZE = 20

SIGNED_TYPE = "openidvci-issuer-metadata+jwt"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of an issuer that is its own authorisation server. `issuer` is the URI in `iss`."""

    issuer: str
    authorise: str
    pushed_authorisation: str
    token: str
    nonce: str
    credential: str
    deferred: str
    notification: str


def configuration_id(kind: CredentialType) -> str:
    """The name of a type's credential configuration: the last two parts of its identifier."""
    return "-".join(kind.vct.rsplit("/", 2)[-2:])


def issuer_metadata(
    endpoints: Endpoints,
    types: Iterable[CredentialType],
    suite: Suite,
    names: tuple[str, str],
    encrypt_to: Sequence[ECKey],
) -> dict[str, object]:
    """The document under `/.well-known/openid-credential-issuer`; `names` are Chinese and English.

    `encrypt_to` are the keys to which wallets may encrypt their requests.
    """
    return {
        "credential_issuer": endpoints.issuer,
        "authorization_servers": [endpoints.issuer],
        "credential_endpoint": endpoints.credential,
        "nonce_endpoint": endpoints.nonce,
        "deferred_credential_endpoint": endpoints.deferred,
        "notification_endpoint": endpoints.notification,
        "credential_request_encryption": request_encryption(encrypt_to),
        "credential_response_encryption": response_encryption(),
        "batch_credential_issuance": {"batch_size": BATCH_SIZE},
        "display": _display("name", *names),
        "credential_configurations_supported": {
            configuration_id(kind): _configuration(kind, suite) for kind in types
        },
    }


def sign_metadata(
    document: Mapping[str, object],
    key: SigningKey,
    header: Mapping[str, object],
    *,
    now: datetime,
    lifetime: timedelta,
) -> str:
    """The issuer's metadata as a JWT (`application/jwt`); `header` says whose key signed, by `x5c`."""
    about = {
        "iss": document["credential_issuer"],
        "sub": document["credential_issuer"],
        "iat": seconds(now),
        "exp": seconds(now + lifetime),
    }
    return jws.sign({"typ": SIGNED_TYPE, **header}, {**document, **about}, key).decode()


def read_signed_metadata(
    token: bytes, keys: Iterable[VerifyingKey], *, issuer: str, now: datetime
) -> dict[str, object]:
    """The metadata of this issuer, signed by one of its keys and in force. Raises OpenIdRefused."""
    wrong = OpenIdRefused(OpenIdError.INVALID_REQUEST, "the issuer's metadata are not signed by the issuer")
    try:
        apart = jws.take_apart(token, "metadata")
        if apart.header.get("typ") != SIGNED_TYPE or apart.payload.get("sub") != issuer:
            raise wrong
        check_started(apart.payload, now)
        if has_expired(apart.payload, now):
            raise wrong
    except CredentialRefused:
        raise wrong from None
    for key in keys:
        try:
            return apart.verified(key).payload
        except CredentialRefused:
            continue
    raise wrong


def _configuration(kind: CredentialType, suite: Suite) -> dict[str, object]:
    return {
        "format": CURRENT.typ,
        "vct": kind.vct,
        "scope": configuration_id(kind),
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": [JOSE_NAMES[suite]],
        "proof_types_supported": {
            "jwt": {"proof_signing_alg_values_supported": list(PROOF_ALGORITHMS)},
            "attestation": {"proof_signing_alg_values_supported": ["ES256"], "key_attestations_required": {}},
        },
        "credential_metadata": {
            "display": _display("name", kind.name.zh, kind.name.en),
            "claims": [
                {
                    "path": list(claim.steps),
                    "mandatory": claim.required,
                    "display": _display("name", claim.zh, claim.en),
                }
                for claim in kind.claims
            ],
        },
    }


def _display(member: str, zh: str, en: str) -> list[dict[str, str]]:
    return [
        {member: zh, "locale": "zh-CN"},
        {member: traditional(zh), "locale": "zh-TW"},
        {member: en, "locale": "en"},
    ]


def server_metadata(endpoints: Endpoints, *, only_attested: bool) -> dict[str, object]:
    """The document under `/.well-known/oauth-authorization-server`, as HAIP 1.0 wants it.

    `only_attested` says that wallets have to authenticate themselves by an attestation of their maker.
    """
    return {
        "issuer": endpoints.issuer,
        "authorization_endpoint": endpoints.authorise,
        "pushed_authorization_request_endpoint": endpoints.pushed_authorisation,
        "require_pushed_authorization_requests": True,
        "token_endpoint": endpoints.token,
        "token_endpoint_auth_methods_supported": [
            "attest_jwt_client_auth",
            *([] if only_attested else ["none"]),
        ],
        "client_attestation_signing_alg_values_supported": ["ES256"],
        "client_attestation_pop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
        "authorization_details_types_supported": [DETAILS_TYPE],
        "response_types_supported": ["code"],
        "grant_types_supported": [AUTHORISATION_CODE, PRE_AUTHORISED, REFRESH_TOKEN],
        "code_challenge_methods_supported": ["S256"],
        "pre-authorized_grant_anonymous_access_supported": not only_attested,
        "authorization_response_iss_parameter_supported": True,
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
    }
