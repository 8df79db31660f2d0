"""Leaves commit to records without telling them; proof files show that a leaf is in a log."""

import base64
import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog import naive_tree
from tongban.protocol.tlog.checkpoints import Checkpoint, sign_checkpoint
from tongban.protocol.tlog.proof_files import ProofFile
from tongban.protocol.tlog.proofs import ProofError, inclusion_proof
from tongban.protocol.tlog.records import Json, Leaf, Opening, RecordError, canonical, seal
from tongban.suites import new_signing_key

LOG = new_signing_key("log")
ORIGIN = "tongban/sichuan"
RECORD: dict[str, Json] = {
    "who": "510100-yb",
    "fields": ("place", "from"),
    "count": 3,
    "why": "申请医保退休",
    "officer": None,
}


def proof_file(entries: list[bytes], index: int, extra: bytes = b"") -> ProofFile:
    checkpoint = Checkpoint(ORIGIN, len(entries), naive_tree.root(entries))
    proof = inclusion_proof(index, len(entries), naive_tree.reader(entries))
    return ProofFile(index, proof, sign_checkpoint(checkpoint, LOG), extra)


def test_a_record_has_one_form() -> None:
    assert canonical({"b": 1, "a": {"d": [True, None], "c": "重庆"}}) == (
        '{"a":{"c":"重庆","d":[true,null]},"b":1}'.encode()
    )


@pytest.mark.parametrize("record", [{"a": 0.5}, {"a": {1}}, {"a": 1 << 53}, {"名": 1}, {"a": [{"b": 0.1}]}])
def test_what_has_no_one_form_is_refused(record: dict[str, object]) -> None:
    with pytest.raises(RecordError):
        canonical(cast("dict[str, Json]", record))  # what a careless caller gives


def test_a_leaf_commits_to_kind_salt_and_record() -> None:
    opening = seal("access", RECORD)
    named = b"tongban/commitment/v1\naccess\n" + opening.salt + canonical(RECORD)
    commitment = base64.b64encode(hashlib.sha256(named).digest()).decode()
    assert opening.leaf.encode() == f"tongban/record/v1\naccess\n{commitment}\n".encode()


def test_a_leaf_is_read_as_written() -> None:
    leaf = seal("message-in", RECORD).leaf
    assert Leaf.parse(leaf.encode()) == leaf


def test_the_same_record_twice_gives_different_leaves() -> None:
    assert seal("access", RECORD).leaf != seal("access", RECORD).leaf


def test_another_record_salt_or_kind_does_not_open_a_leaf() -> None:
    opening = seal("access", RECORD)
    other = canonical({**RECORD, "count": 4})
    assert Opening(opening.kind, opening.salt, other).leaf != opening.leaf
    assert Opening(opening.kind, bytes(32), opening.content).leaf != opening.leaf
    assert Opening("decision", opening.salt, opening.content).leaf.commitment != opening.leaf.commitment


def test_nothing_of_the_record_stands_in_the_leaf_or_in_the_opening_as_text() -> None:
    opening = seal("access", RECORD)
    for value in ("510100-yb", "place", "申请"):
        assert value not in opening.leaf.encode().decode()
        assert value not in repr(opening)


@pytest.mark.parametrize("kind", ["", "Access", "a b", "a\n", "访问", "a" * 41])
def test_a_kind_of_another_form_is_refused(kind: str) -> None:
    with pytest.raises(RecordError):
        seal(kind, RECORD)


@given(st.binary(max_size=120))
def test_whatever_is_read_as_a_leaf_gives_a_leaf_or_a_record_error(entry: bytes) -> None:
    with suppress(RecordError):
        assert Leaf.parse(entry).encode() == entry


@given(st.integers(1, 40), st.data())
def test_a_proof_file_shows_that_its_entry_is_in_the_log(size: int, data: st.DataObject) -> None:
    entries = [seal("access", {"n": n}).leaf.encode() for n in range(size)]
    index = data.draw(st.integers(0, size - 1))
    sent = ProofFile.parse(proof_file(entries, index, b"more").encode())
    assert sent.extra == b"more"
    assert sent.check(entries[index], ORIGIN, [LOG.verifying_key]).size == size


def test_a_proof_file_shows_nothing_about_another_entry_log_or_key() -> None:
    entries = [bytes([n]) for n in range(7)]
    proof = proof_file(entries, 3)
    for entry, origin, key in [
        (entries[4], ORIGIN, LOG),
        (entries[3], "tongban/chongqing", LOG),
        (entries[3], ORIGIN, new_signing_key("other")),
    ]:
        with pytest.raises(ProofError):
            proof.check(entry, origin, [key.verifying_key])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text.replace("@v1", "@v2"),
        lambda text: text.replace("index 3", "index 03"),
        lambda text: text.replace("index 3\n", "index 3\n???\n"),
        lambda text: text.partition("\n\n")[0] + "\n",
    ],
)
def test_a_file_of_another_form_is_refused(change: Callable[[str], str]) -> None:
    text = proof_file([bytes([n]) for n in range(7)], 3).encode().decode()
    with pytest.raises(ProofError):
        ProofFile.parse(change(text).encode())


def test_the_canonical_form_is_json() -> None:
    assert json.loads(canonical(RECORD)) == {**RECORD, "fields": ["place", "from"]}
