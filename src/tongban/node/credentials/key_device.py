"""A key in a device that keeps it and signs by itself (PKCS #11).

Promises: nothing here shows the secret; a device that is away is an error that says so.
"""

from hashlib import sha256
from pathlib import Path
from typing import Any

import pkcs11

from tongban.node.config import ConfigError, Pkcs11Key
from tongban.suites import KeyFileError, Suite


class DeviceKey:
    """An ECDSA P-256 key pair inside a PKCS #11 device, found by its label."""

    def __init__(self, place: Pkcs11Key, home: Path) -> None:
        """Open the device and find the key. Raises ConfigError."""
        try:
            pin = (home / place.pin_path).read_text(encoding="utf-8").strip()
            token = pkcs11.lib(place.module).get_token(token_label=place.token)
            self._session = _opened(token, pin)
            self._key: Any = self._session.get_key(
                pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.KeyType.EC, place.label
            )
            public = self._session.get_key(pkcs11.ObjectClass.PUBLIC_KEY, pkcs11.KeyType.EC, place.label)
        except OSError as error:
            raise ConfigError(f"{place.pin_path}: cannot be read; expected the device's PIN") from error
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            raise ConfigError(
                f"credential_key_device: {type(error).__name__}: expected the key {place.label!r} "
                f"on the token {place.token!r} of {place.module}"
            ) from error
        self.public_key = _point(bytes(public[pkcs11.Attribute.EC_POINT]))

    suite = Suite.ES256

    def sign(self, data: bytes) -> bytes:
        """The signature over the SHA-256 digest of `data`, r and s of 32 bytes each."""
        return bytes(self._key.sign(sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA))

    def to_pem(self) -> bytes:
        """Never: the device keeps it."""
        raise KeyFileError("the key is in a device, which does not give it away")


def _opened(token: Any, pin: str) -> Any:
    """A session on the token; a process logs in to a token once."""
    try:
        return token.open(user_pin=pin)
    except pkcs11.UserAlreadyLoggedIn:
        return token.open()


def _point(encoded: bytes) -> bytes:
    """The uncompressed point, 65 bytes, out of the octet string that a device gives."""
    return encoded[-65:]
