"""Why a request of OpenID4VCI or an answer of OpenID4VP is refused, with the codes that the standards give.

Promises: a refusal names the parameter, never its value; `to_json` is the body of the error response.
"""

from enum import StrEnum


class OpenIdError(StrEnum):
    """Error codes of OAuth 2.0, its extensions, OpenID4VCI 1.0 (6.3, 8.3.1.2, 9.3, 11.3) and OpenID4VP 1.0.

    `too_many_requests` is of this node's own making and comes with status 429.
    """

    INVALID_REQUEST = "invalid_request"
    INVALID_CLIENT = "invalid_client"
    INVALID_GRANT = "invalid_grant"
    UNSUPPORTED_GRANT_TYPE = "unsupported_grant_type"
    INVALID_SCOPE = "invalid_scope"
    INVALID_AUTHORIZATION_DETAILS = "invalid_authorization_details"
    INVALID_TOKEN = "invalid_token"  # noqa: S105 - a code, not a token
    INVALID_DPOP_PROOF = "invalid_dpop_proof"
    INVALID_CREDENTIAL_REQUEST = "invalid_credential_request"
    UNKNOWN_CREDENTIAL_CONFIGURATION = "unknown_credential_configuration"
    UNKNOWN_CREDENTIAL_IDENTIFIER = "unknown_credential_identifier"
    INVALID_PROOF = "invalid_proof"
    INVALID_NONCE = "invalid_nonce"
    INVALID_ENCRYPTION_PARAMETERS = "invalid_encryption_parameters"
    CREDENTIAL_REQUEST_DENIED = "credential_request_denied"
    INVALID_TRANSACTION_ID = "invalid_transaction_id"
    INVALID_TRANSACTION_DATA = "invalid_transaction_data"
    INVALID_NOTIFICATION_ID = "invalid_notification_id"
    INVALID_NOTIFICATION_REQUEST = "invalid_notification_request"
    INVALID_REQUEST_URI_METHOD = "invalid_request_uri_method"
    VP_FORMATS_NOT_SUPPORTED = "vp_formats_not_supported"
    ACCESS_DENIED = "access_denied"
    TOO_MANY = "too_many_requests"


_UNAUTHORISED = frozenset(
    {OpenIdError.INVALID_TOKEN, OpenIdError.INVALID_CLIENT, OpenIdError.INVALID_DPOP_PROOF}
)


class OpenIdRefused(ValueError):
    """A request that is refused: `error` is its code, `description` what to mend."""

    def __init__(self, error: OpenIdError, description: str) -> None:
        self.error = error
        self.description = description
        super().__init__(f"{error.value}: {description}")

    @property
    def status(self) -> int:
        """The HTTP status of the error response."""
        if self.error is OpenIdError.TOO_MANY:
            return 429
        return 401 if self.error in _UNAUTHORISED else 400

    def to_json(self) -> dict[str, str]:
        """The body of the error response."""
        return {"error": self.error.value, "error_description": self.description}
