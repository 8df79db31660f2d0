"""Heads are stamped by a real authority, OpenSSL's, after any absence in one step; stamps are checked."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509

from tests.translog import authority
from tests.translog.writing_log import head, place, record
from tongban.node.config import NodeConfig, this_node
from tongban.node.translog.models import LogCheckpoint
from tongban.node.translog.publishing import publish
from tongban.node.translog.timestamps import stamp_newest
from tongban.protocol.tlog.stamping import StampError, check_response, request_for

TEXT = "tongban/sichuan\n3\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"


@pytest.fixture(scope="module")
def tsa(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tsa")
    authority.make_authority(folder)
    return folder


@pytest.fixture
def roots(tsa: Path) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((tsa / "root.pem").read_bytes())


@pytest.fixture
def config(tsa: Path) -> Iterator[NodeConfig]:
    """A node whose authority is up."""
    with authority.served(tsa) as url:
        yield this_node().model_copy(update={"timestamp_url": url, "timestamp_roots_path": tsa / "root.pem"})


def test_a_stamp_counts_for_its_head_only(tsa: Path, roots: list[x509.Certificate]) -> None:
    request = request_for(TEXT)
    response = authority.stamped(tsa, request.body)
    assert check_response(response, TEXT, roots, request.nonce).year >= 2026
    for text, given, nonce in [
        (TEXT.replace("3", "4"), response, request.nonce),
        (TEXT, response, 1),
        (TEXT, response[:-1], request.nonce),
        (TEXT, b"", None),
    ]:
        with pytest.raises(StampError):
            check_response(given, text, roots, nonce)


def test_a_stamp_of_another_authority_does_not_count(
    tsa: Path, tmp_path: Path, roots: list[x509.Certificate]
) -> None:
    authority.make_authority(tmp_path / "other")
    request = request_for(TEXT)
    with pytest.raises(StampError):
        check_response(authority.stamped(tmp_path / "other", request.body), TEXT, roots, request.nonce)


@pytest.mark.django_db(transaction=True)
def test_after_an_absence_the_newest_head_is_stamped_in_one_step(config: NodeConfig, folder: Path) -> None:
    away = config.model_copy(update={"timestamp_url": "http://127.0.0.1:9"})
    for _ in range(3):
        record(2)
        place()
        assert not stamp_newest(away)
    assert stamp_newest(config)
    assert list(LogCheckpoint.objects.exclude(timestamp=None).values_list("size", flat=True)) == [6]
    assert not stamp_newest(config)
    publish(folder)
    assert (folder / "timestamps" / "index").read_text() == "6\n"


@pytest.mark.django_db(transaction=True)
def test_openssl_verifies_the_published_stamp(config: NodeConfig, tsa: Path, folder: Path) -> None:
    record(3)
    place()
    stamp_newest(config)
    publish(folder)
    (folder / "head.txt").write_text(head().text)
    verify: list[str | Path] = [
        "openssl",
        "ts",
        "-verify",
        "-CAfile",
        tsa / "root.pem",
        "-data",
        folder / "head.txt",
    ]
    verified = subprocess.run(
        [*verify, "-in", folder / "timestamps" / "3.tsr"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Verification: OK" in verified.stdout + verified.stderr


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_no_stamp_is_not_stored(config: NodeConfig, tmp_path: Path) -> None:
    authority.make_authority(tmp_path / "other")
    record(1)
    place()
    distrusting = config.model_copy(update={"timestamp_roots_path": tmp_path / "other" / "root.pem"})
    assert not stamp_newest(distrusting)
    assert not LogCheckpoint.objects.exclude(timestamp=None).exists()


@pytest.mark.django_db(transaction=True)
def test_without_an_authority_nothing_is_asked() -> None:
    record(1)
    place()
    assert not stamp_newest(this_node())
