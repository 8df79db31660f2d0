"""Keys that sign and verify: Ed25519 in the first cut.

Which suite verifies comes from the directory's entry of the key, never from a message.
"""

import base64
import binascii
import json
from dataclasses import dataclass, field
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)


class Suite(StrEnum):
    """A signature algorithm with its hash."""

    ED25519 = "ed25519"


class KeyFileError(ValueError):
    """A key file is not what it should be; the text says what is expected."""


@dataclass(frozen=True)
class VerifyingKey:
    """The public half of a key, with the suite that the directory gives it."""

    keyid: str
    suite: Suite
    public_key: bytes

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` was made over `data` by this key's owner."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True

    def to_json(self) -> bytes:
        """The key as a file for other nodes: keyid, suite, public key in base64."""
        document = {
            "keyid": self.keyid,
            "suite": self.suite.value,
            "public_key": base64.b64encode(self.public_key).decode(),
        }
        return json.dumps(document, indent=2).encode() + b"\n"

    @classmethod
    def from_json(cls, document: bytes) -> "VerifyingKey":
        """Read what `to_json` wrote; KeyFileError when it is anything else."""
        try:
            members = json.loads(document)
            public_key = base64.b64decode(members["public_key"], validate=True)
            return cls(str(members["keyid"]), Suite(members["suite"]), public_key)
        except (ValueError, KeyError, TypeError, binascii.Error):
            raise KeyFileError(
                "not a public key file: expected JSON with keyid, suite and public_key in base64"
            ) from None


@dataclass(frozen=True)
class SigningKey:
    """A private key with its name. Its text form never shows the secret."""

    keyid: str
    _private: Ed25519PrivateKey = field(repr=False, compare=False)

    @property
    def public_key(self) -> bytes:
        """The public half, 32 raw bytes."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def verifying_key(self) -> VerifyingKey:
        """The public half with its name and suite."""
        return VerifyingKey(self.keyid, Suite.ED25519, self.public_key)

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`, 64 bytes."""
        return self._private.sign(data)

    def to_pem(self) -> bytes:
        """PKCS #8 without encryption; whoever writes it to a file keeps it readable by the owner only."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @classmethod
    def from_pem(cls, keyid: str, pem: bytes) -> "SigningKey":
        """Read a PKCS #8 key; KeyFileError when it is not an Ed25519 private key."""
        try:
            private = load_pem_private_key(pem, password=None)
        except (ValueError, TypeError):
            raise KeyFileError("not a private key: expected an unencrypted PKCS #8 PEM file") from None
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyFileError("not an Ed25519 private key")
        return cls(keyid, private)


def new_signing_key(keyid: str) -> SigningKey:
    """A fresh Ed25519 key under the name `keyid`."""
    return SigningKey(keyid, Ed25519PrivateKey.generate())
