"""Departments keep their systems: databases, services, exports, own code; each read by ID number alone."""

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from http.server import BaseHTTPRequestHandler
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.exchange.serving import Behaviour, departments
from tests.protocol.federation_of_two import RECORDS, SUBJECT, directory
from tongban.node.config import this_node
from tongban.node.exchange import connectors, department, department_code, department_http, department_sql
from tongban.node.exchange.subjects import names_enterprise
from tongban.protocol import CONTRIBUTION_SPELLS, Code, Record, Refused

TODAY = date(2026, 11, 22)
FIELDS = ("place", "from", "to", "kind")
OTHER = "500101198001011234"
FIRM = "91510100621702170A"
TOKEN = "Bearer secret-of-the-department"


def connector(**declared: object) -> connectors.Connector:
    raw: dict[str, Any] = {
        "evidence_type": "contribution-spells",
        "agency": "500000-yb",
        "key": "sfzh",
        "fields": {
            "place": {"column": "tcq", "map": {"5000": "500000"}},
            "from": {"column": "ksny", "convert": "month", "form": "YYYY年MM月"},
            "to": {"column": "jzny", "convert": "month", "form": "YYYY年MM月"},
            "kind": {"value": "actual"},
        },
    }
    (known,) = connectors.declared(
        this_node().model_copy(update={"connectors": (raw | declared,)}), directory()
    )
    return known


def read(known: connectors.Connector, subject: str = SUBJECT) -> tuple[Record, ...]:
    return department.read_evidence(known, CONTRIBUTION_SPELLS, subject, FIELDS, TODAY)


def code_of(known: connectors.Connector) -> Code:
    with pytest.raises(Refused) as refused:
        read(known)
    assert SUBJECT not in str(refused.value)
    return refused.value.code


def together_and_alone(known: connectors.Connector, most: int = 100) -> bool:
    """Whether people get the same rows when they are read with others as when each is read alone."""
    assert isinstance(known, connectors.SqlConnector)
    columns, people = ("tcq", "ksny", "jzny"), (SUBJECT, OTHER, "500101198001011235")
    together = department_sql.rows_of_each([(known, one) for one in people], columns=columns, most=most)
    alone = [department_sql.rows(known, one, columns, most) for one in people]
    assert [len(rows) for rows in alone] != [0, 0, 0]
    return together == alone


COLUMNS = ("sfzh", "xz", "tcq", "ksny", "jzny")
ROWS = [
    (SUBJECT, "310", "5000", "2003年04月", "2012年12月"),
    (SUBJECT, "110", "5000", "1999年01月", "2002年12月"),
    (OTHER, "310", "5000", "2010年01月", "2011年12月"),
]


