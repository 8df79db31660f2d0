"""Status lists as CWT: the draft's example, what was written here, and what a forged or broken one meets."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cbor2
import pytest

from tests.credentials.samples import ISSUER, LIST, NOW, issuer_key, trust, trusted
from tongban.credentials import Code, CredentialRefused, jwk
from tongban.credentials.status import ListCopy, StatusRegister
from tongban.credentials.status.cwt import MEDIA_TYPE, open_cwt, publish_cwt
from tongban.credentials.trust import Untrusted
from tongban.suites import Suite, VerifyingKey, new_signing_key

EXAMPLE = json.loads((Path(__file__).parent / "vectors" / "status_lists.json").read_text(encoding="utf-8"))
DRAFT = EXAMPLE["cwt"]


def published(bits: int = 2, key_suite: Suite = Suite.ES256) -> bytes:
    register = StatusRegister(1000, bits)
    register.set(7, 1)
    return publish_cwt(
        register,
        LIST,
        issuer_key(key_suite),
        now=NOW,
        lifetime=timedelta(days=1),
        ttl=timedelta(hours=1),
    )


def opened(token: bytes, uri: str = LIST, at: datetime = NOW) -> ListCopy:
    return open_cwt(token, uri, ISSUER, trust(), now=at)


def test_the_drafts_example_is_read() -> None:
    found = jwk.from_jwk(DRAFT["jwk"])
    key = VerifyingKey(DRAFT["keyid"], found.suite, found.public_key)
    at = datetime.fromtimestamp(DRAFT["iat"], UTC)
    both = trust(trusted(key=key, valid_from=at - timedelta(days=1)))
    copy = open_cwt(bytes.fromhex(DRAFT["hex"]), DRAFT["uri"], ISSUER, both, now=at)
    assert [copy.statuses.status(index) for index in range(16)] == EXAMPLE["small"][0]["values"]
    assert copy.fresh_until == at + timedelta(seconds=43_200)


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_what_was_written_is_read_back(bits: int) -> None:
    copy = opened(published(bits))
    assert (copy.statuses.bits, copy.statuses.status(7), copy.statuses.status(8)) == (bits, 1, 0)
    assert copy.fresh_until == NOW + timedelta(hours=1)


def changed(token: bytes, change: Callable[[dict[int, object], dict[int, object]], None]) -> bytes:
    """The token with header or claims changed and signed again by the same key."""
    protected, _, payload, _ = cbor2.loads(token).value
    header, claims = cbor2.loads(protected), cbor2.loads(payload)
    change(header, claims)
    parts = [cbor2.dumps(header), cbor2.dumps(claims)]
    signature = issuer_key().sign(cbor2.dumps(["Signature1", parts[0], b"", parts[1]]))
    return cbor2.dumps(cbor2.CBORTag(18, [parts[0], {}, parts[1], signature]))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda header, _claims: header.update({16: "application/cwt"}), Code.WRONG_TYPE),
        (lambda header, _claims: header.update({1: -8}), Code.WRONG_ALGORITHM),
        (lambda _header, claims: claims.update({2: LIST + "1"}), Code.LIST_MISMATCH),
        (lambda _header, claims: claims.update({4: 1}), Code.EXPIRED),
        (lambda _header, claims: claims.pop(6), Code.MALFORMED),
        (lambda _header, claims: claims.pop(65533), Code.MALFORMED),
        (lambda _header, claims: claims.update({65533: {"bits": 3, "lst": b""}}), Code.MALFORMED),
        (lambda _header, claims: claims.update({65534: -1}), Code.MALFORMED),
    ],
)
def test_another_or_broken_list_is_refused(
    change: Callable[[dict[int, object], dict[int, object]], None], code: Code
) -> None:
    with pytest.raises(CredentialRefused) as refused:
        opened(changed(published(), change))
    assert refused.value.code is code


def test_a_changed_byte_is_refused() -> None:
    token = bytearray(published())
    token[-1] ^= 1
    with pytest.raises(CredentialRefused) as refused:
        opened(bytes(token))
    assert refused.value.code is Code.BAD_SIGNATURE


def test_a_list_of_somebody_elses_key_is_refused() -> None:
    stranger = new_signing_key("stranger", Suite.ES256)
    token = publish_cwt(
        StatusRegister(8), LIST, stranger, now=NOW, lifetime=timedelta(days=1), ttl=timedelta(hours=1)
    )
    with pytest.raises(Untrusted):
        opened(token)


@pytest.mark.parametrize("token", [b"", b"\xa0", b"\xd2\x80", b"\xd2\x84\x40\xa0\x40\x40", b"\xff" * 9])
def test_what_is_no_token_is_refused(token: bytes) -> None:
    with pytest.raises(CredentialRefused):
        opened(token)


def test_the_media_type_is_the_drafts() -> None:
    assert MEDIA_TYPE == "application/statuslist+cwt"
