"""Founding the sample federation: complete, kept when founded again, secret where it must be."""

from datetime import date
from pathlib import Path

import pytest

from tongban import protocol, services
from tongban.federation import sample_directory
from tongban.federation.founding import SampleFederation, consecutive_addresses, found
from tongban.federation.sample_directory import ROOT
from tongban.federation.sample_people import sample_person
from tongban.federation.sample_records import posts
from tongban.federation.sides import SIDES, Side
from tongban.node.config import load
from tongban.node.exchange import connectors, department_files, identity
from tongban.node.exchange.connectors import FilesConnector
from tongban.protocol import Directory, VerifyingKey
from tongban.services.evidence_type import EvidenceTypeDefinition

TODAY = date(2026, 11, 22)


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
    assert len(secret) == 16
    assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Directory:
    return directory_of(found(tmp_path_factory.mktemp("founded"), consecutive_addresses(8100)))


def test_each_side_may_ask_the_other_what_a_service_needs_and_nothing_else(founded: Directory) -> None:
    assert {(one.service, one.evidence_type, one.fields) for one in founded.agreements} == {
        (service.code, need.type, need.fields)
        for service in services.load(ROOT).values()
        for need in service.definition.evidence
        if not need.own_side_only
    }
    asked = [(one.asking_agency, one.holding_agency) for one in founded.agreements]
    assert {("510100-yb", "500000-yb"), ("500000-yb", "510100-yb")} <= set(asked)
    assert all(asking[:6] != holding[:6] for asking, holding in asked)


def test_every_service_is_decided_on_both_sides_by_the_agency_that_it_names(founded: Directory) -> None:
    for service in services.load(ROOT).values():
        for side in service.definition.sides:
            assert founded.handler(service.code, side.place, TODAY).code == side.agency_code


@pytest.mark.parametrize("side", SIDES, ids=lambda side: side.node)
def test_every_agency_that_decides_has_an_officer(side: Side) -> None:
    manned = {side.agency, *(post.agency for post in posts(side))}
    assert manned >= set(sample_directory.agencies(side))


BROUGHT = EvidenceTypeDefinition.model_validate(
    {
        "name": "sample-conclusion",
        "title": {"zh": "示例结论", "en": "Sample conclusion"},
        "fields": [
            {"name": "decided_on", "title": {"zh": "日期", "en": "Date"}, "type": "date"},
            {"name": "grade", "title": {"zh": "等级", "en": "Grade"}, "type": "integer"},
        ],
    }
)
DEMO = """
[[records]]
evidence = "sample-conclusion"
place = "500000"
person = "luo.suqin"
values = { decided_on = "2025-06-18", grade = 7 }
"""


def test_a_kind_of_evidence_that_a_service_brings_along_can_be_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = next(one for one in sample_directory.definitions() if one.evidence)
    needs = tuple(
        need.model_copy(update={"type": BROUGHT.name, "fields": BROUGHT.names}) for need in story.evidence
    )
    changed = story.model_copy(update={"evidence": needs, "evidence_types": (BROUGHT,)})
    (tmp_path / "services" / "sample" / "demo").mkdir(parents=True)
    (tmp_path / "services" / "sample" / "demo" / "records.toml").write_text(DEMO, encoding="utf-8")
    monkeypatch.setattr(sample_directory, "definitions", lambda: (changed,))
    monkeypatch.setattr(sample_directory, "ROOT", tmp_path / "services")
    federation = found(tmp_path / "home", consecutive_addresses(8100))
    records = {}
    for side in SIDES:
        config = load(federation.config_path(side.node))
        (connector,) = (
            one
            for one in connectors.declared(config, identity.load(config).directory)
            if one.evidence_type == BROUGHT.name
        )
        assert isinstance(connector, FilesConnector)
        number = sample_person("luo.suqin").resident_number
        rows = department_files.rows(connector, number, connector.columns(BROUGHT.names))
        records[side.node] = [connector.record(row, BROUGHT.names, "records[0]") for row in rows]
    assert records == {"chongqing": [{"decided_on": "2025-06-18", "grade": 7}], "sichuan": []}
