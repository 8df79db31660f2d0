"""Attachments cross whole, go on where they stopped, and count only with the bytes of their name."""

import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import pytest

from tests.exchange.far_node import FarNode, FarServer
from tests.protocol.federation_of_two import CHONGQING_KEY, SICHUAN_KEY
from tongban.node.clock import true_now
from tongban.node.exchange import attachments, carrying, identity
from tongban.node.exchange.attachments import Attachments, Crossing
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.transport import HttpTransport
from tongban.protocol import Code, Refused
from tongban.protocol.attachments import ATTACHMENTS_PATH, FETCH_PATH, Fetch, seal
from tongban.protocol.model import LARGEST_ATTACHMENT
from tongban.suites import SigningKey

CASE = "SC-2026-000001"
CONTENT = b"scanned page " * 50_000
NAME = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def here(tmp_path: Path) -> Attachments:
    return Attachments(tmp_path / "attachments")


def expecting(here: Attachments, content: bytes = CONTENT, size: int = len(CONTENT)) -> str:
    name = hashlib.sha256(content).hexdigest()
    here.expect(Crossing(name, size, ("sichuan",), CASE))
    return name


def pour(here: Attachments, name: str, content: bytes, offset: int = 0) -> None:
    with here.take_in(name, offset).opened() as intake:
        for first in range(0, len(content), 65_536):
            intake.add(content[first : first + 65_536])


class TestFiles:
    def test_a_whole_attachment_is_kept_under_its_digest(self, here: Attachments) -> None:
        pour(here, expecting(here), CONTENT)
        assert here.is_whole(NAME)
        assert here.path(NAME).read_bytes() == CONTENT
        assert here.verify(NAME)

    def test_an_unfinished_one_is_gone_on_with(self, here: Attachments) -> None:
        name = expecting(here)
        pour(here, name, CONTENT[:100_000])
        assert (here.held(name), here.is_whole(name)) == (100_000, False)
        pour(here, name, CONTENT[100_000:], 100_000)
        assert here.verify(name)

    def test_other_bytes_than_named_are_forgotten(self, here: Attachments) -> None:
        name = expecting(here)
        with pytest.raises(Refused, match="bad-digest"):
            pour(here, name, CONTENT[:-1] + b"!")
        assert here.held(name) == 0

    def test_more_than_was_offered_is_refused(self, here: Attachments) -> None:
        name = expecting(here)
        with pytest.raises(Refused, match="too-large"):
            pour(here, name, CONTENT + b"!")

    def test_what_was_not_offered_is_refused(self, here: Attachments) -> None:
        with pytest.raises(Refused, match="not-covered"):
            here.take_in(NAME, 0)

    def test_a_gap_is_refused(self, here: Attachments) -> None:
        with pytest.raises(Refused, match="0 bytes are held"):
            here.take_in(expecting(here), 5)

    def test_another_size_under_the_same_name_is_refused(self, here: Attachments) -> None:
        expecting(here)
        with pytest.raises(Refused, match="another size"):
            expecting(here, size=5)

    def test_a_peer_has_so_many_unfinished_at_a_time(
        self, here: Attachments, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(attachments, "MOST_UNFINISHED", 2)
        for n in range(2):
            expecting(here, bytes([n]))
        with pytest.raises(Refused, match="too-many"):
            expecting(here, b"third")

    def test_a_damaged_file_is_found(self, here: Attachments) -> None:
        pour(here, expecting(here), CONTENT)
        here.path(NAME).write_bytes(CONTENT[:-1] + b"!")
        assert not here.verify(NAME)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, far_server: FarServer) -> Iterator[FarNode]:
    node = FarNode(tmp_path_factory.mktemp("chongqing"), far_server)
    node.create()
    node.start()
    yield node
    node.drop()


@pytest.fixture
def far(running: FarNode, here: Attachments, monkeypatch: pytest.MonkeyPatch) -> FarNode:
    """Chongqing's node, running; this process is Sichuan's, with attachments of its own."""
    near = Identity("sichuan", SICHUAN_KEY, running.directory(), b"")
    monkeypatch.setattr(identity, "current", lambda: near)
    monkeypatch.setattr(attachments, "own", lambda: here)
    return running


def fetched(far: FarNode, name: str, offset: int = 0, key: SigningKey = SICHUAN_KEY) -> httpx.Response:
    sender = "sichuan" if key is SICHUAN_KEY else "chongqing"
    now: datetime = true_now()
    fetch = Fetch(id=uuid4(), sender=sender, receiver="chongqing", created=now, sha256=name, offset=offset)
    request = seal(fetch, far.directory(), key, now=now, nonce=secrets.token_urlsafe(24))
    headers = dict(request.headers)
    return httpx.post(
        far.url + FETCH_PATH, content=request.body, headers=headers, trust_env=False, timeout=60
    )


