"""Whose signature makes a directory: the federation's key from the node's file, and keys that followed it.

A directory that the node has taken may list the federation's next keys. They are noted beside it, so that the
version signed by them is known after a restart too.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tongban.node.config import ConfigError, NodeConfig
from tongban.protocol import (
    Directory,
    DirectoryError,
    KeyFileError,
    VerifyingKey,
    open_directory,
    signers,
)


@dataclass(frozen=True)
class SignedDirectory:
    """A directory with the very bytes that hold it."""

    directory: Directory
    document: bytes


def read_directory(config: NodeConfig, at_least: int = 0) -> SignedDirectory:
    """The directory in the file that `config` names.

    Raises ConfigError when a file cannot be used or the directory's version is below `at_least`.
    """
    document = read_file(config.directory_path)
    try:
        return SignedDirectory(open_directory(document, trusted(config), at_least=at_least), document)
    except DirectoryError as error:
        raise ConfigError(f"{config.directory_path}: {error}") from error


def trusted(config: NodeConfig) -> tuple[VerifyingKey, ...]:
    """The keys that may sign the directory. Raises ConfigError."""
    pinned = _key(config.federation_key_path, read_file(config.federation_key_path))
    path = _noted_path(config)
    if not path.exists():
        return (pinned,)
    try:
        noted = json.loads(read_file(path))
        keys = tuple(_key(path, json.dumps(key).encode()) for key in noted["signers"])
        began_with = _key(path, json.dumps(noted["pinned"]).encode())
    except (ValueError, KeyError, TypeError):
        raise ConfigError(f"{path}: expected JSON with pinned and signers; remove it to begin anew") from None
    return keys if began_with == pinned else (pinned,)


def note_signers(config: NodeConfig, directory: Directory, now: datetime) -> None:
    """Note who may sign the version after `directory`, if that is not the key of the node's file alone."""
    pinned = _key(config.federation_key_path, read_file(config.federation_key_path))
    following = signers(directory, pinned, now)
    path = _noted_path(config)
    if following == (pinned,):
        path.unlink(missing_ok=True)
        return
    noted = {
        "pinned": json.loads(pinned.to_json()),
        "signers": [json.loads(key.to_json()) for key in following],
    }
    write_file(path, json.dumps(noted, indent=2).encode())


def read_file(path: Path) -> bytes:
    """The content of a file; ConfigError names one that cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read") from error


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; ConfigError names one that cannot be written."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written; the node must be able to write there") from error


def _noted_path(config: NodeConfig) -> Path:
    return config.directory_path.with_name(f"{config.directory_path.stem}.signers.json")


def _key(path: Path, content: bytes) -> VerifyingKey:
    try:
        return VerifyingKey.from_json(content)
    except KeyFileError as error:
        raise ConfigError(f"{path}: {error}") from error
