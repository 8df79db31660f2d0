"""The suites of `tongban.suites` under the names that JOSE, COSE and SD-JWT give them.

SM2 and SM3 are registered nowhere, so they go by object identifiers, which cannot collide (RFC 7515,
section 2).
Which suite verifies is said by the trust list's entry of the key; a message's own name has only to agree.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from tongban.suites import Suite, sm3

SM2_WITH_SM3 = "urn:oid:1.2.156.10197.1.501"
"""SM2 signature with SM3, as GM/T 0006 numbers it."""

SM2_CURVE = "urn:oid:1.2.156.10197.1.301"
SM3_HASH = "urn:oid:1.2.156.10197.1.401"

JOSE_NAMES: Mapping[Suite, str] = MappingProxyType(
    {Suite.ES256: "ES256", Suite.ED25519: "EdDSA", Suite.SM2: SM2_WITH_SM3}
)
"""What `alg` says in a JOSE header."""

ACCEPTED_JOSE_NAMES: Mapping[Suite, frozenset[str]] = MappingProxyType(
    {
        Suite.ES256: frozenset({"ES256"}),
        Suite.ED25519: frozenset({"EdDSA", "Ed25519"}),  # RFC 8037 and RFC 9864
        Suite.SM2: frozenset({SM2_WITH_SM3}),
    }
)

COSE_NAMES: Mapping[Suite, int | str] = MappingProxyType(
    {Suite.ES256: -7, Suite.ED25519: -8, Suite.SM2: SM2_WITH_SM3}
)
"""What label 1 says in a COSE header (RFC 9053)."""


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sha384(data: bytes) -> bytes:
    return hashlib.sha384(data).digest()


def _sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


def digest_all(texts: Sequence[bytes], digest: Callable[[bytes], bytes]) -> list[bytes]:
    """The digests of several texts, in their order, by one of `HASHES`."""
    if digest is _sha256:
        return [hashed.digest() for hashed in map(hashlib.sha256, texts)]
    return list(map(digest, texts))


HASHES: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType(
    {"sha-256": _sha256, "sha-384": _sha384, "sha-512": _sha512, SM3_HASH: sm3}
)
"""The hash functions that `_sd_alg` may name."""

DEFAULT_HASH = "sha-256"


def hash_name(suite: Suite) -> str:
    """The hash with which an issuer of this suite digests disclosures."""
    return SM3_HASH if suite is Suite.SM2 else DEFAULT_HASH
