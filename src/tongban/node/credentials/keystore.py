"""The key with which this node issues credentials: in a file, or in a device that keeps it (PKCS #11).

Promises: nothing here shows the secret; a key that cannot be used is an error that says what is expected.
"""

from functools import cache

from tongban.node.config import ConfigError, this_node
from tongban.suites import KeyFileError, SigningKey


@cache
def own_key() -> SigningKey:
    """The node's key for credentials. Raises ConfigError that says which file or device is expected."""
    node = this_node()
    if node.credential_key_device is not None:
        from tongban.node.credentials.key_device import DeviceKey  # noqa: PLC0415 - few nodes have a device

        return SigningKey("", DeviceKey(node.credential_key_device, node.home))
    path = node.credential_key_path
    try:
        return SigningKey.from_pem("", path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read; expected the key that signs credentials") from error
    except KeyFileError as error:
        raise ConfigError(f"{path}: {error}") from error
