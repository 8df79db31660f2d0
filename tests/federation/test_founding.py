"""Founding the sample federation: complete, kept when founded again, secret where it must be."""

from pathlib import Path

from tongban import protocol
from tongban.federation.founding import SampleFederation, consecutive_addresses, found
from tongban.federation.sides import SIDES
from tongban.node.config import load
from tongban.node.exchange import connectors, identity
from tongban.protocol import Directory, VerifyingKey


def directory_of(federation: SampleFederation) -> Directory:
    folder = federation.home / "federation"
    key = VerifyingKey.from_json((folder / "federation.json").read_bytes())
    return protocol.open_directory((folder / "directory.json").read_bytes(), key)


def contents(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


def test_each_node_can_be_what_its_files_say(tmp_path: Path) -> None:
    federation = found(tmp_path, consecutive_addresses(8100))
    for side in SIDES:
        config = load(federation.config_path(side.node))
        known = identity.load(config)
        assert known.me == side.node
        assert connectors.declared(config, known.directory)


def test_founding_again_changes_nothing(tmp_path: Path) -> None:
    found(tmp_path, consecutive_addresses(8100))
    before = contents(tmp_path)
    found(tmp_path, consecutive_addresses(8100))
    assert contents(tmp_path) == before


def test_other_addresses_make_a_later_directory_under_the_same_keys(tmp_path: Path) -> None:
    first = directory_of(found(tmp_path, consecutive_addresses(8100)))
    second = directory_of(found(tmp_path, consecutive_addresses(8200)))
    assert second.version == first.version + 1
    assert [node.keys for node in second.nodes] == [node.keys for node in first.nodes]
    assert second.node("chongqing").gateway_url == "https://127.0.0.1:8201"


def test_keys_and_secrets_are_for_their_owner_only(tmp_path: Path) -> None:
    found(tmp_path, consecutive_addresses(8100))
    secret = [*tmp_path.rglob("*.pem"), *tmp_path.rglob("secret"), tmp_path / "password"]
    assert len(secret) == 14
    assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}


def test_each_side_may_ask_the_other(tmp_path: Path) -> None:
    agreements = directory_of(found(tmp_path, consecutive_addresses(8100))).agreements
    assert {(agreement.asking_agency, agreement.holding_agency) for agreement in agreements} == {
        ("510100-yb", "500000-yb"),
        ("500000-yb", "510100-yb"),
    }