@pytest.mark.xdist_group("gateway")
class TestBetweenNodes:
    def test_an_attachment_crosses_and_comes_back(
        self, far: FarNode, here: Attachments, tmp_path: Path
    ) -> None:
        (tmp_path / "scan").write_bytes(CONTENT)
        crossing = here.keep(tmp_path / "scan", CASE, "chongqing")
        for _ in range(2):
            carrying.send(crossing, "chongqing", HttpTransport())
        there = Attachments(far.home / "attachments")
        assert there.verify(crossing.sha256)
        answer = fetched(far, crossing.sha256, offset=len(CONTENT) - 10)
        assert (answer.status_code, answer.content) == (200, CONTENT[-10:])
        assert answer.headers["repr-digest"].startswith("sha-256=:")

    def test_what_came_before_a_break_is_not_sent_again(
        self, far: FarNode, here: Attachments, tmp_path: Path
    ) -> None:
        content = CONTENT + b"second"
        (tmp_path / "scan").write_bytes(content)
        crossing = here.keep(tmp_path / "scan", CASE, "chongqing")
        there = Attachments(far.home / "attachments")
        there.expect(Crossing(crossing.sha256, crossing.size, ("sichuan",), CASE))
        pour(there, crossing.sha256, content[:200_000])
        sent: list[int] = []
        original = carrying._bytes_of

        def counted(crossing: Crossing, offset: int) -> Iterator[bytes]:
            sent.append(offset)
            return original(crossing, offset)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(carrying, "_bytes_of", counted)
            carrying.send(crossing, "chongqing", HttpTransport())
        assert sent == [200_000]
        assert there.verify(crossing.sha256)

    @pytest.mark.parametrize("arrived", [b"all of it", b"as many b"])
    def test_one_whose_end_a_power_cut_kept_from_counting_is_finished_by_the_next_offer(
        self, far: FarNode, here: Attachments, tmp_path: Path, arrived: bytes
    ) -> None:
        (tmp_path / "scan").write_bytes(b"all of it")
        crossing = here.keep(tmp_path / "scan", CASE, "chongqing")
        there = Attachments(far.home / "attachments")
        there.path(crossing.sha256).unlink(missing_ok=True)
        there.expect(Crossing(crossing.sha256, crossing.size, ("sichuan",), CASE))
        there.path(crossing.sha256).with_name(f"{crossing.sha256}.part").write_bytes(arrived)
        carrying.send(crossing, "chongqing", HttpTransport())
        assert there.verify(crossing.sha256)

    def test_it_is_there_only_when_the_other_node_has_signed_that_it_is(
        self, far: FarNode, here: Attachments, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Somebody on the way swallows the bytes and says that all is well."""
        (tmp_path / "scan").write_bytes(CONTENT + b"third")
        crossing = here.keep(tmp_path / "scan", CASE, "chongqing")
        monkeypatch.setattr(HttpTransport, "stream", lambda *_: (200, b"{}"))
        with pytest.raises(Refused, match="try-later"):
            carrying.send(crossing, "chongqing", HttpTransport())

    def test_a_hundred_megabytes_cross_in_bounded_memory(
        self, far: FarNode, here: Attachments, tmp_path: Path
    ) -> None:
        assert far._gateway is not None
        gateway = [*psutil.Process(far._gateway.pid).children(recursive=True)]
        before = max(process.memory_info().rss for process in gateway)
        with (tmp_path / "large").open("wb") as file:
            for _ in range(100):
                file.write(secrets.token_bytes(1 << 20))
        crossing = here.keep(tmp_path / "large", CASE, "chongqing")
        carrying.send(crossing, "chongqing", HttpTransport())
        assert Attachments(far.home / "attachments").verify(crossing.sha256)
        assert max(process.memory_info().rss for process in gateway) - before < 40 << 20

    def test_a_third_node_does_not_get_it(self, far: FarNode, here: Attachments, tmp_path: Path) -> None:
        (tmp_path / "scan").write_bytes(b"for two only")
        crossing = here.keep(tmp_path / "scan", CASE, "chongqing")
        carrying.send(crossing, "chongqing", HttpTransport())
        answer = fetched(far, crossing.sha256, key=CHONGQING_KEY)
        assert answer.json()["code"] == Code.NOT_COVERED.value

    def test_what_is_too_large_is_refused_before_a_byte_is_sent(self, far: FarNode) -> None:
        unbounded = Crossing(NAME, LARGEST_ATTACHMENT, ("chongqing",), CASE)
        with pytest.raises(ValueError, match="size"):
            carrying.send(
                Crossing(NAME, unbounded.size + 1, unbounded.peers, CASE), "chongqing", HttpTransport()
            )

    def test_bytes_that_were_not_offered_are_refused(self, far: FarNode) -> None:
        answer = httpx.put(
            f"{far.url}{ATTACHMENTS_PATH}/{'0' * 64}",
            content=b"x",
            headers={"content-range": "bytes 0-0/1"},
            trust_env=False,
        )
        assert answer.json()["code"] == Code.NOT_COVERED.value

    @pytest.mark.parametrize("said", ["", "bytes 0-0/5", "bytes 5-1/2", "lines 0-0/1"])
    def test_a_range_that_is_none_is_refused(self, far: FarNode, said: str) -> None:
        answer = httpx.put(
            f"{far.url}{ATTACHMENTS_PATH}/{NAME}",
            content=b"x",
            headers={"content-range": said},
            trust_env=False,
        )
        assert answer.json()["code"] == Code.MALFORMED.value
