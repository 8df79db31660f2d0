"""Inclusion and consistency proofs: the published vectors, and the naive tree as oracle."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog import naive_tree
from tongban.protocol.tlog.hashing import EMPTY_ROOT, Hash, leaf_hash, node_hash
from tongban.protocol.tlog.proofs import (
    ProofError,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
)
from tongban.protocol.tlog.subtrees import Span, root_of

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors" / "merkle.json").read_text())
LEAVES = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"]]
ROOTS = [Hash(bytes.fromhex(root)) for root in VECTORS["roots"]]
RANDOM = Hash(bytes.fromhex("abacaba000000000000000000000000000000000000000000060061e00123456"))
GARBAGE = Hash(b"")


@dataclass(frozen=True)
class Inclusion:
    index: int
    size: int
    leaf: Hash
    proof: tuple[Hash, ...]
    root: Hash

    def check(self) -> None:
        check_inclusion(self.index, self.size, self.leaf, self.proof, self.root)


@dataclass(frozen=True)
class Consistency:
    old: int
    new: int
    old_root: Hash
    new_root: Hash
    proof: tuple[Hash, ...]

    def check(self) -> None:
        check_consistency(self.old, self.new, self.old_root, self.new_root, self.proof)


def hashes(vector: dict[str, Any]) -> tuple[Hash, ...]:
    return tuple(Hash(bytes.fromhex(part)) for part in vector["proof"])


INCLUSIONS = [
    Inclusion(v["index"], v["size"], leaf_hash(LEAVES[v["index"]]), hashes(v), ROOTS[v["size"] - 1])
    for v in VECTORS["inclusion"]
]
CONSISTENCIES = [
    Consistency(v["old"], v["new"], ROOTS[v["old"] - 1], ROOTS[v["new"] - 1], hashes(v))
    for v in VECTORS["consistency"]
]


def flipped(proof: tuple[Hash, ...], bit: int) -> Iterator[tuple[Hash, ...]]:
    for at, part in enumerate(proof):
        changed = Hash(bytes([part[0] ^ bit]) + part[1:])
        yield (*proof[:at], changed, *proof[at + 1 :])


def wrong_proofs(proof: tuple[Hash, ...], *roots: Hash) -> Iterator[tuple[Hash, ...]]:
    for added in (GARBAGE, *roots):
        yield (*proof, added)
        yield (added, *proof)
    if proof:
        yield proof[:-1]
        yield (proof[0], *proof)
    yield from flipped(proof, 8)
    yield from flipped(proof, 16)


def corrupted_inclusions(right: Inclusion) -> Iterator[Inclusion]:
    for index in (right.index - 1, right.index + 1, right.index ^ 2):
        yield replace(right, index=index)
    for size in (right.size * 2, right.size // 2):
        yield replace(right, size=size)
    yield replace(right, leaf=Hash(b"WrongLeaf"))
    for root in (EMPTY_ROOT, RANDOM):
        yield replace(right, root=root)
    for proof in wrong_proofs(right.proof, right.root):
        yield replace(right, proof=proof)


def corrupted_consistencies(right: Consistency) -> Iterator[Consistency]:
    for old in (right.old - 1, right.old + 1, right.old ^ 2):
        yield replace(right, old=old)
    for new in (right.new * 2, right.new // 2):
        yield replace(right, new=new)
    yield replace(right, old_root=Hash(b"WrongRoot"))
    yield replace(right, new_root=Hash(b"WrongRoot"))
    yield replace(right, old_root=right.new_root, new_root=right.old_root)
    yield replace(right, proof=())
    for proof in wrong_proofs(right.proof, right.old_root, right.new_root):
        yield replace(right, proof=proof)


def test_hashes_are_those_of_rfc_6962() -> None:
    named = VECTORS["hashes"]
    assert EMPTY_ROOT.hex() == named["empty_root"]
    assert leaf_hash(b"").hex() == named["empty_leaf"]
    assert leaf_hash(b"L123456").hex() == named["leaf_of_L123456"]
    assert node_hash(Hash(b"N123"), Hash(b"N456")).hex() == named["node_of_N123_and_N456"]


def test_roots_are_the_published_ones() -> None:
    for size, root in enumerate(ROOTS, start=1):
        assert root_of(Span(0, size), naive_tree.reader(LEAVES)) == root


@pytest.mark.parametrize("right", INCLUSIONS, ids=lambda v: f"{v.index} of {v.size}")
def test_published_inclusion_proofs_hold_and_are_the_ones_made(right: Inclusion) -> None:
    right.check()
    assert inclusion_proof(right.index, right.size, naive_tree.reader(LEAVES)) == right.proof


@pytest.mark.parametrize("right", CONSISTENCIES, ids=lambda v: f"{v.old} to {v.new}")
def test_published_consistency_proofs_hold_and_are_the_ones_made(right: Consistency) -> None:
    right.check()
    assert consistency_proof(right.old, right.new, naive_tree.reader(LEAVES)) == right.proof


@pytest.mark.parametrize("right", INCLUSIONS, ids=lambda v: f"{v.index} of {v.size}")
def test_a_corrupted_inclusion_proof_does_not_hold(right: Inclusion) -> None:
    for wrong in corrupted_inclusions(right):
        with pytest.raises(ProofError):
            wrong.check()


@pytest.mark.parametrize("right", CONSISTENCIES[1:], ids=lambda v: f"{v.old} to {v.new}")
def test_a_corrupted_consistency_proof_does_not_hold(right: Consistency) -> None:
    for wrong in corrupted_consistencies(right):
        with pytest.raises(ProofError):
            wrong.check()


@pytest.mark.parametrize(
    "wrong",
    [
        Consistency(1, 1, ROOTS[0], ROOTS[1], ()),
        Consistency(0, 0, EMPTY_ROOT, ROOTS[0], ()),
        Consistency(0, 3, ROOTS[0], ROOTS[2], ()),
        Consistency(2, 1, ROOTS[1], ROOTS[0], ()),
        Consistency(1, 2, ROOTS[0], ROOTS[1], ()),
        Consistency(0, 0, EMPTY_ROOT, EMPTY_ROOT, (EMPTY_ROOT,)),
        Consistency(0, 1, EMPTY_ROOT, ROOTS[0], (EMPTY_ROOT,)),
        Consistency(1, 1, ROOTS[0], ROOTS[0], (EMPTY_ROOT,)),
    ],
    ids=str,
)
def test_what_needs_no_proof_is_checked_too(wrong: Consistency) -> None:
    with pytest.raises(ProofError):
        wrong.check()


@given(st.integers(1, 70), st.data())
def test_every_inclusion_proof_is_that_of_the_naive_tree_and_holds(size: int, data: st.DataObject) -> None:
    entries = [bytes([i]) for i in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(index, size, naive_tree.reader(entries))
    assert list(proof) == naive_tree.path(index, entries)
    check_inclusion(index, size, leaf_hash(entries[index]), proof, naive_tree.root(entries))


@given(st.integers(1, 70), st.data())
def test_every_consistency_proof_is_that_of_the_naive_tree_and_holds(new: int, data: st.DataObject) -> None:
    entries = [bytes([i]) for i in range(new)]
    old = data.draw(st.integers(1, new))
    proof = consistency_proof(old, new, naive_tree.reader(entries))
    assert list(proof) == naive_tree.proof(old, entries)
    check_consistency(old, new, naive_tree.root(entries[:old]), naive_tree.root(entries), proof)


@given(st.integers(2, 70), st.data())
def test_no_proof_joins_a_tree_to_one_whose_past_was_changed(new: int, data: st.DataObject) -> None:
    entries = [bytes([i]) for i in range(new)]
    old = data.draw(st.integers(1, new - 1))
    changed = list(entries)
    changed[data.draw(st.integers(0, old - 1))] = b"changed"
    proof = consistency_proof(old, new, naive_tree.reader(changed))
    with pytest.raises(ProofError):
        check_consistency(old, new, naive_tree.root(entries[:old]), naive_tree.root(changed), proof)


def test_an_inclusion_proof_in_a_log_of_a_billion_records_takes_at_most_a_kilobyte() -> None:
    size = 10**9
    longest = max(len(inclusion_proof(i, size, lambda _: EMPTY_ROOT)) for i in (0, size // 2, size - 1))
    assert longest * 32 <= 1024
