"""Where a wallet fetches a presentation request: the link or code that leads there, by GET or POST.

Fetched by POST (OpenID4VP 1.0, section 5.10), the request carries the wallet's nonce under its signature.
"""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from pydantic import Field

from tongban.credentials import jws
from tongban.credentials.algorithms import JOSE_NAMES
from tongban.credentials.openid.data import Message, read, read_form
from tongban.credentials.openid.encryption import ENCRYPTION
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.openid.requests import ALGORITHMS
from tongban.credentials.vc.versions import CURRENT
from tongban.suites import Suite

SCHEME = "openid4vp://"
HAIP_SCHEME = "haip-vp://"
MOST_WALLET_NONCE = 200


def request_link(client_id: str, request_uri: str, scheme: str = SCHEME) -> str:
    """The link or QR code that leads a wallet to the request object, by POST if it can (5.10)."""
    fields = {"client_id": client_id, "request_uri": request_uri, "request_uri_method": "post"}
    return f"{scheme}?{urlencode(fields)}"


@dataclass(frozen=True, slots=True)
class RequestLink:
    """Where a wallet fetches the request object, whose it has to be, and whether by POST."""

    client_id: str
    request_uri: str
    is_posted: bool


def read_link(link: str) -> RequestLink:
    """What a link or QR code of a verifier says. Raises OpenIdRefused for what is no such link."""
    error = OpenIdError.INVALID_REQUEST
    parts = urlsplit(link)
    if f"{parts.scheme}://" not in {SCHEME, HAIP_SCHEME}:
        raise OpenIdRefused(error, f"expected a link that begins with {SCHEME} or {HAIP_SCHEME}")
    try:
        fields = read_form(parts.query.encode("ascii"))
    except UnicodeEncodeError:
        raise OpenIdRefused(error, "expected a form") from None
    if "client_id" not in fields or "request_uri" not in fields:
        raise OpenIdRefused(error, "expected client_id and request_uri")
    method = fields.get("request_uri_method", "get")
    if method not in {"get", "post"}:
        raise OpenIdRefused(
            OpenIdError.INVALID_REQUEST_URI_METHOD, "request_uri_method: expected get or post"
        )
    return RequestLink(fields["client_id"], fields["request_uri"], method == "post")


def wallet_fields(nonce: str) -> dict[str, str]:
    """The form by which a wallet fetches the request object: what it can do, and its fresh nonce (5.10)."""
    suites = {"sd-jwt_alg_values": ALGORITHMS, "kb-jwt_alg_values": ALGORITHMS}
    metadata = {
        "vp_formats_supported": {CURRENT.typ: suites},
        "client_id_prefixes_supported": ["x509_hash"],
        "request_object_signing_alg_values_supported": [JOSE_NAMES[Suite.ES256]],
        "response_modes_supported": ["direct_post.jwt"],
        "authorization_encryption_alg_values_supported": ["ECDH-ES"],
        "authorization_encryption_enc_values_supported": list(ENCRYPTION),
    }
    return {"wallet_metadata": jws.dump_json(metadata).decode(), "wallet_nonce": nonce}


class _WalletFields(Message):
    wallet_nonce: Annotated[str, Field(max_length=MOST_WALLET_NONCE)] = ""


def read_wallet_nonce(body: bytes) -> str:
    """The nonce that a wallet sends when it fetches the request object; empty without one."""
    return read(_WalletFields, read_form(body) if body else {}, OpenIdError.INVALID_REQUEST).wallet_nonce
