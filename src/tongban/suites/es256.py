"""ECDSA on P-256 with SHA-256, deterministic (RFC 6979), through `cryptography`."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tongban.suites import rs
from tongban.suites.suite import KeyFileError, Suite

_SIGNING = ec.ECDSA(SHA256(), deterministic_signing=True)
_VERIFYING = ec.ECDSA(SHA256())


class Es256Private:
    """A private key on P-256."""

    suite = Suite.ES256

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @classmethod
    def generate(cls) -> "Es256Private":
        """A fresh key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`: r and s, 64 bytes."""
        return rs.from_der(self._key.sign(data, _SIGNING))

    def to_pem(self) -> bytes:
        """PKCS #8 without encryption."""
        return self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


class Es256Public:
    """A public key on P-256 from its uncompressed point; KeyFileError when it is none."""

    def __init__(self, public_key: bytes) -> None:
        try:
            if len(public_key) != 65:
                raise ValueError
            self._key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
        except ValueError:
            raise KeyFileError("a P-256 public key is an uncompressed point of 65 bytes") from None

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Whether `signature` is this key's over `data`."""
        der = rs.to_der(signature)
        if der is None:
            return False
        try:
            self._key.verify(der, data, _VERIFYING)
        except InvalidSignature:
            return False
        return True
