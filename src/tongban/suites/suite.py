"""The signature suites by name, and what every suite's private and public halves can do."""

from enum import StrEnum
from typing import Protocol


class Suite(StrEnum):
    """A signature algorithm with its hash; the values are the names that HTTP signatures use (RFC 9421).

    `sm2-sm3` is not in that registry yet: SM2 with SM3 (GB/T 32918.2, GB/T 32905).
    """

    ED25519 = "ed25519"
    ES256 = "ecdsa-p256-sha256"
    SM2 = "sm2-sm3"

    __hash__ = str.__hash__  # an enumeration's own is written in Python


class KeyFileError(ValueError):
    """A key or a key file is not what it should be; the text says what is expected."""


class SuiteUnavailable(RuntimeError):
    """This machine lacks the library that a suite needs; the text says how to get it."""


class PrivateHalf(Protocol):
    """The private half of a key pair, whatever its suite."""

    @property
    def suite(self) -> Suite:
        """The suite it signs in."""

    @property
    def public_key(self) -> bytes:
        """The public half: 32 bytes for Ed25519, else the uncompressed point, 65 bytes."""

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`, 64 bytes; for ECDSA and SM2 r and s of 32 bytes each."""

    def to_pem(self) -> bytes:
        """PKCS #8 without encryption."""


class PublicHalf(Protocol):
    """The public half of a key pair, ready to verify."""

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` was made over `data` by the owner of the private half."""
