"""Sichuan's own files: its key and the directory it goes by."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.protocol.federation_of_two import FEDERATION_KEY, SICHUAN_KEY, directory
from tongban import protocol
from tongban.node.config import NodeConfig, this_node
from tongban.node.exchange import identity

Publish = Callable[..., None]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> NodeConfig:
    """Sichuan's files, without a directory so far; the process has just started."""
    (tmp_path / "federation.json").write_bytes(FEDERATION_KEY.verifying_key.to_json())
    (tmp_path / "node.pem").write_bytes(SICHUAN_KEY.to_pem())
    names = {
        "directory_path": "directory.json",
        "federation_key_path": "federation.json",
        "key_path": "node.pem",
        "log_key_path": "log.pem",
    }
    changed = this_node().model_copy(update={key: tmp_path / name for key, name in names.items()})
    monkeypatch.setattr(identity, "this_node", lambda: changed)
    restart(monkeypatch)
    return changed


@pytest.fixture
def publish(config: NodeConfig) -> Publish:
    """Put a directory of that version in place."""

    def write(
        version: int,
        key: protocol.SigningKey = FEDERATION_KEY,
        content: protocol.Directory | None = None,
    ) -> None:
        path = config.directory_path
        path.write_bytes(protocol.sign_directory(content or directory(version), key))
        os.utime(path, ns=(version, version))

    return write


def restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_loaded", {})
