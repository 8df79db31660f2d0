"""Sichuan asks from here, Chongqing answers as processes of its own: over HTTP, killed and started again."""

import re
import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.exchange.far_node import FarNode, FarServer
from tests.exchange.questions import a_question, make_due
from tests.exchange.sides import Row
from tests.protocol.federation_of_two import FEDERATION_KEY, RECORDS, SICHUAN_KEY, STRANGER_KEY, SUBJECT
from tongban import protocol
from tongban.node import worker
from tongban.node.exchange import api, delivery, identity, outcomes
from tongban.node.exchange.delivery import deliver_next
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.transport import HttpTransport

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("gateway")]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory, far_server: FarServer) -> Iterator[FarNode]:
    node = FarNode(tmp_path_factory.mktemp("chongqing"), far_server)
    node.create()
    node.insure(Row())
    yield node
    assert SUBJECT not in node.log
    node.drop()


@pytest.fixture
def far(prepared: FarNode, monkeypatch: pytest.MonkeyPatch) -> FarNode:
    """Chongqing's node, running; this process is Sichuan's."""
    if prepared._gateway is None:
        prepared.start()
    near = Identity("sichuan", SICHUAN_KEY, prepared.directory(), b"")
    monkeypatch.setattr(identity, "current", lambda: near)
    return prepared


@pytest.fixture
def told() -> list[api.Outcome]:
    heard: list[api.Outcome] = []
    outcomes.on_outcome(heard.append)
    return heard


def test_a_question_crosses_and_comes_back(far: FarNode, told: list[api.Outcome]) -> None:
    before = far.count("people_accessrecord")
    api.ask(a_question())
    deliver_next(HttpTransport())
    (outcome,) = told
    assert isinstance(outcome, api.Answered)
    assert outcome.records == RECORDS
    assert far.count("people_accessrecord") == before + 1


def test_a_killed_node_costs_only_time(far: FarNode, told: list[api.Outcome]) -> None:
    before = far.count("people_accessrecord")
    api.ask(a_question())
    far.kill()
    deliver_next(HttpTransport())
    assert api.waiting("SC-2026-000001")[0].reason is not None
    far.start()
    make_due()
    deliver_next(HttpTransport())
    assert len(told) == 1
    assert far.count("people_accessrecord") == before + 1


def test_the_worker_delivers_by_itself(far: FarNode) -> None:
    stop, settled = threading.Event(), threading.Event()
    outcomes.on_outcome(lambda _outcome: settled.set())
    message = api.ask(a_question())
    working = threading.Thread(target=worker.run, args=(stop,))
    working.start()
    assert settled.wait(timeout=60)
    stop.set()
    working.join(timeout=60)
    assert not working.is_alive()
    assert api.settled(message) is not None


def test_a_node_killed_again_and_again_loses_and_doubles_nothing(
    far: FarNode, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "LONGEST_WAIT", timedelta(milliseconds=300))
    before = far.count("people_accessrecord")
    settled: list[api.Outcome] = []
    progress = threading.Semaphore(0)

    def note(outcome: api.Outcome) -> None:
        settled.append(outcome)
        progress.release()

    outcomes.on_outcome(note)
    asked = {api.ask(a_question()) for _ in range(12)}
    stop = threading.Event()
    working = threading.Thread(target=worker.run, args=(stop,))
    working.start()
    for number in range(len(asked)):
        assert progress.acquire(timeout=60)
        if number in {2, 5, 8}:
            far.kill()
            far.start()
    stop.set()
    working.join(timeout=60)
    assert sorted(outcome.message for outcome in settled) == sorted(asked)
    assert all(isinstance(outcome, api.Answered) for outcome in settled)
    assert far.count("people_accessrecord") == before + len(asked)


def test_the_directory_is_given_to_everyone(far: FarNode) -> None:
    document = httpx.get(f"{far.url}/directory", trust_env=False).content
    assert (
        protocol.open_directory(document, FEDERATION_KEY.verifying_key).node("chongqing").gateway_url
        == far.url
    )


@pytest.mark.parametrize(
    "framing",
    [
        "Content-Length: 2\r\nTransfer-Encoding: chunked",
        "Content-Length: 2\r\nContent-Length: 3",
        "Host: other.example\r\nContent-Length: 2",
        "Transfer-Encoding: chunked, identity",
        "Content-Length: -2",
    ],
)
def test_smuggled_requests_are_refused_by_the_running_gateway(far: FarNode, framing: str) -> None:
    request = (
        f"POST {protocol.MESSAGES_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{far.port}\r\n"
        f"Content-Type: application/json\r\nConnection: close\r\n{framing}\r\n\r\n{{}}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", far.port), timeout=10) as connection:
        connection.sendall(request.encode())
        answer = connection.recv(65536)
    statuses = re.findall(rb"HTTP/1.1 (\d+)", answer)
    assert statuses == [b"400"]


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("directory.json", protocol.sign_directory, "no signature by an expected key is valid"),
        ("node.pem", STRANGER_KEY.to_pem(), "the directory does not list this key for chongqing"),
        ("node.pem", b"nothing", "not a private key"),
        ("federation.json", b"nothing", "not a public key file"),
    ],
)
def test_a_configuration_that_cannot_be_used_is_said_in_one_line(
    far: FarNode, tmp_path: Path, file: str, content: object, said: str
) -> None:
    spoilt = FarNode(tmp_path, far.server, far.port)
    for source in filter(Path.is_file, far.home.iterdir()):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    forged = protocol.sign_directory(far.directory(), STRANGER_KEY)
    (tmp_path / file).write_bytes(content if isinstance(content, bytes) else forged)
    ended = spoilt.run_gateway_once()
    assert ended.returncode == 2
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_a_connector_that_cannot_be_used_is_named_by_its_key(far: FarNode, tmp_path: Path) -> None:
    spoilt = FarNode(tmp_path, far.server, far.port)
    for source in filter(Path.is_file, far.home.iterdir()):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    spoilt.config.write_text(far.config.read_text().replace('column = "aae041"', 'column = "aae041; --"'))
    ended = spoilt.run_gateway_once()
    assert ended.returncode == 2
    assert "connectors[0].fields.from.column" in ended.stderr
