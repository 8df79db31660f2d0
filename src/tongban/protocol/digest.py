"""Content-Digest (RFC 9530): ties a body to the header that the signature covers.

The hash goes with the suite of the key that signs: SHA-256, or SM3 with SM2, so that an SM2 signature rests
on SM3 alone. `sm3` is not in the RFC's registry yet.
"""

import hashlib
import hmac
from binascii import b2a_base64
from collections.abc import Callable

from tongban.protocol.refusals import Code, Refused
from tongban.protocol.structured import bare, parse_dictionary
from tongban.suites import Suite, sm3


def _sha256(body: bytes) -> bytes:
    return hashlib.sha256(body).digest()


_HASHES: dict[Suite, tuple[str, Callable[[bytes], bytes]]] = {
    Suite.ED25519: ("sha-256", _sha256),
    Suite.ES256: ("sha-256", _sha256),
    Suite.SM2: ("sm3", sm3),
}


def content_digest(body: bytes, suite: Suite = Suite.ED25519) -> str:
    """The value of the Content-Digest field for `body`, as a key of that suite signs it."""
    name, hashed = _HASHES[suite]
    return f"{name}=:{b2a_base64(hashed(body), newline=False).decode()}:"


def check_digest(value: str, body: bytes, suite: Suite = Suite.ED25519) -> None:
    """Refuse unless the Content-Digest `value` holds the digest of `body` by the hash of `suite`.

    Digests by other algorithms beside it are left alone, as RFC 9530 allows.
    """
    if value == content_digest(body, suite):
        return
    name, hashed = _HASHES[suite]
    digest = bare(parse_dictionary(value, "header content-digest").get(name))
    if not isinstance(digest, bytes):
        raise Refused(Code.MALFORMED, "header content-digest", f"a {name} byte sequence is expected")
    if not hmac.compare_digest(digest, hashed(body)):
        raise Refused(Code.BAD_DIGEST, "header content-digest")
