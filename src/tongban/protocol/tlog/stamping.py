"""RFC 3161 timestamps on heads of the log, without I/O: the request, and the check of a response.

What is stamped is the SHA-256 of the head's text (origin, size, root), so that `openssl ts -verify -data` on
that text checks it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.x509 import Certificate
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

QUERY_TYPE = "application/timestamp-query"
REPLY_TYPE = "application/timestamp-reply"


class StampError(ValueError):
    """A response does not stamp the head; the text says what is wrong."""


@dataclass(frozen=True)
class StampRequest:
    """What an authority is sent for the head with this text, and the nonce that its response repeats."""

    text: str
    body: bytes
    nonce: int | None = field(repr=False)


def request_for(text: str) -> StampRequest:
    """The request for a head's text, with a fresh nonce."""
    built = TimestampRequestBuilder().hash_algorithm(HashAlgorithm.SHA256).data(text.encode()).build()
    return StampRequest(text, built.as_bytes(), built.nonce)


def check_response(
    response: bytes, text: str, roots: Sequence[Certificate], nonce: int | None = None
) -> datetime:
    """When the authority stamped the head's text; `roots` are the certificates that authorities go back to.

    Raises StampError.
    """
    stamped = _decoded(response)
    verifier = VerifierBuilder(roots=list(roots), nonce=nonce).build()
    try:
        verifier.verify_message(stamped, text.encode())
    except VerificationError as error:
        raise StampError(f"the timestamp does not count: {error}") from None
    return stamped.tst_info.gen_time.astimezone(UTC)


def _decoded(response: bytes) -> TimeStampResponse:
    try:
        return decode_timestamp_response(response)
    except ValueError:
        raise StampError("the response is no RFC 3161 timestamp") from None
