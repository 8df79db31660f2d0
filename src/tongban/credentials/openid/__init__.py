"""OpenID4VCI 1.0 and OpenID4VP 1.0 by HAIP 1.0: messages, and every check that needs no table and no network.

Issuing: `CredentialOffer`, `issuer_metadata`, `sign_metadata`, `server_metadata`,
`read_authorisation_request`, `read_token_request`, `check_pkce`, `check_dpop`, `Nonces`,
`read_credential_request`, `check_proofs`, `read_recipient`, `credential_response`,
`read_notification_request`. Asking and showing: `read_query`, `choose`, `check_answer`,
`PresentationRequest`, `Agreement`, `open_request`, `seal_response`, `open_response`, `verify_response`.
What codes, tokens and requests stand for, and that each is used once, is kept by the node.
"""

from tongban.credentials.openid.attestations import (
    WALLET_HEADER,
    WALLET_PROOF_HEADER,
    AttestedWallet,
    Maker,
    authenticate,
    check_wallet,
)
from tongban.credentials.openid.data import read_form
from tongban.credentials.openid.dcql import Candidate, Choice, Query, check_answer, choose, read_query
from tongban.credentials.openid.details import granted_details, read_details
from tongban.credentials.openid.dpop import DpopProof, check_dpop, make_dpop
from tongban.credentials.openid.encryption import (
    MEDIA_TYPE,
    Envelope,
    Recipient,
    envelope,
    new_encryption_key,
    public_jwk,
    read_recipient,
    unseal,
)
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.openid.grants import (
    AuthorisationRequest,
    CodeRequest,
    PreAuthorisedRequest,
    RefreshRequest,
    check_pkce,
    read_authorisation_request,
    read_token_request,
    token_response,
)
from tongban.credentials.openid.issuance import (
    CredentialRequest,
    DeferredRequest,
    NotificationRequest,
    check_proofs,
    credential_response,
    deferred_response,
    read_credential_request,
    read_deferred_request,
    read_notification_request,
    sign_proof,
)
from tongban.credentials.openid.metadata import (
    Endpoints,
    configuration_id,
    issuer_metadata,
    read_signed_metadata,
    server_metadata,
    sign_metadata,
)
from tongban.credentials.openid.nonces import Nonces
from tongban.credentials.openid.offer import (
    CredentialOffer,
    TransactionCode,
    link_to,
    offer_address,
    read_offer,
)
from tongban.credentials.openid.requests import (
    PresentationRequest,
    ReceivedRequest,
    audience_of,
    open_request,
    request_link,
    x509_hash_client_id,
)
from tongban.credentials.openid.responses import (
    Response,
    WalletRefused,
    open_response,
    seal_response,
    verify_response,
)
from tongban.credentials.openid.transactions import Agreement, signed_by

__all__ = [
    "MEDIA_TYPE",
    "WALLET_HEADER",
    "WALLET_PROOF_HEADER",
    "Agreement",
    "AttestedWallet",
    "AuthorisationRequest",
    "Candidate",
    "Choice",
    "CodeRequest",
    "CredentialOffer",
    "CredentialRequest",
    "DeferredRequest",
    "DpopProof",
    "Endpoints",
    "Envelope",
    "Maker",
    "Nonces",
    "NotificationRequest",
    "OpenIdError",
    "OpenIdRefused",
    "PreAuthorisedRequest",
    "PresentationRequest",
    "Query",
    "ReceivedRequest",
    "Recipient",
    "RefreshRequest",
    "Response",
    "TransactionCode",
    "WalletRefused",
    "audience_of",
    "authenticate",
    "check_answer",
    "check_dpop",
    "check_pkce",
    "check_proofs",
    "check_wallet",
    "choose",
    "configuration_id",
    "credential_response",
    "deferred_response",
    "envelope",
    "granted_details",
    "issuer_metadata",
    "link_to",
    "make_dpop",
    "new_encryption_key",
    "offer_address",
    "open_request",
    "open_response",
    "public_jwk",
    "read_authorisation_request",
    "read_credential_request",
    "read_deferred_request",
    "read_details",
    "read_form",
    "read_notification_request",
    "read_offer",
    "read_query",
    "read_recipient",
    "read_signed_metadata",
    "read_token_request",
    "request_link",
    "seal_response",
    "server_metadata",
    "sign_metadata",
    "sign_proof",
    "signed_by",
    "token_response",
    "unseal",
    "verify_response",
    "x509_hash_client_id",
]
