"""Signing suites behind one key: Ed25519, ECDSA P-256, SM2 with SM3; for messages, documents, credentials."""

from tongban.suites.keys import SigningKey, VerifyingKey, new_signing_key, public_half
from tongban.suites.sm2 import sm3
from tongban.suites.suite import KeyFileError, PrivateHalf, PublicHalf, Suite, SuiteUnavailable

__all__ = [
    "KeyFileError",
    "PrivateHalf",
    "PublicHalf",
    "SigningKey",
    "Suite",
    "SuiteUnavailable",
    "VerifyingKey",
    "new_signing_key",
    "public_half",
    "sm3",
]
