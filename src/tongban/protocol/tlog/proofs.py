"""Inclusion and consistency proofs: made as RFC 6962 section 2.1 says, checked as RFC 9162 section 2.1 says.

Promises: a check gives no answer but yes or ProofError, whatever it is given.
"""

from collections.abc import Sequence

from tongban.protocol.tlog.hashing import EMPTY_ROOT, HASH_BYTES, Hash, node_hash
from tongban.protocol.tlog.subtrees import HashReader, Span, root_of, split_point


class ProofError(ValueError):
    """A proof does not show what it should; the text says which part fails."""


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The neighbours whose roots prove that entry `index` is in a tree of `size`, leaf upwards."""
    if not 0 <= index < size:
        raise ProofError(f"a log of {size} entries has no entry {index}")
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split_point(end - start)
        if index < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The parts whose roots make the consistency proof between trees of `old` and `new` entries."""
    if not 0 <= old <= new:
        raise ProofError(f"a log of {new} entries cannot have grown from {old}")
    if old in {0, new}:
        return []
    spans: list[Span] = []
    start, end = 0, new
    while old != end:
        middle = start + split_point(end - start)
        if old <= middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    if start:
        spans.append(Span(start, end))
    return spans[::-1]


def inclusion_proof(index: int, size: int, read: HashReader) -> tuple[Hash, ...]:
    """The proof that entry `index` is in the tree of `size` entries; ProofError when it has no such entry."""
    return tuple(root_of(span, read) for span in inclusion_spans(index, size))


def consistency_proof(old: int, new: int, read: HashReader) -> tuple[Hash, ...]:
    """The proof that the tree of `new` entries begins with that of `old`; ProofError when `old` is larger."""
    return tuple(root_of(span, read) for span in consistency_spans(old, new))


def check_inclusion(index: int, size: int, leaf: Hash, proof: Sequence[Hash], root: Hash) -> None:
    """Raise ProofError unless `proof` shows the entry with hash `leaf` at `index` (RFC 9162 2.1.3.2)."""
    _check_hashes(leaf, root, *proof)
    if not 0 <= index < size:
        raise ProofError(f"a log of {size} entries has no entry {index}")
    place, last, made = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("the inclusion proof is too long")
        if place & 1 or place == last:
            made = node_hash(sibling, made)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            made = node_hash(made, sibling)
        place >>= 1
        last >>= 1
    if last:
        raise ProofError("the inclusion proof is too short")
    if made != root:
        raise ProofError("the inclusion proof leads to another root")


def check_consistency(old: int, new: int, old_root: Hash, new_root: Hash, proof: Sequence[Hash]) -> None:
    """Raise ProofError unless the tree of `new` entries begins with that of `old` (RFC 9162 2.1.4.2)."""
    _check_hashes(old_root, new_root, *proof)
    if not 0 <= old <= new:
        raise ProofError(f"a log of {new} entries cannot have grown from {old}")
    if old in {0, new}:
        _check_trivial(old, new, old_root, new_root, proof)
        return
    if not proof:
        raise ProofError("the consistency proof is empty")
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    place, last = old - 1, new - 1
    while place & 1:
        place >>= 1
        last >>= 1
    made_old = made_new = path[0]
    for part in path[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long")
        if place & 1 or place == last:
            made_old = node_hash(part, made_old)
            made_new = node_hash(part, made_new)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            made_new = node_hash(made_new, part)
        place >>= 1
        last >>= 1
    if last:
        raise ProofError("the consistency proof is too short")
    if made_old != old_root:
        raise ProofError("the consistency proof does not lead to the old root")
    if made_new != new_root:
        raise ProofError("the consistency proof does not lead to the new root")


def _check_trivial(old: int, new: int, old_root: Hash, new_root: Hash, proof: Sequence[Hash]) -> None:
    if proof:
        raise ProofError("nothing has to be proved here, and the proof is not empty")
    if old == new and old_root != new_root:
        raise ProofError("two trees of one size have different roots")
    if old == 0 and old_root != EMPTY_ROOT:
        raise ProofError("the old root is not that of an empty log")


def _check_hashes(*hashes: bytes) -> None:
    if any(len(given) != HASH_BYTES for given in hashes):
        raise ProofError("a hash has 32 bytes")
