"""Credential offers: what an issuer hands to a wallet as link or QR code (OpenID4VCI 1.0, section 4.1)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import orjson
from pydantic import Field

from tongban.credentials.openid.data import Message, read
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused

PRE_AUTHORISED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
AUTHORISATION_CODE = "authorization_code"
REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the name of a grant
SCHEME = "openid-credential-offer://"
HAIP_SCHEME = "haip-vci://"


@dataclass(frozen=True, slots=True)
class TransactionCode:
    """A code that the holder gets by another way and types into the wallet."""

    length: int = 6
    description: str = ""

    def to_json(self) -> dict[str, object]:
        """The `tx_code` member."""
        members: dict[str, object] = {"input_mode": "numeric", "length": self.length}
        return members | ({"description": self.description} if self.description else {})


@dataclass(frozen=True, slots=True)
class CredentialOffer:
    """An offer of some credential configurations of one issuer.

    `pre_authorised` is the one-time code of an offer that was decided already; `issuer_state` ties an
    authorisation to the offer. At least one of both.
    """

    issuer: str
    configurations: tuple[str, ...]
    pre_authorised: str | None = None
    transaction_code: TransactionCode | None = None
    issuer_state: str | None = None

    def to_json(self) -> dict[str, object]:
        """The offer as JSON."""
        grants: dict[str, Mapping[str, object]] = {}
        if self.pre_authorised is not None:
            grant: dict[str, object] = {"pre-authorized_code": self.pre_authorised}
            if self.transaction_code is not None:
                grant["tx_code"] = self.transaction_code.to_json()
            grants[PRE_AUTHORISED] = grant
        if self.issuer_state is not None:
            grants[AUTHORISATION_CODE] = {"issuer_state": self.issuer_state}
        return {
            "credential_issuer": self.issuer,
            "credential_configuration_ids": list(self.configurations),
            "grants": grants,
        }

    def link(self, scheme: str = SCHEME) -> str:
        """The offer by value, as a link that wallets open."""
        return f"{scheme}?{urlencode({'credential_offer': orjson.dumps(self.to_json()).decode()})}"


def link_to(offer_uri: str, scheme: str = SCHEME) -> str:
    """The offer by reference: the wallet fetches it from `offer_uri`, so that a QR code stays small."""
    return f"{scheme}?{urlencode({'credential_offer_uri': offer_uri})}"


def offer_address(link: str) -> str:
    """Where a wallet fetches the offer that a link refers to. Raises OpenIdRefused for other links."""
    try:
        parts = urlsplit(link.strip())
        addresses = parse_qs(parts.query, strict_parsing=True).get("credential_offer_uri", [])
    except ValueError:
        addresses = []
    if len(addresses) != 1 or f"{parts.scheme}://" not in {SCHEME, HAIP_SCHEME}:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "expected a link with credential_offer_uri")
    return addresses[0]


_Text = Annotated[str, Field(min_length=1, max_length=2000)]


class _Offer(Message):
    credential_issuer: _Text
    credential_configuration_ids: Annotated[list[_Text], Field(min_length=1, max_length=20)]
    grants: dict[str, dict[str, Any]] = {}  # noqa: RUF012 - pydantic copies it


def read_offer(members: object) -> CredentialOffer:
    """The offer that an issuer gives. Raises OpenIdRefused."""
    offer = read(_Offer, members, OpenIdError.INVALID_REQUEST)
    code = offer.grants.get(PRE_AUTHORISED, {}).get("pre-authorized_code")
    state = offer.grants.get(AUTHORISATION_CODE, {}).get("issuer_state")
    return CredentialOffer(
        issuer=offer.credential_issuer,
        configurations=tuple(offer.credential_configuration_ids),
        pre_authorised=code if isinstance(code, str) else None,
        issuer_state=state if isinstance(state, str) else None,
    )
