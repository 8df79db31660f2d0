"""`tongban log verify` on the files of a federation: what was done to a log is found and said."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.translog.log_files import leaves, write_log
from tongban.cli import main
from tongban.federation.founding import consecutive_addresses, found
from tongban.node.translog import verifying
from tongban.protocol.tlog import auditing
from tongban.protocol.tlog.auditing import Audit
from tongban.protocol.tlog.notes import Note
from tongban.suites import SigningKey

ENTRIES = leaves(700)


@dataclass(frozen=True)
class Federation:
    home: Path
    keys: dict[str, SigningKey]

    def folder(self, node: str) -> Path:
        return self.home / node / "log"

    def write(self, node: str, sizes: list[int], entries: list[bytes] = ENTRIES) -> Note:
        others = [(name, key) for name, key in self.keys.items() if name != node]
        return write_log(self.folder(node), node, self.keys[node], entries, sizes, others)

    def witness(self, by: str, node: str, head: Note) -> None:
        path = self.folder(by) / "witnessed" / node
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(head.encode())

    def verify(self, *arguments: str) -> Result:
        return CliRunner().invoke(main, ["log", "verify", "--home", str(self.home), *arguments])


@pytest.fixture(autouse=True)
def _stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody writes these logs, so nothing is waited for."""
    monkeypatch.setattr(verifying, "GROWING_SECONDS", 0.0)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("federation")
    found(home, consecutive_addresses(9700))
    return home


@pytest.fixture
def federation(founded: Path) -> Federation:
    """Both nodes with a log of 700 records each under three heads, each witnessed by the other."""
    keys = {
        node: SigningKey.from_pem(f"{node}-node", (founded / node / "node.pem").read_bytes())
        for node in ("chongqing", "sichuan")
    }
    made = Federation(founded, keys)
    heads = {node: made.write(node, [100, 300, 700]) for node in keys}
    made.witness("chongqing", "sichuan", heads["sichuan"])
    made.witness("sichuan", "chongqing", heads["chongqing"])
    return made


def test_honest_logs_are_in_order(federation: Federation) -> None:
    result = federation.verify()
    assert result.exit_code == 0
    assert "sichuan: 700 records under 3 signed heads, all in order" in result.output
    assert "cosigned by chongqing: 700 records at 2026-11-25 09:02:03" in result.output


def test_one_node_is_verified_by_its_name(federation: Federation) -> None:
    result = federation.verify("--node", "chongqing", "--json")
    assert result.exit_code == 0
    (told,) = json.loads(result.output)
    assert (told["node"], told["in_order"], told["records"], told["findings"]) == ("chongqing", True, 700, [])


def test_a_node_that_has_recorded_nothing_has_an_empty_log(tmp_path: Path) -> None:
    found(tmp_path, consecutive_addresses(9700))
    result = CliRunner().invoke(main, ["log", "verify", "--home", str(tmp_path)])
    assert (result.exit_code, result.output.splitlines()) == (
        0,
        ["chongqing: the log is empty", "sichuan: the log is empty"],
    )


