"""Ed25519 (RFC 8032): computed by libsodium, in half of OpenSSL's time; key files by `cryptography`."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from nacl.bindings import crypto_sign, crypto_sign_open
from nacl.exceptions import BadSignatureError

from tongban.suites.suite import KeyFileError, Suite

_SIGNATURE_BYTES = 64
_KEY_BYTES = 32


class Ed25519Private:
    """An Ed25519 private key."""

    suite = Suite.ED25519

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()
        self._secret = key.private_bytes_raw() + self.public_key

    @classmethod
    def generate(cls) -> "Ed25519Private":
        """A fresh key."""
        return cls(Ed25519PrivateKey.generate())

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`, 64 bytes."""
        signed: bytes = crypto_sign(data, self._secret)
        return signed[:_SIGNATURE_BYTES]

    def to_pem(self) -> bytes:
        """PKCS #8 without encryption."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class Ed25519Public:
    """An Ed25519 public key from its 32 bytes; KeyFileError when they are none."""

    def __init__(self, public_key: bytes) -> None:
        if len(public_key) != _KEY_BYTES:
            raise KeyFileError("an Ed25519 public key has 32 bytes")
        self._key = public_key

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` is this key's over `data`."""
        if len(signature) != _SIGNATURE_BYTES:
            return False
        try:
            crypto_sign_open(signature + data, self._key)
        except BadSignatureError:
            return False
        return True
