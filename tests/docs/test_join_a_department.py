"""What the guide for departments shows works as it is written."""

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tongban.protocol import (
    CONTRIBUTION_SPELLS,
    AgencyEntry,
    Directory,
    NodeEntry,
    Text,
    key_entry,
    new_signing_key,
    open_directory,
    sign_directory,
)

GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "join-a-department.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def node(name: str, jurisdiction: str) -> NodeEntry:
    return NodeEntry(
        id=name,
        jurisdiction=jurisdiction,
        title=Text(zh=name, en=name),
        gateway_url=f"https://{name}.example",
        keys=(key_entry(new_signing_key(f"{name}-2026"), NOW, NOW.replace(year=2028)),),
    )


@pytest.fixture
def joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Directory:
    """The directory after the guide's step 3, begun with two nodes and the asking agency."""
    key = new_signing_key("federation-2026")
    before = Directory(
        version=1,
        issued=NOW,
        nodes=(node("chongqing", "500000"), node("sichuan", "510000")),
        agencies=(
            AgencyEntry(
                code="510100-yb", title=Text(zh="成都", en="Chengdu"), node="sichuan", place="510100"
            ),
        ),
        handles=(),
        holds=(),
        evidence_types=(CONTRIBUTION_SPELLS,),
        agreements=(),
    )
    (tmp_path / "federation.pem").write_bytes(key.to_pem())
    (tmp_path / "directory.json").write_bytes(sign_directory(before, key))
    monkeypatch.chdir(tmp_path)
    exec(compile(block("python"), "join-a-department.md", "exec"), {})
    return open_directory((tmp_path / "directory.json").read_bytes(), key.verifying_key)


def test_the_signed_directory_names_the_new_holder_and_its_agreement(joined: Directory) -> None:
    on = date(2026, 11, 22)
    assert joined.version == 2
    assert joined.holder("contribution-spells", "500103", on).code == "500000-yb"
    assert joined.agreement(
        asking="510100-yb",
        holding="500000-yb",
        service="medical-retirement",
        evidence_type="contribution-spells",
        on=on,
    ).fields == ("place", "from", "to", "kind")


def test_the_connector_is_one_that_a_node_takes(joined: Directory) -> None:
    from tongban.node.exchange.connectors import SqlConnector

    (declared,) = tomllib.loads(block("toml"))["connectors"]
    connector = SqlConnector.model_validate(declared)
    kind = joined.evidence_type(connector.evidence_type)
    assert set(connector.fields) == {field.name for field in kind.fields}
    row = {"aaa027": "5000", "aae041": 200304, "aae042": "201212"}
    records = (connector.record(row, ("place", "from", "to", "kind"), "records[0]"),)
    assert records == ({"place": "500000", "from": "2003-04", "to": "2012-12", "kind": "actual"},)
    kind.check_records(records, ("place", "from", "to", "kind"), "records")


def test_the_chinese_guide_shows_the_same_code() -> None:
    chinese = (Path(__file__).parents[2] / "docs" / "how-to" / "join-a-department.zh-CN.md").read_text(
        "utf-8"
    )
    code = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
    assert code.findall(chinese) == code.findall(GUIDE)
