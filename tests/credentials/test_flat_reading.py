"""The short way through an SD-JWT whose digests stand at the top takes and refuses what the long way does."""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tongban.credentials import CredentialRefused
from tongban.credentials.limits import DEFAULT_LIMITS
from tongban.credentials.sdjwt import revealing

NAMES = st.sampled_from([*"abcdefghijkl", "名", "cnf", "_sd", "_sd_alg", "..."])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["x", "_sd", "...", "值"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)
LEAVES = st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["x", "_sd", "...", "值"])
FLAT = st.lists(st.tuples(st.just("salt"), NAMES, LEAVES).map(list), min_size=1, max_size=3)
CONTENTS = FLAT | st.lists(st.tuples(st.just("salt") | st.just(1), NAMES, VALUES).map(list), max_size=3)


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def outcome(read: Callable[[], object]) -> object:
    try:
        return read()
    except CredentialRefused as refused:
        return refused.code


def test_an_ordinary_credential_goes_the_short_way() -> None:
    text = encoded(b'["salt", "name", "x"]').encode()
    digests = [encoded(digest(text))]
    payload: dict[str, object] = {"iss": "i", "_sd": [*digests, "decoy"]}
    claims = revealing._flat(payload, digests, [["salt", "name", "x"]], DEFAULT_LIMITS)
    assert claims == {"iss": "i", "name": "x"}


@given(
    st.dictionaries(NAMES, LEAVES | LEAVES | VALUES, max_size=2), FLAT | CONTENTS, st.booleans(), st.data()
)
def test_both_ways_give_the_same(
    members: dict[str, Any], contents: list[Any], ascii_only: bool, data: st.DataObject
) -> None:
    shown = [encoded(json.dumps(one, ensure_ascii=ascii_only).encode()).encode() for one in contents]
    digests = [encoded(digest(text)) for text in shown]
    some = st.lists(st.sampled_from([*digests, "other", "decoy"]), max_size=5)
    stand = data.draw(st.just([*digests, "decoy"]) | st.just([*digests[1:], "decoy"]) | some)
    payload = members | ({"_sd": stand} if data.draw(st.integers(0, 4)) else {})
    text = json.dumps(payload, ensure_ascii=ascii_only).encode()

    def read() -> object:
        return revealing.reveal(json.loads(text), shown, digest, DEFAULT_LIMITS)

    short = outcome(read)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(revealing, "_flat", lambda *_given: None)
        assert short == outcome(read)
