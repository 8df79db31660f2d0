"""Who this node is on the exchange: its name, its signing key, the directory it goes by.

The directory file is read again when it changes; one that is forged, broken or older than the newest
that the node has ever gone by is not taken.
"""

import logging
import threading
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Max

from tongban.node.clock import true_now
from tongban.node.config import ConfigError, NodeConfig, this_node
from tongban.node.exchange.models import TakenDirectory
from tongban.protocol import (
    Directory,
    DirectoryError,
    KeyFileError,
    Refused,
    SigningKey,
    VerifyingKey,
    open_directory,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Identity:
    """The node's name, its key, the directory and the signed document that holds it."""

    me: str
    key: SigningKey
    directory: Directory
    document: bytes = field(repr=False)


@dataclass(frozen=True)
class _Loaded:
    changed: int
    identity: Identity


_lock = threading.Lock()
_loaded: dict[Path, _Loaded] = {}


def current() -> Identity:
    """This node's identity by its configuration; ConfigError names the file that cannot be used."""
    config = this_node()
    changed = _changed(config.directory_path)
    with _lock:
        known = _loaded.get(config.directory_path)
        if known is None:
            known = _Loaded(changed, _take(config))
        elif changed != known.changed:
            known = _Loaded(changed, _take_again(config, known.identity))
        _loaded[config.directory_path] = known
        return known.identity


def load(config: NodeConfig, at_least: int = 0) -> Identity:
    """Read key and directory from the files that `config` names.

    Raises ConfigError when a file cannot be used or the directory's version is below `at_least`.
    """
    federation = _read_key(config.federation_key_path)
    document = _read(config.directory_path)
    try:
        directory = open_directory(document, federation, at_least=at_least)
    except DirectoryError as error:
        raise ConfigError(f"{config.directory_path}: {error}") from error
    try:
        key = SigningKey.from_pem(config.key_id, _read(config.key_path))
    except KeyFileError as error:
        raise ConfigError(f"{config.key_path}: {error}") from error
    return Identity(config.name, _listed(key, config, directory), directory, document)


def _listed(key: SigningKey, config: NodeConfig, directory: Directory) -> SigningKey:
    """The key under the name that the directory lists it by."""
    try:
        entries = directory.node(config.name).keys
    except Refused:
        raise ConfigError(f"{config.directory_path}: no node is called {config.name}") from None
    for entry in entries:
        if entry.verifying_key.public_key == key.public_key and key.keyid in {"", entry.keyid}:
            return key.named(entry.keyid)
    raise ConfigError(
        f"{config.key_path}: the directory does not list this key for {config.name}; "
        "have the federation add it, or use the key it lists"
    )


def _take(config: NodeConfig) -> Identity:
    """Load, and note the version so that none before it is ever taken again."""
    newest = TakenDirectory.objects.aggregate(newest=Max("version"))["newest"] or 0
    identity = load(config, at_least=newest)
    TakenDirectory.objects.get_or_create(
        version=identity.directory.version, defaults={"taken_at": true_now()}
    )
    return identity


def _take_again(config: NodeConfig, known: Identity) -> Identity:
    try:
        return _take(config)
    except ConfigError as error:
        log.error("directory not taken, the one before stays in force: %s", error)
        return known


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


def _read_key(path: Path) -> VerifyingKey:
    try:
        return VerifyingKey.from_json(_read(path))
    except KeyFileError as error:
        raise ConfigError(f"{path}: {error}") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read") from error
