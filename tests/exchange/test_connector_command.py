"""`tongban connector test`: a department learns by field whether its system fits; no value is printed."""

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.protocol.federation_of_two import CHONGQING_KEY, FEDERATION_KEY, SUBJECT, directory
from tongban import protocol
from tongban.cli import main

GOOD = (SUBJECT, "5000", "200304", "201212")
LATER = (SUBJECT, "5000", "201301", "201312")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder with a node's files and a department's database, empty."""
    (tmp_path / "secret").write_text("s" * 64)
    (tmp_path / "node.pem").write_bytes(CHONGQING_KEY.to_pem())
    (tmp_path / "federation.json").write_bytes(FEDERATION_KEY.verifying_key.to_json())
    (tmp_path / "directory.json").write_bytes(protocol.sign_directory(directory(), FEDERATION_KEY))
    (tmp_path / "person").write_text(f"{SUBJECT}\n")
    (tmp_path / "node.toml").write_text(f"""
name = "chongqing"
jurisdiction = "500000"
title = {{ zh = "重庆", en = "Chongqing" }}
case_prefix = "CQ"
pages_url = "http://127.0.0.1:1"
gateway_url = "http://127.0.0.1:2"
pages_port = 1
gateway_port = 2
directory_path = "directory.json"
federation_key_path = "federation.json"
key_path = "node.pem"
secret_path = "secret"

[[connectors]]
kind = "sql"
evidence_type = "contribution-spells"
agency = "500000-yb"
url = "sqlite:///{tmp_path}/yb.db"
table = "jf"
key = "sfzh"
[connectors.fields]
place = {{ column = "tcq", map = {{ "5000" = "500000" }} }}
from = {{ column = "ksny", convert = "month" }}
to = {{ column = "jzny", convert = "month" }}
kind = {{ value = "actual" }}
""")
    with sqlite3.connect(tmp_path / "yb.db") as database:
        database.execute("CREATE TABLE jf (sfzh, tcq, ksny, jzny)")
    return tmp_path


def insure(home: Path, *rows: tuple[str, ...]) -> None:
    with sqlite3.connect(home / "yb.db") as database:
        database.executemany("INSERT INTO jf VALUES (?, ?, ?, ?)", rows)


def tried(home: Path, *options: str) -> Result:
    result = CliRunner().invoke(
        main, ["connector", "test", "--config", str(home / "node.toml"), *options], catch_exceptions=False
    )
    assert SUBJECT not in result.output
    return result


def test_what_fits_is_said_field_by_field(home: Path) -> None:
    insure(home, GOOD, LATER)
    result = tried(home, "--person", str(home / "person"))
    assert result.exit_code == 0, result.output
    lines = [line.split() for line in result.output.splitlines()]
    assert lines[1:] == [
        ["place", "tcq", "fits"],
        ["from", "ksny", "fits"],
        ["to", "jzny", "fits"],
        ["kind", "(fixed", "value)", "fits"],
        ["fits"],
    ]


def test_what_does_not_fit_is_counted_by_fault(home: Path) -> None:
    insure(home, GOOD, (SUBJECT, "9999", "2013", ""), (SUBJECT, "5000", "201301", "201399"))
    result = tried(home, "--json")
    assert result.exit_code == 1
    (report,) = json.loads(result.output)
    faults = {finding["name"]: finding["faults"] for finding in report["fields"]}
    assert faults == {
        "place": {"unknown-code": 1},
        "from": {"not-a-month": 1},
        "to": {"not-a-month": 2},
        "kind": {},
    }


def test_spells_that_do_not_go_together_are_found(home: Path) -> None:
    insure(home, GOOD, (SUBJECT, "5000", "201212", "201312"))
    result = tried(home, "--person", str(home / "person"))
    assert result.exit_code == 1
    assert "problem: records[1].from: overlaps" in result.output


def test_a_column_that_is_not_there_is_named(home: Path) -> None:
    config = home / "node.toml"
    config.write_text(config.read_text().replace('"jzny"', '"zzny"'))
    result = tried(home)
    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if "zzny" in line]
    assert "check its name" in line
    assert result.output.count("check its name") == 1


def test_no_rows_are_no_proof(home: Path) -> None:
    result = tried(home)
    assert result.exit_code == 1
    assert "there are no rows to try" in result.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--agency", "nobody"], "none is declared"),
        (["--person", "EMPTY"], "one ID number is expected"),
        (["--config", "/nowhere/node.toml"], "cannot be read"),
    ],
)
def test_unusable_input_is_one_line(home: Path, options: list[str], said: str) -> None:
    (home / "empty").touch()
    result = tried(home, *[str(home / "empty") if option == "EMPTY" else option for option in options])
    assert (result.exit_code, said in result.output) == (2, True)
    assert len(result.output.splitlines()) == 1
