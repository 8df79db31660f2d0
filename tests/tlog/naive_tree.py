"""The Merkle tree as RFC 6962 section 2.1 writes it down, recursively and without any storage."""

from collections.abc import Callable, Sequence

from tongban.protocol.tlog.hashing import EMPTY_ROOT, Hash, leaf_hash, node_hash
from tongban.protocol.tlog.subtrees import Subtree


def split(length: int) -> int:
    half = 1
    while half * 2 < length:
        half *= 2
    return half


def root(entries: Sequence[bytes]) -> Hash:
    """MTH(D[n])."""
    if not entries:
        return EMPTY_ROOT
    if len(entries) == 1:
        return leaf_hash(entries[0])
    k = split(len(entries))
    return node_hash(root(entries[:k]), root(entries[k:]))


def path(index: int, entries: Sequence[bytes]) -> list[Hash]:
    """PATH(m, D[n])."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if index < k:
        return [*path(index, entries[:k]), root(entries[k:])]
    return [*path(index - k, entries[k:]), root(entries[:k])]


def proof(old: int, entries: Sequence[bytes]) -> list[Hash]:
    """PROOF(m, D[n])."""
    return _subproof(old, entries, True)


def _subproof(old: int, entries: Sequence[bytes], is_whole: bool) -> list[Hash]:
    if old == len(entries):
        return [] if is_whole else [root(entries)]
    k = split(len(entries))
    if old <= k:
        return [*_subproof(old, entries[:k], is_whole), root(entries[k:])]
    return [*_subproof(old - k, entries[k:], False), root(entries[:k])]


def reader(entries: Sequence[bytes]) -> Callable[[Subtree], Hash]:
    """Hashes of perfect subtrees, computed anew each time."""

    def read(subtree: Subtree) -> Hash:
        return root(entries[subtree.index << subtree.level : subtree.end])

    return read
