"""Which directory a node goes by: the newest it ever had, never one that is forged, broken or older."""

import pytest

from tests.exchange.own_files import Publish, restart
from tests.protocol.federation_of_two import (
    FEDERATION_KEY,
    LOG_KEY,
    STRANGER_KEY,
    directory,
    with_log_key,
)
from tongban.node.clock import true_now
from tongban.node.config import ConfigError, NodeConfig
from tongban.node.exchange import identity

pytestmark = pytest.mark.django_db


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


def test_the_message_key_signs_the_log_where_the_directory_lists_none_for_it(publish: Publish) -> None:
    publish(1)
    assert identity.current().log_key.keyid == "sichuan-2026"


def test_a_key_for_the_log_alone_signs_it_from_when_the_directory_lists_it(
    config: NodeConfig, publish: Publish
) -> None:
    config.log_key_path.write_bytes(LOG_KEY.to_pem())
    publish(1)
    identity.current()
    publish(2, content=with_log_key(directory(2), around=true_now()))
    current = identity.current()
    assert (current.key.keyid, current.log_key.keyid) == ("sichuan-2026", "sichuan-log")


def test_a_listed_key_for_the_log_that_is_not_there_is_named(config: NodeConfig, publish: Publish) -> None:
    config.log_key_path.write_bytes(STRANGER_KEY.to_pem())
    publish(1, content=with_log_key(directory(1), around=true_now()))
    with pytest.raises(ConfigError, match=r"log\.pem: the directory lists sichuan-log for the log"):
        identity.current()
