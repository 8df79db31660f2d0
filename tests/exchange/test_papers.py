"""Files that a department gives along with evidence: read by each kind of connector, checked, sent once."""

import hashlib
import io
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.exchange.certificates import (
    CERTIFICATE,
    DIGEST,
    FIELDS,
    SCAN,
    TODAY,
    declaration,
    own_attachments,
    sqlite,
    with_certificates,
)
from tests.pages.files import picture
from tests.protocol.federation_of_two import SUBJECT, directory
from tongban import protocol
from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import (
    attachments,
    connectors,
    contract_test,
    department,
    department_code,
    papers,
)
from tongban.node.exchange.attachments import Attachments
from tongban.protocol import Code, Refused


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attachments:
    return own_attachments(tmp_path, monkeypatch)


def connector(**declared: object) -> connectors.Connector:
    config = this_node().model_copy(update={"connectors": (declaration(**declared),)})
    (known,) = connectors.declared(config, with_certificates(directory()))
    return known


def read(known: connectors.Connector) -> Sequence[protocol.Record]:
    return department.read_evidence(known, CERTIFICATE, SUBJECT, FIELDS, TODAY)


def refusal(known: connectors.Connector) -> tuple[Code, str]:
    with pytest.raises(Refused) as refused:
        read(known)
    return refused.value.code, refused.value.hint


class TestSql:
    def test_the_bytes_in_a_column_are_a_file(self, tmp_path: Path, here: Attachments) -> None:
        known = connector(**sqlite(tmp_path, SCAN))
        assert read(known) == ({"number": "no 0", "scan": DIGEST},)
        assert here.path(DIGEST).read_bytes() == SCAN

    def test_a_path_in_a_column_leads_into_the_declared_folder(self, tmp_path: Path) -> None:
        (tmp_path / "scans" / "a").mkdir(parents=True)
        (tmp_path / "scans" / "a" / "1.pdf").write_bytes(SCAN)
        known = connector(**sqlite(tmp_path, "a/1.pdf"), files_path=str(tmp_path / "scans"))
        assert [record["scan"] for record in read(known)] == [DIGEST]

    def test_a_record_may_have_none(self, tmp_path: Path) -> None:
        known = connector(**sqlite(tmp_path, None, "", SCAN))
        assert [record["scan"] for record in read(known)] == ["", "", DIGEST]

    def test_people_asked_about_together_get_their_own_files(self, tmp_path: Path) -> None:
        known = connector(**sqlite(tmp_path, SCAN))
        other = "500101198001011234"
        with sqlite3.connect(tmp_path / "zs.db") as database:
            database.execute("INSERT INTO zs VALUES (?, ?, ?)", (other, "no 9", picture()))
        asked = [department.Asked(known, CERTIFICATE, one, FIELDS) for one in (SUBJECT, other)]
        both = [hashlib.sha256(content).hexdigest() for content in (SCAN, picture())]
        told = department.read_each(asked, TODAY)
        assert [one[0]["scan"] for one in told if not isinstance(one, Refused)] == both


class TestFaults:
    @pytest.mark.parametrize("path", ["none.pdf", "../secret.pdf", "/etc/hostname", "."])
    def test_a_path_that_leads_to_no_file_in_the_folder(self, tmp_path: Path, path: str) -> None:
        (tmp_path / "secret.pdf").write_bytes(SCAN)
        (tmp_path / "scans").mkdir()
        known = connector(**sqlite(tmp_path, path), files_path=str(tmp_path / "scans"))
        assert refusal(known) == (Code.DEPARTMENT_DATA_INVALID, "file-missing")

    def test_a_link_that_leads_out_of_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "secret.pdf").write_bytes(SCAN)
        (tmp_path / "scans").mkdir()
        (tmp_path / "scans" / "1.pdf").symlink_to(tmp_path / "secret.pdf")
        known = connector(**sqlite(tmp_path, "1.pdf"), files_path=str(tmp_path / "scans"))
        assert refusal(known) == (Code.DEPARTMENT_DATA_INVALID, "file-missing")

    @pytest.mark.parametrize("content", [b"MZ\x90\x00", b"<html>", b"PK", b"%PD"])
    def test_what_people_cannot_look_at_is_named(
        self, tmp_path: Path, content: bytes, here: Attachments
    ) -> None:
        assert refusal(connector(**sqlite(tmp_path, content)))[1] == "not-a-document"
        assert not [path for path in here.folder.rglob("*") if path.is_file()]

    def test_one_that_is_too_large_to_cross_is_named_and_not_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: Attachments
    ) -> None:
        monkeypatch.setattr(attachments, "LARGEST_ATTACHMENT", len(SCAN) - 1)
        assert refusal(connector(**sqlite(tmp_path, SCAN)))[1] == "file-too-large"
        assert not [path for path in here.folder.rglob("*") if path.is_file()]

    def test_more_files_than_an_answer_takes_along(self, tmp_path: Path, here: Attachments) -> None:
        assert refusal(connector(**sqlite(tmp_path, *[SCAN] * 21)))[1] == "too-many-files"
        assert not here.folder.exists()

    def test_a_path_without_a_declared_folder_costs_only_time(self, tmp_path: Path) -> None:
        assert refusal(connector(**sqlite(tmp_path, "1.pdf")))[0] is Code.TRY_LATER

    @pytest.mark.parametrize(
        ("fields", "key"),
        [
            ({"number": {"column": "a", "convert": "file"}, "scan": "b"}, "number.convert"),
            ({"number": "a", "scan": "b"}, "scan.convert"),
            ({"number": "a", "scan": {"value": "x", "convert": "file"}}, "fields.scan"),
        ],
    )
    def test_a_field_that_is_declared_otherwise_than_its_evidence_is_named(
        self, tmp_path: Path, fields: dict[str, object], key: str
    ) -> None:
        with pytest.raises(ConfigError, match=key):
            connector(**sqlite(tmp_path), fields=fields)


