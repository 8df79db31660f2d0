"""What an issuer says of itself: its metadata and its authorisation server's (OpenID4VCI 1.0, RFC 8414)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from joserfc.jwk import ECKey

from tongban.credentials.algorithms import JOSE_NAMES
from tongban.credentials.openid.encryption import request_encryption, response_encryption
from tongban.credentials.openid.offer import AUTHORISATION_CODE, PRE_AUTHORISED, REFRESH_TOKEN
from tongban.credentials.types import CredentialType, traditional
from tongban.credentials.vc.versions import CURRENT
from tongban.suites import Suite

PROOF_ALGORITHMS = ("ES256", "EdDSA")
"""Algorithms of holders' keys; ES256 is what HAIP 1.0 demands of every wallet."""

BATCH_SIZE = 20


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of an issuer that is its own authorisation server. `issuer` is the URI in `iss`."""

    issuer: str
    authorise: str
    pushed_authorisation: str
    token: str
    nonce: str
    credential: str
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
        "notification_endpoint": endpoints.notification,
        "credential_request_encryption": request_encryption(encrypt_to),
        "credential_response_encryption": response_encryption(),
        "batch_credential_issuance": {"batch_size": BATCH_SIZE},
        "display": _display("name", *names),
        "credential_configurations_supported": {
            configuration_id(kind): _configuration(kind, suite) for kind in types
        },
    }


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
        "response_types_supported": ["code"],
        "grant_types_supported": [AUTHORISATION_CODE, PRE_AUTHORISED, REFRESH_TOKEN],
        "code_challenge_methods_supported": ["S256"],
        "pre-authorized_grant_anonymous_access_supported": not only_attested,
        "authorization_response_iss_parameter_supported": True,
        "dpop_signing_alg_values_supported": list(PROOF_ALGORITHMS),
    }
