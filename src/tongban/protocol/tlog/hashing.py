"""Hashes of a Merkle tree as RFC 6962 section 2.1 and RFC 9162 section 2.1.1 define them, with SHA-256.

Whatever is hashed here is domain-separated: an entry can never be taken for an inner node.
"""

import hashlib
from collections.abc import Sequence
from typing import NewType

Hash = NewType("Hash", bytes)
"""32 bytes: of an entry, an inner node or a whole tree."""

HASH_BYTES = 32
EMPTY_ROOT = Hash(hashlib.sha256(b"").digest())
"""The root of a tree without entries."""


def leaf_hash(entry: bytes) -> Hash:
    """The hash of one log entry."""
    return Hash(hashlib.sha256(b"\x00" + entry).digest())


def node_hash(left: Hash, right: Hash) -> Hash:
    """The hash of an inner node."""
    return Hash(hashlib.sha256(b"\x01" + left + right).digest())


def perfect_root(hashes: Sequence[bytes]) -> Hash:
    """The root over 1, 2, 4, 8 … neighbouring hashes of one level."""
    row = list(hashes)
    digest = hashlib.sha256
    while len(row) > 1:
        row = [digest(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
    return Hash(row[0])


def split_hashes(joined: bytes) -> list[Hash]:
    """The hashes that stand one after the other in `joined`; ValueError when it ends within one."""
    if len(joined) % HASH_BYTES:
        raise ValueError(f"{len(joined)} bytes are no whole number of hashes")
    return [Hash(joined[i : i + HASH_BYTES]) for i in range(0, len(joined), HASH_BYTES)]