class TestSql:
    def test_sqlite(self, tmp_path: Path) -> None:
        known = connector(kind="sql", url=f"sqlite:///{tmp_path}/yb.db", table="缴费", where={"xz": "310"})
        with sqlite3.connect(tmp_path / "yb.db") as database:
            database.execute("CREATE TABLE 缴费 (sfzh, xz, tcq, ksny, jzny)")
            database.executemany("INSERT INTO 缴费 VALUES (?, ?, ?, ?, ?)", ROWS)
        assert read(known) == RECORDS
        assert read(known, "500101198001011235") == ()

    def test_an_enterprise_is_looked_up_by_its_code_and_a_person_by_their_number(
        self, tmp_path: Path
    ) -> None:
        with sqlite3.connect(tmp_path / "yb.db") as database:
            database.execute("CREATE TABLE jf (sfzh, tyshxydm, tcq, ksny, jzny)")
            rows = [(SUBJECT, None, *ROWS[0][2:]), (None, FIRM, *ROWS[2][2:])]
            database.executemany("INSERT INTO jf VALUES (?, ?, ?, ?, ?)", rows)
        declared = {"kind": "sql", "url": f"sqlite:///{tmp_path}/yb.db", "table": "jf"}
        known = connector(**declared, enterprise_key="tyshxydm")
        assert read(known) == RECORDS
        assert [record["from"] for record in read(known, FIRM)] == ["2010-01"]
        with pytest.raises(Refused) as refused:
            read(connector(**declared), FIRM)
        assert refused.value.code is Code.TRY_LATER

    def test_people_read_at_the_same_time_get_their_own_rows_only(self, tmp_path: Path) -> None:
        with sqlite3.connect(tmp_path / "yb.db") as database:
            database.execute("CREATE TABLE jf (sfzh, xz, tcq, ksny, jzny)")
            database.executemany("INSERT INTO jf VALUES (?, ?, ?, ?, ?)", ROWS)
        assert together_and_alone(connector(kind="sql", url=f"sqlite:///{tmp_path}/yb.db", table="jf"))

    def test_a_database_that_writes_numbers_in_its_own_way_is_read_one_by_one(self, tmp_path: Path) -> None:
        with sqlite3.connect(tmp_path / "yb.db") as database:
            database.execute("CREATE TABLE jf (sfzh TEXT COLLATE NOCASE, xz, tcq, ksny, jzny)")
            lower = [(subject.lower(), *rest) for subject, *rest in ROWS]
            database.executemany("INSERT INTO jf VALUES (?, ?, ?, ?, ?)", lower)
        assert together_and_alone(connector(kind="sql", url=f"sqlite:///{tmp_path}/yb.db", table="jf"))

    def test_one_with_more_rows_than_allowed_does_not_take_them_from_the_others(self, tmp_path: Path) -> None:
        with sqlite3.connect(tmp_path / "yb.db") as database:
            database.execute("CREATE TABLE jf (sfzh, xz, tcq, ksny, jzny)")
            database.executemany("INSERT INTO jf VALUES (?, ?, ?, ?, ?)", [*ROWS, ROWS[0], ROWS[0]])
        known = connector(kind="sql", url=f"sqlite:///{tmp_path}/yb.db", table="jf")
        assert together_and_alone(known, most=3)

    def test_a_database_that_is_not_there_is_not_made(self, tmp_path: Path) -> None:
        known = connector(kind="sql", url=f"sqlite:///{tmp_path}/none.db", table="jf")
        assert code_of(known) is Code.TRY_LATER
        assert not (tmp_path / "none.db").exists()

    def test_postgresql_with_the_password_in_a_file(self, tmp_path: Path, database_server_url: str) -> None:
        name = f"yb_{os.getpid()}"
        with psycopg.connect(database_server_url, autocommit=True) as server:
            server.execute(f"CREATE SCHEMA {name}")
            try:
                server.execute(f"CREATE TABLE {name}.jf (sfzh text, xz text, tcq text, ksny text, jzny text)")
                server.cursor().executemany(f"INSERT INTO {name}.jf VALUES (%s, %s, %s, %s, %s)", ROWS)
                (tmp_path / "password").write_text("secret\n")
                known = connector(
                    kind="sql",
                    url=database_server_url,
                    password_path=str(tmp_path / "password"),
                    schema=name,
                    table="jf",
                    where={"xz": "310"},
                )
                assert read(known) == RECORDS
            finally:
                server.execute(f"DROP SCHEMA {name} CASCADE")

    def test_a_driver_that_is_not_installed_costs_only_time(self) -> None:
        assert code_of(connector(kind="sql", url="oracle://yb.example/x", table="jf")) is Code.TRY_LATER


@pytest.fixture
def service() -> Iterator[Callable[[Behaviour], str]]:
    """Start a department's service that behaves as told; gives its address."""
    with departments() as start:
        yield start


def rows_of(subject: object) -> list[dict[str, object]]:
    return [
        {"tcq": tcq, "qj": {"ksny": first, "jzny": last}}
        for person, xz, tcq, first, last in ROWS
        if person == subject and xz == "310"
    ]


NESTED = {
    "place": {"column": "tcq", "map": {"5000": "500000"}},
    "from": {"column": "qj.ksny", "convert": "month", "form": "YYYY年MM月"},
    "to": {"column": "qj.jzny", "convert": "month", "form": "YYYY年MM月"},
    "kind": {"value": "actual"},
}


