"""The demo refuses what cannot work, with a line that says what to do."""

import fcntl
import socket
from pathlib import Path

from click.testing import CliRunner

from tongban.cli import main


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
