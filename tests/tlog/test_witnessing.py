"""A witness cosigns what continues the checkpoint that it cosigned last, and nothing else."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog import naive_tree
from tongban.protocol.tlog.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from tongban.protocol.tlog.hashing import EMPTY_ROOT, Hash
from tongban.protocol.tlog.notes import Note, parse_vkey, signed_by
from tongban.protocol.tlog.proofs import check_consistency, consistency_proof
from tongban.protocol.tlog.witnessing import AddCheckpoint, WitnessRefusal, judge
from tongban.suites import Suite, VerifyingKey, new_signing_key

VECTOR: dict[str, Any] = json.loads(
    (Path(__file__).parent / "vectors" / "witness.json").read_text(encoding="utf-8")
)
ORIGIN = "tongban/sichuan"
LOG = new_signing_key("log")
KEYS = [LOG.verifying_key]
ENTRIES = [bytes([i]) for i in range(20)]


def head(size: int, entries: list[bytes] = ENTRIES) -> Checkpoint:
    return Checkpoint(ORIGIN, size, naive_tree.root(entries[:size]))


def request(old: int, new: int, entries: list[bytes] = ENTRIES) -> AddCheckpoint:
    proof = consistency_proof(old, new, naive_tree.reader(entries)) if old <= new else ()
    return AddCheckpoint(old, proof, sign_checkpoint(head(new, entries), LOG))


def refusal(asked: AddCheckpoint, held: Checkpoint | None) -> WitnessRefusal:
    with pytest.raises(WitnessRefusal) as raised:
        judge(asked, held, ORIGIN, KEYS)
    return raised.value


def test_published_checkpoints_and_their_proof_are_accepted() -> None:
    name, _, public_key = parse_vkey(VECTOR["vkey"])
    key = VerifyingKey(name, Suite.ED25519, public_key)
    first, following = (Note.parse(VECTOR[which].encode()) for which in ("first", "next"))
    assert signed_by(first, name, [key]) == signed_by(following, name, [key]) == (key,)
    old, new = Checkpoint.parse(first.text), Checkpoint.parse(following.text)
    proof = tuple(Hash(bytes.fromhex(part)) for part in VECTOR["proof"])
    check_consistency(old.size, new.size, old.root, new.root, proof)


def test_the_first_checkpoint_of_a_log_is_taken_without_proof() -> None:
    assert judge(request(0, 5), None, ORIGIN, KEYS) == head(5)


@given(st.integers(1, 20), st.data())
def test_what_continues_the_held_checkpoint_is_cosigned(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    assert judge(request(old, new), head(old), ORIGIN, KEYS) == head(new)


def test_another_old_size_than_the_held_one_is_a_conflict_that_names_it() -> None:
    assert (refusal(request(3, 9), head(5)).status, refusal(request(3, 9), head(5)).held_size) == (409, 5)
    assert refusal(request(3, 9), None).held_size == 0


def test_a_log_that_went_back_is_a_conflict() -> None:
    assert refusal(request(5, 5), head(9)).status == 409


def test_an_old_size_above_the_checkpoint_is_malformed() -> None:
    assert refusal(request(9, 5), head(9)).status == 400


def test_another_root_of_the_same_size_is_a_conflict() -> None:
    other = [*ENTRIES[:3], b"other", *ENTRIES[4:]]
    assert refusal(request(5, 5, other), head(5)).status == 409


def test_a_changed_past_is_not_cosigned() -> None:
    other = [*ENTRIES[:3], b"other", *ENTRIES[4:]]
    assert refusal(request(5, 9, other), head(5)).status == 422


def test_a_proof_where_none_is_needed_is_not_taken() -> None:
    asked = AddCheckpoint(0, (EMPTY_ROOT,), sign_checkpoint(head(5), LOG))
    assert refusal(asked, None).status == 422


def test_a_checkpoint_by_another_key_is_not_cosigned() -> None:
    asked = AddCheckpoint(0, (), sign_checkpoint(head(5), new_signing_key("other")))
    assert refusal(asked, None).status == 403


@given(st.integers(1, 20), st.data())
def test_a_request_travels_as_bytes(new: int, data: st.DataObject) -> None:
    asked = request(data.draw(st.integers(0, new)), new)
    assert AddCheckpoint.parse(asked.encode()) == asked


def test_a_request_looks_as_the_specification_says() -> None:
    lines = request(5, 9).encode().decode().split("\n")
    assert lines[0] == "old 5"
    assert lines[lines.index("") + 1 : lines.index("") + 3] == [ORIGIN, "9"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 5\n",
        b"old 05\n\nlog\n",
        b"old -1\n\n" + request(0, 5).note.encode(),
        b"new 5\n\n" + request(0, 5).note.encode(),
        b"old 5\nAAAA\n\n" + request(0, 5).note.encode(),
        b"old 5\n???\n\n" + request(0, 5).note.encode(),
        b"old 5\n"
        + b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" * 64
        + b"\n"
        + request(0, 5).note.encode(),
        "old 五\n\n".encode() + request(0, 5).note.encode(),
    ],
)
def test_a_malformed_request_is_refused_as_such(body: bytes) -> None:
    with pytest.raises(WitnessRefusal) as raised:
        AddCheckpoint.parse(body)
    assert raised.value.status == 400


@given(st.binary(max_size=200))
def test_whatever_is_read_as_a_request_gives_a_request_or_a_refusal(body: bytes) -> None:
    with suppress(WitnessRefusal):
        assert AddCheckpoint.parse(body).encode() == body


def test_what_is_cosigned_is_open_to_the_log_itself() -> None:
    assert open_checkpoint(request(0, 5).note, ORIGIN, KEYS) == head(5)