class TestHttp:
    def declared(self, url: str, **more: object) -> connectors.Connector:
        return connector(kind="http", url=url, records="data.items", fields=NESTED, **more)

    def test_the_number_goes_in_the_body_and_the_secret_in_the_header(
        self, service: Callable[[Behaviour], str], tmp_path: Path
    ) -> None:
        seen: list[tuple[str, str | None, dict[str, object]]] = []

        def answer(request: BaseHTTPRequestHandler, body: dict[str, object]) -> tuple[int, bytes]:
            seen.append((request.path, request.headers["X-Token"], body))
            return 200, json.dumps({"data": {"items": rows_of(body["sfzh"])}}).encode()

        (tmp_path / "token").write_text(f"{TOKEN}\n")
        known = self.declared(
            service(answer), where={"xz": "310"}, header="X-Token", secret_path=str(tmp_path / "token")
        )
        assert read(known) == RECORDS
        assert seen == [("/query", TOKEN, {"sfzh": SUBJECT, "xz": "310"})]

    def test_404_means_nobody_of_that_number(self, service: Callable[[Behaviour], str]) -> None:
        assert read(self.declared(service(lambda *_: (404, b"not found")))) == ()

    @pytest.mark.parametrize(
        ("status", "body"),
        [
            (500, b"{}"),
            (302, b""),
            (200, b"<html>"),
            (200, b"{}"),
            (200, b"[" * 100_000),
            (200, b'{"data": {"items": [1]}}'),
        ],
    )
    def test_whatever_is_no_answer_costs_only_time(
        self, service: Callable[[Behaviour], str], status: int, body: bytes
    ) -> None:
        assert code_of(self.declared(service(lambda *_: (status, body)))) is Code.TRY_LATER

    def test_a_service_that_takes_too_long_costs_only_time(self, service: Callable[[Behaviour], str]) -> None:
        is_told = threading.Event()

        def sleep(*_: object) -> tuple[int, bytes]:
            is_told.wait(30)
            return 200, b"{}"

        assert code_of(self.declared(service(sleep), timeout_seconds=0.1)) is Code.TRY_LATER
        is_told.set()

    def test_an_endless_answer_is_cut_off(
        self, service: Callable[[Behaviour], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(department_http, "ANSWER_LIMIT", 1000)
        assert code_of(self.declared(service(lambda *_: (200, b" " * 2000)))) is Code.TRY_LATER

    def test_a_service_that_is_not_there_costs_only_time(self) -> None:
        assert code_of(self.declared("http://127.0.0.1:1/query")) is Code.TRY_LATER


def write_csv(path: Path, encoding: str, rows: Sequence[Sequence[str]] = ROWS) -> None:
    lines = [",".join(COLUMNS), *(",".join(row) for row in rows)]
    path.write_bytes("\n".join(lines).encode(encoding))


class TestFiles:
    def declared(self, folder: Path, pattern: str, **more: object) -> connectors.Connector:
        return connector(kind="files", folder=str(folder), pattern=pattern, where={"xz": "310"}, **more)

    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
    def test_csv(self, tmp_path: Path, encoding: str) -> None:
        write_csv(tmp_path / "yb-20261121.csv", encoding)
        assert read(self.declared(tmp_path, "yb-*.csv", encoding=encoding)) == RECORDS

    def test_parquet(self, tmp_path: Path) -> None:
        columns = {name: [row[n] for row in ROWS] for n, name in enumerate(COLUMNS)}
        parquet.write_table(pa.table(columns), tmp_path / "yb.parquet")
        assert read(self.declared(tmp_path, "*.parquet")) == RECORDS

    def test_the_last_export_by_name_counts_and_unfinished_ones_do_not(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "yb-20261120.csv", "utf-8", ROWS[1:])
        write_csv(tmp_path / "yb-20261121.csv", "utf-8")
        write_csv(tmp_path / "yb-20261122.csv.unfinished", "utf-8", ROWS[1:])
        assert read(self.declared(tmp_path, "yb-*.csv")) == RECORDS

    def test_no_export_and_an_old_one_cost_only_time(self, tmp_path: Path) -> None:
        known = self.declared(tmp_path, "*.csv", at_most_days=3)
        assert code_of(known) is Code.TRY_LATER
        write_csv(tmp_path / "yb.csv", "utf-8")
        assert read(known) == RECORDS
        os.utime(tmp_path / "yb.csv", (0, 0))
        assert code_of(known) is Code.TRY_LATER

    def test_an_export_without_a_column_or_in_another_encoding_costs_only_time(self, tmp_path: Path) -> None:
        write_csv(tmp_path / "yb.csv", "gb18030")
        assert code_of(self.declared(tmp_path, "yb.csv")) is Code.TRY_LATER
        (tmp_path / "short.csv").write_text("sfzh,xz\n1,310\n")
        assert code_of(self.declared(tmp_path, "short.csv")) is Code.TRY_LATER


def own_code(subject: str, columns: Sequence[str]) -> Iterator[dict[str, object]]:
    """What a department's own package gives."""
    if subject == OTHER:
        raise RuntimeError(f"no {subject}")
    for row in ROWS[:1]:
        known = dict(zip(COLUMNS, row, strict=True))
        yield {name: known[name] for name in columns}


class TestCode:
    @pytest.fixture(autouse=True)
    def _installed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        entry = EntryPoint("yb", "tests.exchange.test_departments:own_code", "tongban.connectors")

        def entry_points(*, group: str, name: str) -> EntryPoints:
            return EntryPoints([entry]).select(group=group, name=name)

        monkeypatch.setattr(department_code, "entry_points", entry_points)
        department_code._reader.cache_clear()

    def test_the_function_of_an_installed_package_gives_the_rows(self) -> None:
        assert read(connector(kind="python", entry_point="yb")) == RECORDS

    def test_whatever_it_raises_costs_only_time_and_is_not_repeated(self) -> None:
        with pytest.raises(Refused) as refused:
            read(connector(kind="python", entry_point="yb"), OTHER)
        assert refused.value.code is Code.TRY_LATER
        assert OTHER not in str(refused.value)

    def test_a_package_that_is_not_installed_costs_only_time(self) -> None:
        assert code_of(connector(kind="python", entry_point="unknown")) is Code.TRY_LATER


@pytest.mark.parametrize(
    ("subject", "is_enterprise"),
    [
        (SUBJECT, False),
        (OTHER, False),
        (FIRM, True),
        ("911101080000000007", True),
        ("000000000000000001", False),
    ],
)
def test_a_subject_is_told_by_its_number(subject: str, is_enterprise: bool) -> None:
    assert names_enterprise(subject) is is_enterprise
