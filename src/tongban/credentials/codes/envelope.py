"""What both kinds of code share: prefix, base45, zlib, COSE_Sign1, and the key's short name.

Promises: a code is unpacked within bounds; its key is one of the trust list's.
"""

import base64
import zlib
from functools import lru_cache

from tongban.credentials.codes import base45, cose
from tongban.credentials.jwk import thumbprint
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.refusals import Code, CredentialRefused
from tongban.credentials.trust import TrustedKey, TrustList, Untrusted
from tongban.credentials.verdict import Verdict
from tongban.suites import SigningKey, VerifyingKey

_KEYID_BYTES = 8


@lru_cache(maxsize=4096)
def short_name(key: VerifyingKey) -> bytes:
    """The first eight bytes of the key's thumbprint (RFC 7638)."""
    return base64.urlsafe_b64decode(thumbprint(key) + "=")[:_KEYID_BYTES]


def pack(prefix: str, payload: bytes, key: SigningKey) -> str:
    """The text that goes into the QR code."""
    message = cose.sign(payload, key, short_name(key.verifying_key))
    return prefix + base45.encode(zlib.compress(message, 9))


def unpack(prefix: str, text: str, limits: Limits = DEFAULT_LIMITS) -> cose.Unverified:
    """The signed message in a scanned text; refuses other codes and what unpacks to too much."""
    if len(text) > limits.code_characters:
        raise CredentialRefused(Code.TOO_LARGE, "code")
    if not text.startswith(prefix):
        raise CredentialRefused(Code.WRONG_TYPE, "code: prefix")
    unpacking = zlib.decompressobj()
    try:
        message = unpacking.decompress(base45.decode(text[len(prefix) :]), limits.code_bytes)
    except zlib.error:
        raise CredentialRefused(Code.MALFORMED, "code") from None
    if unpacking.unconsumed_tail:
        raise CredentialRefused(Code.DECOMPRESSION_BOMB, "code")
    if not unpacking.eof or unpacking.unused_data:
        raise CredentialRefused(Code.MALFORMED, "code")
    return cose.take_apart(message)


def find_key(trust: TrustList, keyid: bytes) -> TrustedKey:
    """The trusted key of this short name; raises Untrusted when none or more than one bears it."""
    found = [trusted for trusted in trust.keys if short_name(trusted.key) == keyid]
    if len(found) != 1:
        raise Untrusted(Verdict.UNKNOWN_ISSUER, "key of a code")
    return found[0]
