"""How a newer directory spreads, and that no other one does."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.exchange.own_files import restart
from tests.protocol.federation_of_two import FEDERATION_KEY, SICHUAN_KEY, STRANGER_KEY, directory
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.config import NodeConfig
from tongban.node.exchange import directories, identity
from tongban.node.exchange.transport import Unreachable
from tongban.protocol import Code, HttpRequest, HttpResponse, NodeEntry, Refused

pytestmark = pytest.mark.django_db


def signed(version: int, *keys: protocol.SigningKey, **changes: object) -> bytes:
    given = directory(version, around=true_now()).model_copy(update=changes)
    return protocol.sign_directory(given, *(keys or (FEDERATION_KEY,)))


@pytest.fixture(autouse=True)
def _in_force(config: NodeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 2 is in force at Sichuan, whose gateway and worker may both be offered another."""
    config.directory_path.write_bytes(signed(2))
    monkeypatch.setattr(directories, "this_node", lambda: config)


def in_force() -> int:
    return identity.current().directory.version


def refusal_of(document: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        directories.offer(document)
    return caught.value


def test_a_newer_directory_is_taken_and_kept(config: NodeConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    assert directories.offer(signed(3)).directory.version == 3
    assert in_force() == 3
    restart(monkeypatch)
    assert in_force() == 3


def test_an_older_directory_is_refused_and_said() -> None:
    said = refusal_of(signed(1))
    assert (said.code, said.hint) == (Code.DIRECTORY_OLDER, "version 2 is in force")
    assert in_force() == 2


def test_a_forged_directory_is_refused_and_said() -> None:
    assert refusal_of(signed(3, STRANGER_KEY)).code is Code.DIRECTORY_FORGED
    assert in_force() == 2


def test_another_directory_of_the_same_version_is_refused() -> None:
    said = refusal_of(signed(2, handles=()))
    assert (said.code, said.hint) == (Code.DIRECTORY_OLDER, "another directory of version 2 is in force")


def test_the_directory_in_force_is_taken_again_without_effect(config: NodeConfig) -> None:
    document = config.directory_path.read_bytes()
    assert directories.offer(document).directory.version == 2


@pytest.mark.parametrize("document", [b"", b"{}", b"[1]", b"\xff\xfe"])
def test_what_is_no_directory_is_refused(document: bytes) -> None:
    assert refusal_of(document).code is Code.DIRECTORY_FORGED
    assert in_force() == 2


def without_sichuans_key() -> tuple[NodeEntry, ...]:
    sichuan, chongqing = directory(around=true_now()).nodes
    other = protocol.new_signing_key("sichuan-other")
    now = true_now()
    listed = protocol.key_entry(other, now - timedelta(days=1), now + timedelta(days=9))
    return (sichuan.model_copy(update={"keys": (listed,)}), chongqing)


def test_a_directory_that_would_leave_the_node_without_a_key_is_refused() -> None:
    assert refusal_of(signed(3, nodes=without_sichuans_key())).code is Code.DIRECTORY_UNUSABLE
    assert in_force() == 2


class Peer:
    """Chongqing's gateway as far as directories go."""

    def __init__(self, document: bytes, version: int) -> None:
        self.document, self.version = document, version
        self.given: list[bytes] = []
        self.is_up = True

    def __call__(self, peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        if not self.is_up:
            raise Unreachable
        assert (peer.id, request.path) == ("chongqing", "/directory")
        if request.method == "POST":
            self.given.append(request.body)
            return HttpResponse(200, (), b"{}")
        if dict(request.headers)["if-none-match"] == f'"{self.version}"':
            return HttpResponse(304, (), b"")
        return HttpResponse(200, (), self.document)


CHONGQING = directory().node("chongqing")


def test_a_peer_with_a_newer_directory_brings_it_here() -> None:
    directories.meet(CHONGQING, Peer(signed(5), 5))
    assert in_force() == 5


def test_a_peer_with_an_older_directory_is_given_the_newer(config: NodeConfig) -> None:
    peer = Peer(signed(1), 1)
    directories.meet(CHONGQING, peer)
    assert peer.given == [config.directory_path.read_bytes()]
    assert in_force() == 2


def test_a_peer_with_the_same_directory_is_sent_nothing(config: NodeConfig) -> None:
    peer = Peer(config.directory_path.read_bytes(), 2)
    directories.meet(CHONGQING, peer)
    assert peer.given == []


def test_a_peer_with_a_forged_directory_changes_nothing_and_is_named(
    caplog: pytest.LogCaptureFixture,
) -> None:
    directories.meet(CHONGQING, Peer(signed(9, STRANGER_KEY), 9))
    assert in_force() == 2
    assert "directory of chongqing not taken: directory-forged" in caplog.text


def test_a_peer_that_is_away_costs_nothing() -> None:
    peer = Peer(b"", 0)
    peer.is_up = False
    directories.meet(CHONGQING, peer)
    assert in_force() == 2


SUCCESSOR = protocol.new_signing_key("federation-2027")


def announcing(version: int, *keys: protocol.SigningKey) -> bytes:
    now = true_now()
    listed = protocol.key_entry(SUCCESSOR, now - timedelta(days=1), now + timedelta(days=9))
    return signed(version, *keys, federation_keys=(listed,))


def test_the_federations_key_is_followed_by_the_one_it_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal_of(announcing(3, SUCCESSOR)).code is Code.DIRECTORY_FORGED
    directories.offer(announcing(3))
    directories.offer(announcing(4, SUCCESSOR))
    restart(monkeypatch)
    assert in_force() == 4


def test_a_new_key_in_the_nodes_folder_signs_from_the_moment_the_directory_gives(
    config: NodeConfig, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    following = protocol.new_signing_key("sichuan-2027", protocol.Suite.SM2)
    (keys / "2026.pem").write_bytes(SICHUAN_KEY.to_pem())
    (keys / "2027.pem").write_bytes(following.to_pem())
    rotating = config.model_copy(update={"key_path": keys})
    for module in (identity, directories):
        monkeypatch.setattr(module, "this_node", lambda: rotating)
    assert identity.current().key.keyid == "sichuan-2026"
    sichuan, chongqing = directory(around=true_now()).nodes
    now = true_now()
    entry = protocol.key_entry(following, now - timedelta(hours=1), now + timedelta(days=300))
    both = sichuan.model_copy(update={"keys": (*sichuan.keys, entry)})
    directories.offer(signed(3, nodes=(both, chongqing)))
    assert identity.current().key.keyid == "sichuan-2027"
    at = {"value": now - timedelta(hours=2)}
    monkeypatch.setattr(identity, "true_now", lambda: at["value"])
    restart(monkeypatch)
    assert identity.current().key.keyid == "sichuan-2026"
    at["value"] = now
    assert identity.current().key.keyid == "sichuan-2027"