def test_what_is_found_only_because_the_log_grew_is_not_said(
    federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node writes its next head while the auditor reads, and its witness has shown that already."""
    federation.witness("chongqing", "sichuan", federation.write("sichuan", [100, 300, 700]))
    federation.write("sichuan", [100, 300])
    read = auditing.audit
    runs: list[int] = []

    def growing(*given: Any, **named: Any) -> Audit:
        result = read(*given, **named)
        runs.append(len(result.findings))
        federation.write("sichuan", [100, 300, 700])
        return result

    monkeypatch.setattr(verifying, "audit", growing)
    assert federation.verify("--node", "sichuan").exit_code == 0
    assert runs == [1, 0]


def test_a_rewritten_record_is_found(federation: Federation) -> None:
    bundle = federation.folder("sichuan") / "tile/entries/001"
    content = bytearray(bundle.read_bytes())
    content[60] ^= 1
    bundle.write_bytes(bytes(content))
    result = federation.verify("--node", "sichuan")
    assert result.exit_code == 1
    assert "sichuan: NOT in order" in result.output
    assert "record 256 was changed" in result.output


def test_a_record_rewritten_with_all_tiles_and_a_new_head_is_found_by_the_witness(
    federation: Federation,
) -> None:
    changed = [*ENTRIES[:299], ENTRIES[0], *ENTRIES[300:]]
    federation.write("sichuan", [100, 300, 700], changed)
    result = federation.verify("--node", "sichuan")
    assert result.exit_code == 1
    assert "split view: the witness chongqing has a head of this log with 700 records" in result.output


def test_a_log_rolled_back_with_all_its_heads_is_found_by_the_witness(federation: Federation) -> None:
    federation.write("sichuan", [100, 300])
    result = federation.verify("--node", "sichuan")
    assert result.exit_code == 1
    assert "400 records were cut off, or the database was rolled back" in result.output


def test_a_log_that_was_removed_is_found_by_the_witness(federation: Federation) -> None:
    federation.write("sichuan", [100])
    for path in sorted(federation.folder("sichuan").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert "the log shows 0" in federation.verify("--node", "sichuan").output


def test_two_heads_kept_as_proof_by_a_witness_are_found(federation: Federation) -> None:
    kept = federation.folder("chongqing") / "conflicts" / "sichuan" / "1"
    other = write_log(
        federation.home / "elsewhere", "sichuan", federation.keys["sichuan"], leaves(700), [700]
    )
    kept.parent.mkdir(parents=True)
    kept.write_bytes(other.encode())
    result = federation.verify("--node", "sichuan")
    assert result.exit_code == 1
    assert "chongqing, which kept it as proof, has a head of this log" in result.output


def test_an_unreadable_node_name_is_unusable_input(federation: Federation) -> None:
    result = federation.verify("--node", "guizhou")
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
    assert "there are chongqing, sichuan" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--home", "nowhere"],
        ["--config", "nowhere.toml"],
        ["--log", "nowhere"],
        ["--log", "nowhere", "--node", "sichuan"],
        ["--database", "--home", "nowhere"],
    ],
)
def test_what_is_not_there_is_unusable_input_and_said_in_one_line(arguments: list[str]) -> None:
    result = CliRunner().invoke(main, ["log", "verify", *arguments])
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)


def test_a_witness_that_is_not_named_as_one_is_unusable_input(federation: Federation) -> None:
    assert federation.verify("--node", "sichuan", "--witness", "chongqing").exit_code == 2


@pytest.fixture
def served(federation: Federation) -> Iterator[str]:
    """Sichuan's log and Chongqing's, served as the static files that they are."""
    handler = partial(Quiet, directory=str(federation.home))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


def test_an_auditor_verifies_over_http_with_log_and_directory_only(
    federation: Federation, served: str
) -> None:
    shared = federation.home / "federation"
    auditor = ["log", "verify", "--node", "sichuan", "--log", f"{served}/sichuan/log"]
    auditor += ["--directory", str(shared / "directory.json")]
    auditor += ["--federation-key", str(shared / "federation.json")]
    auditor += ["--witness", f"chongqing={served}/chongqing/log"]
    assert CliRunner().invoke(main, auditor).exit_code == 0
    federation.write("sichuan", [100])
    result = CliRunner().invoke(main, auditor)
    assert result.exit_code == 1
    assert "600 records were cut off" in result.output


def test_a_forged_directory_is_unusable_input(federation: Federation) -> None:
    shared = federation.home / "federation"
    forged = federation.home / "forged.json"
    forged.write_bytes((shared / "directory.json").read_bytes().replace(b'"payload":"', b'"payload":"AAAA'))
    named = ["--directory", str(forged), "--federation-key", str(shared / "federation.json")]
    folder = str(federation.folder("sichuan"))
    result = CliRunner().invoke(main, ["log", "verify", "--node", "sichuan", "--log", folder, *named])
    assert (result.exit_code, len(result.stderr.splitlines())) == (2, 1)
