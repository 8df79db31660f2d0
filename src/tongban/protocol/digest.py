"""Content-Digest (RFC 9530) with sha-256: ties a body to the header that the signature covers."""

import hashlib
import hmac

import http_sf

from tongban.protocol.refusals import Code, Refused

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


def parse_dictionary(value: str, path: str) -> http_sf.DictionaryType:
    """A structured dictionary field (RFC 9651) without repeated keys; Refused `malformed` otherwise."""

    def repeated(key: str, context: str) -> None:
        raise Refused(Code.MALFORMED, path, f"a key stands twice in the {context}")

    try:
        parsed = http_sf.parse(value.encode("ascii"), tltype="dictionary", on_duplicate_key=repeated)
    except (ValueError, UnicodeError):
        raise Refused(Code.MALFORMED, path, "a structured dictionary field is expected") from None
    if not isinstance(parsed, dict):
        raise Refused(Code.MALFORMED, path, "a structured dictionary field is expected")
    return parsed


def bare(member: object) -> object:
    """The bare value of a parsed dictionary member, without its parameters."""
    return member[0] if isinstance(member, tuple) else member
