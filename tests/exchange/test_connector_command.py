"""`tongban connector test`: a department learns by field whether its system fits; no value is printed."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.exchange.serving import departments
from tests.protocol.federation_of_two import CHONGQING_KEY, FEDERATION_KEY, SUBJECT, directory
from tongban import protocol
from tongban.cli import main

GOOD = (SUBJECT, "5000", "200304", "201212")
LATER = (SUBJECT, "5000", "201301", "201312")


FIELDS = """
[connectors.fields]
place = { column = "tcq", map = { "5000" = "500000" } }
from = { column = "ksny", convert = "month" }
to = { column = "jzny", convert = "month" }
kind = { value = "actual" }
"""


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
{FIELDS}""")
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


def declare(home: Path, **declared: str) -> None:
    """Declare another connector for the same evidence in the place of the SQL one."""
    config = home / "node.toml"
    before = config.read_text().partition("[[connectors]]")[0]
    common = {"evidence_type": "contribution-spells", "agency": "500000-yb", "key": "sfzh"}
    lines = [f"{key} = {json.dumps(value)}" for key, value in (common | declared).items()]
    config.write_text("\n".join([before, "[[connectors]]", *lines, FIELDS]))


def export(
    home: Path, *rows: tuple[str, ...], columns: str = "sfzh,tcq,ksny,jzny", encoding: str = "utf-8"
) -> None:
    text = "\n".join([columns, *(",".join(row) for row in rows)])
    (home / "yb.csv").write_bytes(text.encode(encoding))


@pytest.fixture
def service() -> Iterator[Callable[[int, object], str]]:
    """Start a service that gives one answer whatever it is asked, and nothing about a stranger if told."""
    with departments() as start:

        def answering(status: int, answer: object) -> str:
            def behave(_: object, asked: dict[str, object]) -> tuple[int, bytes]:
                given = answer(asked["sfzh"]) if callable(answer) else answer
                return status, given if isinstance(given, bytes) else json.dumps(given).encode()

            return start(behave)

        yield answering


KNOWN = {"tcq": "5000", "ksny": "200304", "jzny": "201212"}


def known_only(subject: str) -> list[dict[str, str]]:
    return [KNOWN] if subject == SUBJECT else []


@pytest.mark.parametrize(
    ("status", "answer", "said"),
    [
        (200, known_only, ""),
        (401, {}, "it answers with status 401; check header and secret_path"),
        (500, {}, "it answers with status 500; check url"),
        (200, b"<html>", "its answer is not JSON; check url"),
        (200, {"rows": []}, "no list of rows at the top; check records"),
        (200, [KNOWN], "gives rows about a number that nobody has; check the key"),
        (200, [], "there are no rows to try of this person"),
    ],
)
def test_what_is_wrong_with_a_service_is_said(
    home: Path, service: Callable[[int, object], str], status: int, answer: object, said: str
) -> None:
    declare(home, kind="http", url=service(status, answer))
    result = tried(home, "--person", str(home / "person"))
    assert (result.exit_code, said in result.output) == (1 if said else 0, True)
    assert "check its name" not in result.output


def test_a_service_that_is_not_there_is_said(home: Path) -> None:
    declare(home, kind="http", url="http://127.0.0.1:1/query")
    result = tried(home, "--person", str(home / "person"))
    assert (result.exit_code, "ConnectError; check url" in result.output) == (1, True)


def test_what_is_wrong_with_an_export_is_said(home: Path) -> None:
    declare(home, kind="files", folder=str(home), pattern="*.csv")
    assert "no file *.csv; check folder and pattern" in tried(home).output
    export(home, GOOD)
    assert tried(home, "--person", str(home / "person")).exit_code == 0
    export(home, GOOD[:3], columns="sfzh,tcq,ksny")
    (line,) = [line for line in tried(home).output.splitlines() if "check its name" in line]
    assert line.split()[0] == "to"
    export(home, (SUBJECT, "重庆", *GOOD[2:]), encoding="gb18030")
    assert "check its columns and encoding" in tried(home).output


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        ({"kind": "python", "entry_point": "yb"}, "no installed package has the entry point yb"),
        ({"kind": "sql", "url": "oracle://yb.example/x", "table": "jf"}, "install the driver that url names"),
        ({"kind": "sql", "url": "sqlite:///nowhere.db", "table": "jf"}, "check url, table, key and columns"),
    ],
)
def test_what_is_wrong_with_a_system_as_a_whole_is_said_once(
    home: Path, declared: dict[str, str], said: str
) -> None:
    declare(home, **declared)
    result = tried(home, "--person", str(home / "person"))
    assert (result.exit_code, said in result.output) == (1, True)
    assert "check its name" not in result.output


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
