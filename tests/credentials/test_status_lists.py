"""Status lists: packing, publishing, reading, freshness, and what a forged or broken list meets."""

import json
import zlib
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.credentials.forging import b64
from tests.credentials.samples import (
    ISSUER,
    LIST,
    NOW,
    issuer_key,
    list_copy,
    list_token,
    trust,
    trusted,
)
from tongban.credentials import Code, CredentialRefused, Limits, jws
from tongban.credentials.base64url import decode
from tongban.credentials.status import (
    IndexOrder,
    ListCopy,
    PackedStatuses,
    Status,
    StatusReference,
    StatusRegister,
    judge,
    open_list,
)
from tongban.credentials.trust import TrustList, Untrusted, Use
from tongban.credentials.verdict import Verdict
from tongban.suites import Suite, new_signing_key

VECTORS = json.loads((Path(__file__).parent / "vectors" / "status_lists.json").read_text(encoding="utf-8"))


class SmallVector(TypedDict):
    """A list of the draft with all of its values."""

    bits: int
    lst: str
    bytes: str
    values: list[int]


class LargeVector(TypedDict):
    """A list of the draft with those of its values that are not 0."""

    bits: int
    lst: str
    statuses: dict[str, int]


def opened(
    token: str, *, uri: str = LIST, trusting: TrustList | None = None, now: datetime = NOW
) -> ListCopy:
    return open_list(token, uri, ISSUER, trusting or trust(), now=now)


def refused(token: str, *, uri: str = LIST, now: datetime = NOW) -> Code:
    with pytest.raises(CredentialRefused) as caught:
        opened(token, uri=uri, now=now)
    return caught.value.code


def signed_list(**members: object) -> str:
    payload: dict[str, object] = {
        "sub": LIST,
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 3600,
        "status_list": {"bits": 1, "lst": "eNrbuRgAAhcBXQ"},
    }
    return jws.sign(
        {"typ": "statuslist+jwt", "kid": issuer_key().keyid}, payload | members, issuer_key()
    ).decode()


@pytest.mark.parametrize("vector", VECTORS["small"], ids=lambda v: f"{v['bits']} bits")
def test_the_drafts_small_examples_are_read_and_written(vector: SmallVector) -> None:
    packed = PackedStatuses.from_text(vector["bits"], vector["lst"])
    assert packed.data.hex() == vector["bytes"]
    assert [packed.status(index) for index in range(len(packed))] == vector["values"]
    assert packed.to_text() == vector["lst"]


@pytest.mark.parametrize("vector", VECTORS["large"], ids=lambda v: f"{v['bits']} bits")
def test_the_drafts_list_of_a_million_is_read_and_written(vector: LargeVector) -> None:
    packed = PackedStatuses.from_text(vector["bits"], vector["lst"])
    register = StatusRegister(2**20, vector["bits"])
    for index, status in vector["statuses"].items():
        register.set(int(index), status)
        assert packed.status(int(index)) == status
    assert register.packed() == packed


@settings(deadline=None, max_examples=40)
@given(bits=st.sampled_from([1, 2, 4, 8]), data=st.data())
def test_every_status_is_read_back_and_no_neighbour_changes(bits: int, data: st.DataObject) -> None:
    entries = st.dictionaries(st.integers(0, 99_999), st.integers(0, 2**bits - 1), max_size=20)
    written = data.draw(entries)
    register = StatusRegister(100_000, bits)
    for index, status in written.items():
        register.set(index, status)
    packed = PackedStatuses.from_compressed(bits, register.compressed())
    assert {i: packed.status(i) for i in written} == written
    assert sum(map(bool, packed.data)) <= len(written)


def test_a_list_that_was_changed_again_and_again_is_published_as_it_is() -> None:
    register = StatusRegister(300_000)
    for index in (5, 299_999, 150_000, 5):
        register.set(index, Status.SUSPENDED if register.packed().status(index) == 0 else Status.VALID)
        packed = PackedStatuses.from_compressed(2, register.compressed())
        assert packed == register.packed()
    assert PackedStatuses.from_compressed(2, register.compressed()).status(5) == Status.VALID


def test_a_stored_list_goes_on_where_it_was() -> None:
    register = StatusRegister(1000)
    register.set(3, Status.INVALID)
    again = StatusRegister.from_packed(register.packed())
    again.set(4, Status.SUSPENDED)
    assert [again.packed().status(index) for index in (3, 4, 5)] == [1, 2, 0]


def test_a_published_list_is_taken_by_a_verifier() -> None:
    copy = list_copy((7, Status.INVALID))
    assert copy.statuses.status(7) == Status.INVALID
    assert copy.fresh_until == NOW + timedelta(hours=12)


def test_a_list_lives_no_longer_than_its_expiry_whatever_its_ttl() -> None:
    copy = opened(signed_list(ttl=86_400))
    assert copy.fresh_until == NOW + timedelta(hours=1)


def test_a_list_signed_by_another_issuer_is_refused() -> None:
    other = new_signing_key("cd-1", Suite.ES256)
    both = trust(trusted(), trusted(issuer="https://chengdu.example", key=other.verifying_key))
    token = list_token(StatusRegister(10), other)
    with pytest.raises(Untrusted):
        opened(token, trusting=both)


def test_a_list_signed_by_a_key_that_may_not_sign_lists_is_refused() -> None:
    with pytest.raises(Untrusted):
        opened(signed_list(), trusting=trust(trusted(uses=frozenset({Use.CREDENTIAL}))))


def test_a_list_signed_by_a_revoked_key_is_refused() -> None:
    with pytest.raises(Untrusted):
        opened(signed_list(), trusting=trust(trusted(revoked_at=NOW - timedelta(days=1))))


