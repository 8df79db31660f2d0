"""Keys and their files."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tongban.protocol import KeyFileError, SigningKey, VerifyingKey, new_signing_key


def test_a_key_survives_its_file() -> None:
    key = new_signing_key("node-2026")
    again = SigningKey.from_pem("node-2026", key.to_pem())
    assert again.public_key == key.public_key
    assert VerifyingKey.from_json(key.verifying_key.to_json()) == key.verifying_key


def test_a_signature_counts_for_its_data_and_key_only() -> None:
    key, other = new_signing_key("one"), new_signing_key("two")
    signature = key.sign(b"data")
    assert key.verifying_key.verifies(signature, b"data")
    assert not key.verifying_key.verifies(signature, b"other")
    assert not other.verifying_key.verifies(signature, b"data")


def test_the_secret_is_not_shown() -> None:
    key = new_signing_key("one")
    assert repr(key) == "SigningKey(keyid='one')"


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_named_so(pem: bytes) -> None:
    with pytest.raises(KeyFileError, match="PKCS #8"):
        SigningKey.from_pem("one", pem)


def test_a_key_of_another_kind_is_named_so() -> None:
    pem = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(KeyFileError, match="Ed25519"):
        SigningKey.from_pem("one", pem)


@pytest.mark.parametrize("document", [b"", b"[]", b"{}", b'{"keyid": "k", "suite": "rsa", "public_key": ""}'])
def test_a_file_that_is_no_public_key_is_named_so(document: bytes) -> None:
    with pytest.raises(KeyFileError, match="expected JSON"):
        VerifyingKey.from_json(document)
