"""Content-Digest (RFC 9530) with sha-256: ties a body to the header that the signature covers."""

import hashlib
import hmac

import http_sf

from tongban.protocol.refusals import Code, Refused
from tongban.protocol.structured import bare, parse_dictionary

ALGORITHM = "sha-256"


def content_digest(body: bytes) -> str:
    """The value of the Content-Digest field for `body`."""
    return http_sf.ser({ALGORITHM: hashlib.sha256(body).digest()})


def check_digest(value: str, body: bytes) -> None:
    """Refuse unless the Content-Digest `value` holds the sha-256 of `body`.

    Digests by other algorithms beside it are left alone, as RFC 9530 allows.
    """
    members = parse_dictionary(value, "header content-digest")
    digest = bare(members.get(ALGORITHM))
    if not isinstance(digest, bytes):
        raise Refused(Code.MALFORMED, "header content-digest", "a sha-256 byte sequence is expected")
    if not hmac.compare_digest(digest, hashlib.sha256(body).digest()):
        raise Refused(Code.BAD_DIGEST, "header content-digest")
