"""Files that a department gives along with evidence: read by each kind of connector, checked, sent once."""

import hashlib
import io
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from tests.exchange.asked import ask
from tests.exchange.questions import a_question, give_consent
from tests.exchange.sides import FarChongqing, fresh_question
from tests.pages.files import pdf, picture
from tests.protocol.federation_of_two import SUBJECT, by_consent, consent, directory, text
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.config import ConfigError, this_node
from tongban.node.exchange import (
    api,
    attachments,
    connectors,
    contract_test,
    department,
    department_code,
    enclosing,
    identity,
    papers,
)
from tongban.node.exchange.attachments import Attachments
from tongban.node.exchange.delivery import deliver_next
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.models import Enclosure, Outbox
from tongban.node.people.models import AccessRecord
from tongban.protocol import Code, EvidenceAnswer, EvidenceField, EvidenceFile, EvidenceType, Refused, Shape
from tongban.protocol.evidence import ValueType

TODAY = date(2026, 11, 22)
FIELDS = ("number", "scan")
SCAN = pdf()
DIGEST = hashlib.sha256(SCAN).hexdigest()
CERTIFICATE = EvidenceType(
    name="certificate",
    title=text("certificate"),
    shape=Shape.RECORDS,
    fields=(
        EvidenceField(name="number", title=text("number"), type=ValueType.TEXT),
        EvidenceField(name="scan", title=text("scan"), type=ValueType.FILE),
    ),
)
Declared = Callable[..., connectors.Connector]


def with_certificates(known: protocol.Directory) -> protocol.Directory:
    """The directory in which the two agencies agree on certificates with their scans."""
    about = {"evidence_type": "certificate"}
    held = known.holds[0].model_copy(update=about)
    agreed = known.agreements[0].model_copy(update={**about, "id": "CY-2026-02", "fields": FIELDS})
    return known.model_copy(
        update={
            "evidence_types": (*known.evidence_types, CERTIFICATE),
            "holds": (*known.holds, held),
            "agreements": (*known.agreements, agreed),
        }
    )


def declaration(**declared: object) -> dict[str, Any]:
    return {
        "evidence_type": "certificate",
        "agency": "500000-yb",
        "key": "sfzh",
        "fields": {"number": "zsbh", "scan": {"column": "smj", "convert": "file"}},
        **declared,
    }


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attachments:
    """This node's attachments."""
    own = Attachments(tmp_path / "attachments")
    monkeypatch.setattr(attachments, "own", lambda: own)
    return own


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


def sqlite(folder: Path, *scans: object) -> dict[str, object]:
    """A department's database with a certificate for each scan."""
    with sqlite3.connect(folder / "zs.db") as database:
        database.execute("CREATE TABLE zs (sfzh, zsbh, smj)")
        rows = [(SUBJECT, f"no {n}", scan) for n, scan in enumerate(scans)]
        database.executemany("INSERT INTO zs VALUES (?, ?, ?)", rows)
    return {"kind": "sql", "url": f"sqlite:///{folder}/zs.db", "table": "zs"}


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
        assert [one[0]["scan"] for one in department.read_each(asked, TODAY)] == both  # type: ignore[index]


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


def _act_as(node: str, monkeypatch: pytest.MonkeyPatch, current: Identity) -> Identity:
    known = with_certificates(directory(around=true_now()))
    changed = Identity(node, current.key, known, b"")
    monkeypatch.setattr(identity, "current", lambda: changed)
    return changed


@pytest.mark.django_db(transaction=True)
class TestAnswering:
    @pytest.fixture(autouse=True)
    def _certificates(self, chongqing: Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        _act_as("chongqing", monkeypatch, chongqing)
        raw = declaration(**sqlite(tmp_path, SCAN, SCAN, None))
        config = this_node().model_copy(update={"connectors": (raw,)})
        monkeypatch.setattr(connectors, "this_node", lambda: config)
        monkeypatch.setattr(
            "tests.exchange.sides.directory", lambda **_: with_certificates(directory(around=true_now()))
        )

    def asked(self) -> protocol.EvidenceRequest:
        given = consent(true_now(), evidence_type="certificate", fields=FIELDS)
        body = protocol.Question(subject=SUBJECT, evidence_type="certificate", fields=FIELDS)
        return fresh_question(body=body, legal_basis=by_consent(given))

    def test_the_answer_names_the_file_and_it_is_sent_beside_it(self) -> None:
        reply = ask(self.asked())
        assert isinstance(reply, EvidenceAnswer)
        assert reply.body.files == (EvidenceFile(sha256=DIGEST, size=len(SCAN), name="scan-1.pdf"),)
        assert [record["scan"] for record in reply.body.records] == [DIGEST, DIGEST, ""]
        (row,) = Enclosure.objects.all()
        assert (row.sha256, row.peer, row.case_ref) == (DIGEST, "sichuan", "SC-2026-000001")
        assert AccessRecord.objects.get().fields == list(FIELDS)

    def test_a_repeated_question_gets_the_same_answer_and_sends_nothing_more(self) -> None:
        question = self.asked()
        first = ask(question)
        assert ask(question, "nonce-of-second-delivery") == first
        assert Enclosure.objects.count() == 1

    def test_the_file_is_given_to_nobody_before_the_answer_is_stored(
        self, monkeypatch: pytest.MonkeyPatch, here: Attachments
    ) -> None:
        def power_cut(*_: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("tongban.node.exchange.answers.store_accesses_and_log", power_cut)
        ask(self.asked())
        assert not Enclosure.objects.exists()
        assert here.crossing(DIGEST) is None
        enclosing.send_due()
        assert here.crossing(DIGEST) is None


@pytest.mark.django_db(transaction=True)
class TestAsking:
    @pytest.fixture(autouse=True)
    def _certificates(self, sichuan: Identity, monkeypatch: pytest.MonkeyPatch) -> None:
        _act_as("sichuan", monkeypatch, sichuan)
        monkeypatch.setattr(
            "tests.exchange.sides.directory", lambda **_: with_certificates(directory(around=true_now()))
        )

    def far(self, *files: EvidenceFile) -> FarChongqing:
        far = FarChongqing()
        far.records = ({"number": "a", "scan": DIGEST},)
        far.files = files
        return far

    def ask(self) -> None:
        about = {"evidence_type": "certificate", "fields": FIELDS}
        api.ask(a_question(**about, basis=api.ByConsent(give_consent(**about))))

    def test_the_case_is_told_of_the_file(self, told: list[api.Outcome]) -> None:
        self.ask()
        file = EvidenceFile(sha256=DIGEST, size=len(SCAN), name="scan-1.pdf")
        deliver_next(self.far(file))
        (outcome,) = told
        assert isinstance(outcome, api.Answered)
        assert outcome.files == (file,)
        assert api.settled(outcome.message) == outcome

    @pytest.mark.parametrize(
        "files",
        [
            (),
            (EvidenceFile(sha256="0" * 64, size=1, name="other.pdf"),),
            (EvidenceFile(sha256=DIGEST, size=1, name="a"), EvidenceFile(sha256=DIGEST, size=2, name="b")),
        ],
    )
    def test_an_answer_that_describes_other_files_than_its_records_name_is_not_taken(
        self, told: list[api.Outcome], files: tuple[EvidenceFile, ...]
    ) -> None:
        self.ask()
        deliver_next(self.far(*files))
        assert told == []
        assert Outbox.objects.get().problem == "schema-violated"
