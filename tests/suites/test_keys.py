import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from tongban.suites import KeyFileError, SigningKey, Suite, VerifyingKey, new_signing_key, public_half

suites = pytest.mark.parametrize("suite", list(Suite))
KEYS = {suite: new_signing_key("node-2026", suite) for suite in Suite}


@suites
def test_a_key_survives_its_file(suite: Suite) -> None:
    key = new_signing_key("node-2026", suite)
    again = SigningKey.from_pem("node-2026", key.to_pem())
    assert (again.public_key, again.suite) == (key.public_key, suite)
    assert VerifyingKey.from_json(key.verifying_key.to_json()) == key.verifying_key
    assert key.verifying_key.verifies(again.sign(b"data"), b"data")


@suites
def test_a_signature_counts_for_its_data_and_key_only(suite: Suite) -> None:
    key, other = new_signing_key("one", suite), new_signing_key("two", suite)
    signature = key.sign(b"data")
    assert key.verifying_key.verifies(signature, b"data")
    assert not key.verifying_key.verifies(signature, b"other")
    assert not other.verifying_key.verifies(signature, b"data")


@suites
def test_every_signature_has_64_bytes(suite: Suite) -> None:
    assert {len(KEYS[suite].sign(bytes([number]))) for number in range(50)} == {64}


@given(suite=st.sampled_from(list(Suite)), bit=st.integers(0, 511))
def test_a_signature_with_any_bit_changed_does_not_count(suite: Suite, bit: int) -> None:
    signature = bytearray(KEYS[suite].sign(b"data"))
    signature[bit // 8] ^= 1 << bit % 8
    assert not KEYS[suite].verifying_key.verifies(bytes(signature), b"data")


@given(suite=st.sampled_from(list(Suite)), signature=st.binary(max_size=80))
def test_any_bytes_in_place_of_a_signature_do_not_count(suite: Suite, signature: bytes) -> None:
    assert not KEYS[suite].verifying_key.verifies(signature, b"data")


@given(suite=st.sampled_from(list(Suite)), key=st.binary(max_size=70) | st.binary(min_size=65, max_size=65))
def test_any_bytes_in_place_of_a_public_key_verify_nothing(suite: Suite, key: bytes) -> None:
    assert not VerifyingKey("one", suite, key).verifies(KEYS[suite].sign(b"data"), b"data")


@suites
def test_a_key_of_one_suite_is_none_of_another(suite: Suite) -> None:
    signature = KEYS[suite].sign(b"data")
    for other in set(Suite) - {suite}:
        assert not VerifyingKey("one", other, KEYS[suite].public_key).verifies(signature, b"data")


@pytest.mark.parametrize("suite", [Suite.ES256, Suite.SM2])
def test_a_point_beside_the_curve_is_no_key(suite: Suite) -> None:
    beside = bytearray(KEYS[suite].public_key)
    beside[-1] ^= 1
    with pytest.raises(KeyFileError, match="uncompressed point"):
        public_half(suite, bytes(beside))


def test_the_same_key_may_bear_another_name() -> None:
    key = KEYS[Suite.SM2].named("node-2027")
    assert key.keyid == "node-2027"
    assert key.public_key == KEYS[Suite.SM2].public_key


@suites
def test_the_secret_is_not_shown(suite: Suite) -> None:
    assert repr(new_signing_key("one", suite)) == "SigningKey(keyid='one')"


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_named_so(pem: bytes) -> None:
    with pytest.raises(KeyFileError, match="PKCS #8"):
        SigningKey.from_pem("one", pem)


def test_a_key_of_another_kind_is_named_so() -> None:
    pem = generate_private_key(SECP384R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(KeyFileError, match="expected Ed25519, P-256 or SM2"):
        SigningKey.from_pem("one", pem)


def test_an_encrypted_key_is_named_so_and_no_password_asked() -> None:
    key = generate_private_key(SECP384R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret"))
    with pytest.raises(KeyFileError, match="unencrypted"):
        SigningKey.from_pem("one", pem)


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keyid": "k", "suite": "rsa", "public_key": ""}'])
def test_a_file_that_is_no_public_key_is_named_so(document: bytes) -> None:
    with pytest.raises(KeyFileError, match="expected JSON"):
        VerifyingKey.from_json(document)


def test_a_machine_without_the_library_says_what_to_install() -> None:
    attempt = (
        "from tongban.suites import *; new_signing_key('one', Suite.ES256); new_signing_key('two', Suite.SM2)"
    )
    done = subprocess.run(
        [sys.executable, "-c", attempt],
        env={"TONGBAN_LIBCRYPTO": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "SuiteUnavailable: SM2 and SM3 need libcrypto of OpenSSL 3" in done.stderr