def test_a_list_under_another_keys_name_is_refused() -> None:
    thief = new_signing_key(issuer_key().keyid, Suite.ES256)
    assert refused(list_token(StatusRegister(10), thief)) is Code.BAD_SIGNATURE


def test_a_list_of_another_address_is_refused() -> None:
    assert refused(list_token(StatusRegister(10), uri=LIST + "1")) is Code.LIST_MISMATCH


def test_a_list_that_has_expired_is_refused() -> None:
    assert refused(signed_list(), now=NOW + timedelta(hours=2)) is Code.EXPIRED


def test_a_list_of_the_future_is_refused() -> None:
    assert refused(signed_list(), now=NOW - timedelta(hours=1)) is Code.NOT_YET_VALID


def test_another_kind_of_token_is_no_list() -> None:
    token = jws.sign({"typ": "JWT", "kid": issuer_key().keyid}, {"sub": LIST}, issuer_key()).decode()
    assert refused(token) is Code.WRONG_TYPE


@pytest.mark.parametrize(
    "members",
    [
        {"status_list": None},
        {"status_list": {"bits": 3, "lst": "eNrbuRgAAhcBXQ"}},
        {"status_list": {"bits": True, "lst": "eNrbuRgAAhcBXQ"}},
        {"status_list": {"bits": 1, "lst": "!!"}},
        {"status_list": {"bits": 1, "lst": "eNrbuRgAAhcB"}},
        {"status_list": {"bits": 1, "lst": b64(zlib.compress(b"ab") + b"more")}},
        {"status_list": {"bits": 1, "lst": 5}},
        {"ttl": 0},
        {"ttl": "1"},
        {"iat": None},
    ],
)
def test_a_malformed_list_is_refused(members: dict[str, object]) -> None:
    assert refused(signed_list(**members)) is Code.MALFORMED


def test_a_decompression_bomb_is_refused_without_unpacking_it() -> None:
    bomb = b64(zlib.compress(bytes(64 * 1024 * 1024), 9))
    assert refused(signed_list(status_list={"bits": 1, "lst": bomb})) is Code.DECOMPRESSION_BOMB


def test_the_limit_itself_can_still_be_unpacked() -> None:
    limits = Limits(unpacked_bytes=100)
    assert len(PackedStatuses.from_compressed(8, zlib.compress(bytes(100)), limits)) == 100
    with pytest.raises(CredentialRefused):
        PackedStatuses.from_compressed(8, zlib.compress(bytes(101)), limits)


@pytest.mark.parametrize("index", [-1, -1000, 1000, 2**40, 2**80])
def test_an_index_out_of_range_is_refused(index: int) -> None:
    with pytest.raises(CredentialRefused) as caught:
        list_copy().statuses.status(index)
    assert caught.value.code is Code.INDEX_OUT_OF_RANGE


@pytest.mark.parametrize(
    "status", ["x", {}, {"status_list": {"idx": -1, "uri": "u"}}, {"status_list": {"idx": True, "uri": "u"}}]
)
def test_a_malformed_reference_is_refused(status: object) -> None:
    with pytest.raises(CredentialRefused):
        StatusReference.from_claims({"status": status})


def test_verdicts_follow_the_list() -> None:
    copy = list_copy((1, Status.INVALID), (2, Status.SUSPENDED), (3, 3))
    verdicts = [judge(StatusReference(LIST, index), ISSUER, {LIST: copy}, NOW) for index in range(4)]
    assert verdicts == [Verdict.VALID, Verdict.REVOKED, Verdict.SUSPENDED, Verdict.SUSPENDED]


def test_a_stale_list_never_says_valid_but_still_says_revoked() -> None:
    copy = list_copy((1, Status.INVALID))
    later = NOW + timedelta(hours=12)
    verdicts = [judge(StatusReference(LIST, index), ISSUER, {LIST: copy}, later) for index in range(2)]
    assert verdicts == [Verdict.STATUS_STALE, Verdict.REVOKED]


def test_without_the_list_nothing_is_valid() -> None:
    assert judge(StatusReference(LIST, 0), ISSUER, {}, NOW) is Verdict.STATUS_STALE


def test_a_list_of_another_issuer_does_not_speak_for_the_credential() -> None:
    copy = list_copy()
    assert judge(StatusReference(LIST, 0), "https://other.example", {LIST: copy}, NOW) is (
        Verdict.STATUS_STALE
    )


@settings(deadline=None, max_examples=40)
@given(size=st.integers(2, 600), secret=st.binary(min_size=16, max_size=16))
def test_every_entry_is_given_out_exactly_once(size: int, secret: bytes) -> None:
    order = IndexOrder(size, secret)
    assert sorted(order.index(count) for count in range(size)) == list(range(size))


def test_neighbours_in_time_are_no_neighbours_in_the_list() -> None:
    order = IndexOrder(1_000_000, b"s" * 32)
    entries = [order.index(count) for count in range(100)]
    assert sum(abs(a - b) < 1000 for a, b in pairwise(entries)) < 5


def test_a_full_list_says_so() -> None:
    with pytest.raises(ValueError, match="full"):
        IndexOrder(10, b"s" * 16).index(10)


def test_a_published_list_is_plain_deflate_that_anyone_unpacks() -> None:
    register = StatusRegister(200_000)
    register.set(123_456, Status.INVALID)
    payload = json.loads(decode(list_token(register).split(".")[1].encode(), "payload"))
    packed = zlib.decompress(decode(payload["status_list"]["lst"].encode(), "lst"))
    assert packed == register.packed().data
