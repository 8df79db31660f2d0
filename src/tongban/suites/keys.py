"""Keys that sign and verify under a name, whatever their suite.

Which suite verifies comes from whoever lists the public key (the directory), never from a message.
"""

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tongban.suites.ed25519 import Ed25519Private, Ed25519Public
from tongban.suites.es256 import Es256Private, Es256Public
from tongban.suites.sm2 import Sm2Private, Sm2Public
from tongban.suites.suite import KeyFileError, PrivateHalf, PublicHalf, Suite

_GENERATE: dict[Suite, Callable[[], PrivateHalf]] = {
    Suite.ED25519: Ed25519Private.generate,
    Suite.ES256: Es256Private.generate,
    Suite.SM2: Sm2Private.generate,
}
_PUBLIC: dict[Suite, Callable[[bytes], PublicHalf]] = {
    Suite.ED25519: Ed25519Public,
    Suite.ES256: Es256Public,
    Suite.SM2: Sm2Public,
}


@lru_cache(maxsize=1024)
def public_half(suite: Suite, public_key: bytes) -> PublicHalf:
    """The public key, ready to verify; KeyFileError when the bytes are not a key of that suite."""
    return _PUBLIC[suite](public_key)


@dataclass(frozen=True)
class VerifyingKey:
    """The public half of a key, with the suite that the directory gives it."""

    keyid: str
    suite: Suite
    public_key: bytes

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` was made over `data` by this key's owner.

        Raises SuiteUnavailable when this machine cannot compute in the key's suite.
        """
        try:
            return self._half.verifies(signature, data)
        except KeyFileError:
            return False

    @cached_property
    def _half(self) -> PublicHalf:
        return public_half(self.suite, self.public_key)

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
        except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
            raise KeyFileError(
                "not a public key file: expected JSON with keyid, suite and public_key in base64"
            ) from None


@dataclass(frozen=True)
class SigningKey:
    """A private key with its name. Its text form never shows the secret."""

    keyid: str
    _private: PrivateHalf = field(repr=False, compare=False)

    @property
    def suite(self) -> Suite:
        """The suite it signs in."""
        return self._private.suite

    @property
    def public_key(self) -> bytes:
        """The public half: 32 bytes for Ed25519, else the uncompressed point, 65 bytes."""
        return self._private.public_key

    @cached_property
    def verifying_key(self) -> VerifyingKey:
        """The public half with its name and suite."""
        return VerifyingKey(self.keyid, self.suite, self.public_key)

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`, 64 bytes."""
        return self._private.sign(data)

    def named(self, keyid: str) -> "SigningKey":
        """The same key under another name."""
        return SigningKey(keyid, self._private)

    def to_pem(self) -> bytes:
        """PKCS #8 without encryption; whoever writes it to a file keeps it readable by the owner only."""
        return self._private.to_pem()

    @classmethod
    def from_pem(cls, keyid: str, pem: bytes) -> "SigningKey":
        """Read a PKCS #8 key, whose suite follows from its content; KeyFileError when it is none."""
        return cls(keyid, _private_half(pem))


def new_signing_key(keyid: str, suite: Suite = Suite.ED25519) -> SigningKey:
    """A fresh key under the name `keyid`; SuiteUnavailable when this machine cannot compute in the suite."""
    return SigningKey(keyid, _GENERATE[suite]())


def _private_half(pem: bytes) -> PrivateHalf:
    try:
        private = load_pem_private_key(pem, password=None)
    except UnsupportedAlgorithm:  # a curve that the library does not know, as SM2's
        return Sm2Private.from_pem(pem)
    except (ValueError, TypeError):
        raise KeyFileError("not a private key: expected an unencrypted PKCS #8 PEM file") from None
    if isinstance(private, Ed25519PrivateKey):
        return Ed25519Private(private)
    if isinstance(private, EllipticCurvePrivateKey) and isinstance(private.curve, SECP256R1):
        return Es256Private(private)
    raise KeyFileError("not a key of a known suite: expected Ed25519, P-256 or SM2")