class TestExports:
    def test_a_path_in_a_csv_leads_into_the_folder_of_the_exports(self, tmp_path: Path) -> None:
        (tmp_path / "1.pdf").write_bytes(SCAN)
        (tmp_path / "zs.csv").write_text(f"sfzh,zsbh,smj\n{SUBJECT},a,1.pdf\n{SUBJECT},b,\n")
        known = connector(kind="files", folder=str(tmp_path), pattern="*.csv")
        assert [record["scan"] for record in read(known)] == [DIGEST, ""]

    def test_the_bytes_in_a_column_of_parquet_are_a_file(self, tmp_path: Path) -> None:
        table = pa.table({"sfzh": [SUBJECT], "zsbh": ["a"], "smj": [SCAN]})
        parquet.write_table(table, tmp_path / "zs.parquet")
        known = connector(kind="files", folder=str(tmp_path), pattern="*.parquet")
        assert [record["scan"] for record in read(known)] == [DIGEST]


class Service(BaseHTTPRequestHandler):
    """A department's service with one person's certificate, whose scan has an address of its own."""

    address = "/scans/1"
    status = 200
    seen: list[tuple[str, str | None]]

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._send(200, b'[{"zsbh": "a", "smj": "%s"}]' % self.address.encode())

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["Authorization"]))
        self._send(self.status, SCAN)

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


class TestHttp:
    @pytest.fixture
    def served(self, tmp_path: Path) -> Iterator[Callable[..., tuple[connectors.Connector, type[Service]]]]:
        servers: list[ThreadingHTTPServer] = []

        def start(address: str = "/scans/1", status: int = 200) -> tuple[connectors.Connector, type[Service]]:
            one = type("One", (Service,), {"address": address, "status": status, "seen": []})
            server = ThreadingHTTPServer(("127.0.0.1", 0), one)
            servers.append(server)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            (tmp_path / "token").write_text("secret\n")
            url = f"http://127.0.0.1:{server.server_address[1]}/query"
            return connector(kind="http", url=url, secret_path=str(tmp_path / "token")), one

        yield start
        for server in servers:
            server.shutdown()
            server.server_close()

    def test_an_address_at_the_same_service_is_fetched_with_the_secret(
        self, served: Callable[..., tuple[connectors.Connector, type[Service]]]
    ) -> None:
        known, service = served()
        assert [record["scan"] for record in read(known)] == [DIGEST]
        assert service.seen == [("/scans/1", "secret")]

    @pytest.mark.parametrize(
        "address", ["http://127.0.0.1:1/scan", "//other.example/scan", "file:///etc/hosts"]
    )
    def test_an_address_elsewhere_is_not_asked(
        self, served: Callable[..., tuple[connectors.Connector, type[Service]]], address: str
    ) -> None:
        known, service = served(address)
        assert refusal(known) == (Code.DEPARTMENT_DATA_INVALID, "file-missing")
        assert service.seen == []

    @pytest.mark.parametrize(
        ("status", "code"),
        [(404, Code.DEPARTMENT_DATA_INVALID), (500, Code.TRY_LATER), (302, Code.TRY_LATER)],
    )
    def test_a_missing_file_is_faulty_data_and_any_other_failure_costs_only_time(
        self, served: Callable[..., tuple[connectors.Connector, type[Service]]], status: int, code: Code
    ) -> None:
        assert refusal(served(status=status)[0])[0] is code


@pytest.mark.parametrize("form", ["bytes", "path", "opened"])
def test_a_function_returns_bytes_a_path_or_an_open_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    (tmp_path / "scan").write_bytes(SCAN)
    forms = {"bytes": SCAN, "path": tmp_path / "scan", "opened": io.BytesIO(SCAN)}

    def reader(subject: str, columns: Sequence[str]) -> list[dict[str, object]]:
        return [{"zsbh": "a", "smj": forms[form]}]

    monkeypatch.setattr("tests.exchange.test_papers.reader", reader, raising=False)
    entry = EntryPoint("zs", "tests.exchange.test_papers:reader", "tongban.connectors")
    monkeypatch.setattr(department_code, "entry_points", lambda **_: EntryPoints([entry]))
    department_code._reader.cache_clear()
    assert [record["scan"] for record in read(connector(kind="python", entry_point="zs"))] == [DIGEST]
    department_code._reader.cache_clear()


class TestContractTest:
    def test_a_department_learns_which_files_do_not_fit_and_nothing_is_kept(
        self, tmp_path: Path, here: Attachments
    ) -> None:
        known = connector(**sqlite(tmp_path, SCAN, b"<html>", "1.pdf"), files_path=str(tmp_path))
        report = contract_test.examine(known, CERTIFICATE, TODAY, SUBJECT, 10)
        assert {one.name: dict(one.faults) for one in report.fields} == {
            "number": {},
            "scan": {"not-a-document": 1, "file-missing": 1},
        }
        assert not here.folder.exists()

    def test_files_that_fit_are_told_to_fit(self, tmp_path: Path) -> None:
        known = connector(**sqlite(tmp_path, SCAN))
        assert contract_test.examine(known, CERTIFICATE, TODAY, SUBJECT, 10).fits


def test_a_file_is_called_after_its_field_and_what_it_is(here: Attachments) -> None:
    names = [here.store(iter((content,)))[0] for content in (SCAN, picture(), SCAN)]
    described = papers.described(CERTIFICATE, [{"number": "1", "scan": name} for name in [*names, ""]])
    assert [file.name for file in described] == ["scan-1.pdf", "scan-2.jpg"]
    assert [file.size for file in described] == [len(SCAN), len(picture())]
