"""A person shows with a file that a record about them is in the log; whoever has the directory checks it."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from click.testing import CliRunner

from tests.protocol.federation_of_two import directory
from tests.translog.conftest import ActAs
from tests.translog.writing_log import ORIGIN, place
from tongban.cli import main
from tongban.federation.founding import consecutive_addresses, found
from tongban.node.clock import true_now
from tongban.node.config import ConfigError
from tongban.node.translog import api
from tongban.node.translog.cosignatures import Witness, peers_of
from tongban.node.translog.proof_documents import (
    ProofDocumentError,
    ProofFormatError,
    check_document,
)
from tongban.node.translog.proving import proof_of
from tongban.node.translog.witness import add_checkpoint
from tongban.protocol import HttpRequest, HttpResponse, NodeEntry
from tongban.protocol.tlog.checkpoints import Checkpoint, cosign, sign_checkpoint
from tongban.protocol.tlog.hashing import leaf_hash
from tongban.protocol.tlog.proof_files import ProofFile
from tongban.protocol.tlog.records import seal
from tongban.suites import SigningKey

LOOK = uuid4()


@pytest.fixture
def document(transactional_db: None, act_as: ActAs) -> bytes:
    """The proof of one record among 300, under a head that Chongqing cosigned."""
    chongqing, sichuan = act_as("chongqing"), act_as("sichuan")

    def transport(_peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        reply = add_checkpoint(request.body, chongqing)
        return HttpResponse(reply.status, (), reply.body)

    for n in range(299):
        api.record("message", uuid4(), {"n": n})
    api.record("access", LOOK, {"who": "510100-yb", "person": "keyed"})
    place()
    assert Witness(peers_of(sichuan)[0]).ask(sichuan, transport)
    api.record("message", uuid4(), {"n": 300})
    place()
    proven = proof_of("access", LOOK)
    assert proven is not None
    return proven.document()


def test_a_proof_shows_the_record_its_number_and_who_cosigned(document: bytes) -> None:
    proven = check_document(document, directory(around=true_now()))
    assert (proven.file.index, proven.head.size, proven.origin) == (299, 300, ORIGIN)
    assert [one.node for one in proven.cosigned] == ["chongqing"]
    assert json.loads(proven.opening.content)["who"] == "510100-yb"


@pytest.mark.parametrize(
    ("member", "change"),
    [
        ("record", lambda text: text.replace("510100", "500000")),
        ("kind", lambda _: "message"),
        ("salt", lambda text: "A" + text[1:] if text[0] != "A" else "B" + text[1:]),
        ("proof", lambda text: text.replace("index 299", "index 298")),
        ("proof", lambda text: text.replace("\n300\n", "\n301\n")),
    ],
)
def test_nothing_in_a_proof_can_be_changed(
    document: bytes, member: str, change: Callable[[str], str]
) -> None:
    members = json.loads(document)
    members[member] = change(members[member])
    with pytest.raises(ProofDocumentError):
        check_document(json.dumps(members).encode(), directory(around=true_now()))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "tongban/record-proof/v2"}', "null"])
def test_another_file_is_no_proof(text: str) -> None:
    with pytest.raises(ProofFormatError):
        check_document(text.encode(), directory(around=true_now()))


def test_a_log_that_the_directory_does_not_have_proves_nothing(document: bytes) -> None:
    members = json.loads(document)
    members["log"] = "tongban/guizhou"
    with pytest.raises(ConfigError):
        check_document(json.dumps(members).encode(), directory(around=true_now()))


@pytest.mark.django_db
def test_what_has_no_place_yet_has_no_proof(act_as: ActAs) -> None:
    act_as("sichuan")
    api.record("access", LOOK, {"who": "510100-yb"})
    assert proof_of("access", LOOK) is None
    assert proof_of("access", uuid4()) is None


def test_the_command_checks_a_proof_with_the_directory_only(tmp_path: Path) -> None:
    found(tmp_path, consecutive_addresses(9700))
    key = SigningKey.from_pem("sichuan-node", (tmp_path / "sichuan" / "node.pem").read_bytes())
    witness = SigningKey.from_pem("chongqing-node", (tmp_path / "chongqing" / "node.pem").read_bytes())
    opening = seal("access", {"who": "510100-yb"})
    note = sign_checkpoint(Checkpoint(ORIGIN, 1, leaf_hash(opening.leaf.encode())), key)
    note = note.with_signatures([cosign(note.text, "tongban/chongqing", witness, true_now())])
    from tongban.node.translog.proof_documents import Proven

    proven = Proven(ORIGIN, opening, ProofFile(0, (), note), Checkpoint.parse(note.text), ())
    path = tmp_path / "look.json"
    path.write_bytes(proven.document())
    result = CliRunner().invoke(main, ["log", "check", str(path), "--home", str(tmp_path)])
    assert result.exit_code == 0
    assert "proved: this record is number 1 of 1 in tongban/sichuan" in result.output
    assert "cosigned by chongqing" in result.output
    path.write_bytes(path.read_bytes().replace(b"510100", b"500000"))
    result = CliRunner().invoke(main, ["log", "check", str(path), "--home", str(tmp_path)])
    assert (result.exit_code, result.output.startswith("NOT proved")) == (1, True)
    path.write_bytes(b"{}")
    assert CliRunner().invoke(main, ["log", "check", str(path), "--home", str(tmp_path)]).exit_code == 2
