"""Presentation requests: signed by the verifier, the answer to them encrypted (OpenID4VP 1.0).

The request object is a JWT of type `oauth-authz-req+jwt`; the answer comes to the verifier's address by
`direct_post.jwt`, or by the browser that asks (`dc_api.jwt`, Digital Credentials API), encrypted to a key
that is fresh for every request, as HAIP 1.0 wants it.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from tongban.credentials import jws
from tongban.credentials.algorithms import JOSE_NAMES
from tongban.credentials.openid.data import Message, read
from tongban.credentials.openid.dcql import Query, read_query
from tongban.credentials.openid.encryption import ENCRYPTION
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.openid.transactions import MOST_ENTRIES, Agreement, read_agreements
from tongban.credentials.refusals import CredentialRefused
from tongban.credentials.sdjwt.times import check_started, has_expired, seconds
from tongban.credentials.vc.versions import CURRENT
from tongban.suites import SigningKey, Suite, VerifyingKey

TYPE = "oauth-authz-req+jwt"
MEDIA_TYPE = f"application/{TYPE}"
SELF_ISSUED_AUDIENCE = "https://self-issued.me/v2"
DC_PROTOCOL = "openid4vp-v1-signed"
"""The name under which a browser is handed a signed request."""
ALGORITHMS = sorted({JOSE_NAMES[suite] for suite in (Suite.ES256, Suite.ED25519)})
"""What presentations may be signed by."""

_Text = Annotated[str, Field(min_length=1, max_length=2000)]
_Entry = Annotated[str, Field(min_length=1, max_length=8000)]


def x509_hash_client_id(certificate: bytes) -> str:
    """The client identifier of a verifier by its certificate (DER), as HAIP 1.0 wants it."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(certificate).digest()).rstrip(b"=").decode()
    return f"x509_hash:{digest}"


@dataclass(frozen=True, slots=True)
class PresentationRequest:
    """One request of a verifier.

    `client_id` carries its prefix (`x509_hash:…`, `x509_san_dns:…`). `encryption_key` is the public JWK, with
    `kid`, that the answer is encrypted to. `nonce` and `state` are fresh for every request. With an `origin`
    the request is for the browser that has opened a page there, and `response_uri` and `state` play no part.
    `agreements` are what the holder has to agree to. `wallet_nonce` is what the wallet that fetches the
    request wants to find in it, so that no older one can be passed off as this.
    """

    client_id: str
    response_uri: str
    nonce: str
    state: str
    query: Mapping[str, Any]
    encryption_key: Mapping[str, str]
    client_name: str = ""
    origin: str = ""
    agreements: tuple[Agreement, ...] = ()
    wallet_nonce: str = ""

    def sign(
        self, key: SigningKey, *, now: datetime, lifetime: timedelta, chain: Sequence[bytes] = ()
    ) -> str:
        """The request object; `chain` are the verifier's certificates in DER, its own first."""
        header: dict[str, object] = {"typ": TYPE}
        if chain:
            header["x5c"] = [base64.b64encode(certificate).decode() for certificate in chain]
        else:
            header["kid"] = key.keyid
        return jws.sign(header, self.to_json(now, lifetime), key).decode()

    def to_json(self, now: datetime, lifetime: timedelta) -> dict[str, object]:
        """The payload of the request object."""
        query = read_query(self.query)
        texts = [agreement.text for agreement in self.agreements]
        read_agreements(texts, query)
        by_browser = {"response_mode": "dc_api.jwt", "expected_origins": [self.origin]}
        by_address = {
            "response_mode": "direct_post.jwt",
            "response_uri": self.response_uri,
            "state": self.state,
        }
        return {
            **(by_browser if self.origin else by_address),
            "iss": self.client_id,
            "aud": SELF_ISSUED_AUDIENCE,
            "iat": seconds(now),
            "exp": seconds(now + lifetime),
            "response_type": "vp_token",
            "client_id": self.client_id,
            "nonce": self.nonce,
            "dcql_query": dict(self.query),
            **({"transaction_data": texts} if texts else {}),
            **({"wallet_nonce": self.wallet_nonce} if self.wallet_nonce else {}),
            "client_metadata": {
                "client_name": self.client_name,
                "jwks": {"keys": [{**self.encryption_key, "use": "enc", "alg": "ECDH-ES"}]},
                "encrypted_response_enc_values_supported": list(ENCRYPTION),
                "vp_formats_supported": {
                    CURRENT.typ: {"sd-jwt_alg_values": ALGORITHMS, "kb-jwt_alg_values": ALGORITHMS}
                },
            },
        }


def audience_of(origin: str) -> str:
    """For whom a wallet signs what it shows through a browser: the origin of the page that asked."""
    return f"origin:{origin}"


class _Jwks(Message):
    keys: Annotated[list[dict[str, Any]], Field(min_length=1, max_length=10)]


class _ClientMetadata(Message):
    jwks: _Jwks
    client_name: Annotated[str, Field(max_length=200)] = ""
    encrypted_response_enc_values_supported: list[str] = ["A128GCM"]  # noqa: RUF012 - pydantic copies it


class ReceivedRequest(Message):
    """A request as a wallet sees it, once its signature held."""

    response_type: Literal["vp_token"]
    response_mode: Literal["direct_post.jwt"]
    client_id: _Text
    response_uri: _Text
    nonce: _Text
    state: _Text | None = None
    dcql_query: Query
    client_metadata: _ClientMetadata
    transaction_data: Annotated[list[_Entry], Field(min_length=1, max_length=MOST_ENTRIES)] | None = None
    wallet_nonce: _Text | None = None

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """What the holder has to agree to. Raises OpenIdRefused for what is not understood."""
        return read_agreements(self.transaction_data or (), self.dcql_query)


def open_request(
    request: str, verifier: VerifyingKey, *, client_id: str, now: datetime, wallet_nonce: str | None = None
) -> ReceivedRequest:
    """The request object of a verifier whose key is known; refuses an expired or altered one.

    So is one that wants something agreed to (`transaction_data`) that is not understood, and one without the
    `wallet_nonce` by which it was fetched.
    """
    try:
        token = jws.take_apart(request.encode("ascii"), "request object")
        if token.header.get("typ") != TYPE:
            raise OpenIdRefused(OpenIdError.INVALID_REQUEST, f"typ: expected {TYPE}")
        payload = token.verified(verifier).payload
        check_started(payload, now)
        expired = has_expired(payload, now)
    except (CredentialRefused, UnicodeEncodeError):
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "the request object cannot be verified") from None
    if expired:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "the request has expired")
    if payload.get("client_id") != client_id or payload.get("aud") != SELF_ISSUED_AUDIENCE:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "client_id and aud are not those of this request")
    received = read(ReceivedRequest, payload, OpenIdError.INVALID_REQUEST)
    if wallet_nonce is not None and received.wallet_nonce != wallet_nonce:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "wallet_nonce: expected that of this wallet")
    read_agreements(received.transaction_data or (), received.dcql_query)
    return received
