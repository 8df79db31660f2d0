"""Authorisation and token requests: offered code, code with PKCE, refresh token (OpenID4VCI 1.0, 5 and 6).

What a code stands for is the node's to keep; here are the messages, and the checks that need nothing else.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from tongban.credentials import base64url
from tongban.credentials.openid.data import Message, read
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.openid.offer import AUTHORISATION_CODE, PRE_AUTHORISED, REFRESH_TOKEN

_Text = Annotated[str, Field(min_length=1, max_length=2000)]
_Verifier = Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{43,128}$")]
_Challenge = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class AuthorisationRequest(Message):
    """A pushed authorisation request of a wallet (RFC 9126). Only `code` with PKCE by S256 is taken.

    What it wants is named by `scope`, by `authorization_details` or by both.
    """

    response_type: Literal["code"]
    client_id: _Text
    redirect_uri: _Text
    code_challenge: _Challenge
    code_challenge_method: Literal["S256"]
    scope: _Text | None = None
    authorization_details: _Text | None = None
    state: Annotated[str, Field(max_length=500)] | None = None
    issuer_state: Annotated[str, Field(max_length=500)] | None = None

    @model_validator(mode="after")
    def _names_something(self) -> "AuthorisationRequest":
        if self.scope is None and self.authorization_details is None:
            raise ValueError("expected scope or authorization_details")
        return self


class PreAuthorisedRequest(Message):
    """A token request with the code of an offer."""

    code: Annotated[_Text, Field(alias="pre-authorized_code")]
    tx_code: Annotated[str, Field(max_length=40)] | None = None
    client_id: _Text | None = None
    authorization_details: _Text | None = None


class CodeRequest(Message):
    """A token request with the code of an authorisation; an authenticated wallet need not say who it is."""

    code: _Text
    redirect_uri: _Text
    code_verifier: _Verifier
    client_id: _Text | None = None
    authorization_details: _Text | None = None


class RefreshRequest(Message):
    """A token request of a wallet that was let in before and needs more copies."""

    refresh_token: _Text
    client_id: _Text | None = None
    authorization_details: _Text | None = None


TokenRequest = PreAuthorisedRequest | CodeRequest | RefreshRequest


def read_authorisation_request(fields: Mapping[str, str]) -> AuthorisationRequest:
    """The pushed authorisation request in a form."""
    return read(AuthorisationRequest, dict(fields), OpenIdError.INVALID_REQUEST)


def read_token_request(fields: Mapping[str, str]) -> TokenRequest:
    """The token request in a form; refuses other grants."""
    grant = fields.get("grant_type")
    if grant == PRE_AUTHORISED:
        return read(PreAuthorisedRequest, dict(fields), OpenIdError.INVALID_REQUEST)
    if grant == AUTHORISATION_CODE:
        return read(CodeRequest, dict(fields), OpenIdError.INVALID_REQUEST)
    if grant == REFRESH_TOKEN:
        return read(RefreshRequest, dict(fields), OpenIdError.INVALID_REQUEST)
    raise OpenIdRefused(OpenIdError.UNSUPPORTED_GRANT_TYPE, "grant_type")


def check_pkce(challenge: str, verifier: str) -> None:
    """Refuse a code that somebody else than its asker redeems (RFC 7636, S256)."""
    expected = base64url.encode(hashlib.sha256(verifier.encode("ascii")).digest()).decode()
    if not hmac.compare_digest(expected, challenge):
        raise OpenIdRefused(OpenIdError.INVALID_GRANT, "code_verifier does not fit the code_challenge")


def token_response(
    access_token: str,
    lifetime: int,
    *,
    bound: bool,
    refresh_token: str | None = None,
    details: list[dict[str, object]] | None = None,
) -> dict[str, object]:
    """The body of a token response; `lifetime` in seconds, `bound` says that the token needs DPoP.

    `details` are what was granted, for a wallet that asked by `authorization_details`.
    """
    told: dict[str, object] = {
        "access_token": access_token,
        "token_type": "DPoP" if bound else "Bearer",
        "expires_in": lifetime,
    }
    if refresh_token is not None:
        told["refresh_token"] = refresh_token
    if details is not None:
        told["authorization_details"] = details
    return told
