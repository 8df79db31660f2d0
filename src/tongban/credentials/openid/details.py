"""Authorisation details of type `openid_credential` (RFC 9396; OpenID4VCI 1.0, sections 5.1.1 and 6.2).

A wallet names the configuration that it wants; the token's answer names the credential that it may get.
"""

from typing import Annotated, Literal

from pydantic import Field

from tongban.credentials import jws
from tongban.credentials.limits import DEFAULT_LIMITS
from tongban.credentials.openid.data import Message, read
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.refusals import CredentialRefused

DETAILS_TYPE = "openid_credential"
_WRONG = OpenIdError.INVALID_AUTHORIZATION_DETAILS
_Text = Annotated[str, Field(min_length=1, max_length=500)]


class _Detail(Message):
    """Other members are ignored: a wallet's choice of claims is no limit to what is issued."""

    type: Literal["openid_credential"]
    credential_configuration_id: _Text
    locations: Annotated[list[_Text], Field(min_length=1, max_length=10)] | None = None


def read_details(text: str | None, *, issuer: str) -> str | None:
    """The configuration that `authorization_details` ask for; None where there are none.

    One authorisation is for one credential. Raises OpenIdRefused `invalid_authorization_details`.
    """
    if text is None:
        return None
    try:
        listed = jws.load_json(text.encode(), "authorization_details", DEFAULT_LIMITS)
    except CredentialRefused:
        raise OpenIdRefused(_WRONG, "authorization_details: expected JSON") from None
    if not isinstance(listed, list) or len(listed) != 1:
        raise OpenIdRefused(_WRONG, "authorization_details: expected one, for one credential at a time")
    detail = read(_Detail, listed[0], _WRONG)
    if detail.locations is not None and issuer not in detail.locations:
        raise OpenIdRefused(_WRONG, "locations: expected the credential issuer")
    return detail.credential_configuration_id


def granted_details(configuration: str, identifier: str) -> list[dict[str, object]]:
    """The member `authorization_details` of a token response: the one credential it is good for."""
    return [
        {
            "type": DETAILS_TYPE,
            "credential_configuration_id": configuration,
            "credential_identifiers": [identifier],
        }
    ]
