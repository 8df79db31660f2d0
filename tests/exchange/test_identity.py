"""Which directory a node goes by: the newest it ever had, never one that is forged, broken or older."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.protocol.federation_of_two import FEDERATION_KEY, SICHUAN_KEY, STRANGER_KEY, directory
from tongban import protocol
from tongban.node.config import ConfigError, NodeConfig, this_node
from tongban.node.exchange import identity

pytestmark = pytest.mark.django_db

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
    }
    changed = this_node().model_copy(update={key: tmp_path / name for key, name in names.items()})
    monkeypatch.setattr(identity, "this_node", lambda: changed)
    restart(monkeypatch)
    return changed


@pytest.fixture
def publish(config: NodeConfig) -> Publish:
    """Put a directory of that version in place."""

    def write(version: int, key: protocol.SigningKey = FEDERATION_KEY) -> None:
        path = config.directory_path
        path.write_bytes(protocol.sign_directory(directory(version), key))
        os.utime(path, ns=(version, version))

    return write


def restart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_loaded", {})


def test_the_node_finds_its_key_in_the_directory(publish: Publish) -> None:
    publish(1)
    current = identity.current()
    assert (current.me, current.key.keyid) == ("sichuan", "sichuan-2026")
    assert current.document.startswith(b"{")


def test_a_newer_directory_is_taken_while_running(publish: Publish) -> None:
    publish(1)
    identity.current()
    publish(2)
    assert identity.current().directory.version == 2


@pytest.mark.parametrize("version", [1, 3])
def test_an_older_or_forged_directory_is_not_taken_while_running(
    publish: Publish, caplog: pytest.LogCaptureFixture, version: int
) -> None:
    publish(2)
    identity.current()
    publish(version, FEDERATION_KEY if version < 2 else STRANGER_KEY)
    assert identity.current().directory.version == 2
    assert "directory not taken" in caplog.text


def test_an_older_directory_is_not_taken_after_a_restart_either(
    publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(2)
    identity.current()
    publish(1)
    restart(monkeypatch)
    with pytest.raises(ConfigError, match="older than version 2"):
        identity.current()


def test_a_missing_directory_is_named(config: NodeConfig) -> None:
    with pytest.raises(ConfigError, match=r"directory\.json: cannot be read"):
        identity.current()
