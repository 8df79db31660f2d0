"""The demo refuses what cannot work, with a line that says what to do."""

import fcntl
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.services.shipped import copy_shipped, edit
from tongban.cli import main
from tongban.federation import sample_directory


def test_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(
            main, ["demo", "--home", str(tmp_path / "home"), "--port-base", str(port)]
        )
    assert result.exit_code == 2
    assert f"port {port} is taken" in result.output
    assert "--port-base" in result.output


def test_second_demo_of_a_folder_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        result = CliRunner().invoke(main, ["demo", "--home", str(tmp_path)])
    assert result.exit_code == 2
    assert "a demo runs from this folder already" in result.output


def test_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    result = CliRunner().invoke(main, ["demo", "--home", str(tmp_path / "home")])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("working_days = 15", "working_days = 0", "medical_retirement/service.toml"),
        ('agency_code = "510100-yb"', 'agency_code = "510100-xx"', "places/agencies.toml"),
    ],
)
def test_a_service_folder_that_is_wrong_is_told_in_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, told: str
) -> None:
    root = copy_shipped(tmp_path / "services")
    edit(root, old, new)
    monkeypatch.setattr(sample_directory, "ROOT", root)
    sample_directory.definitions.cache_clear()
    try:
        result = CliRunner().invoke(main, ["demo", "--home", str(tmp_path / "home")])
    finally:
        sample_directory.definitions.cache_clear()
    assert result.exit_code == 2
    assert told in result.output
    assert "Traceback" not in result.output
