"""What a killed process leaves of its folder goes with the next start, unless somebody still works in it."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from benchmarks.frame.folders import clear_abandoned, temporary

WAIT_IN_A_FOLDER = """
import sys
from benchmarks.frame.folders import temporary
with temporary("abandoned") as folder:
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))


def started() -> tuple["subprocess.Popen[str]", Path]:
    """A process that waits in a folder of its own."""
    process = subprocess.Popen(
        [sys.executable, "-c", WAIT_IN_A_FOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


def ended(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def test_a_folder_goes_with_its_block(tmp_path: Path) -> None:
    with temporary("block") as folder:
        (folder / "file").touch()
        assert folder.parent == tmp_path
    assert not folder.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_folder_that_a_living_process_holds_stays() -> None:
    process, folder = started()
    clear_abandoned()
    assert folder.is_dir()
    ended(process)


def test_a_killed_processs_folder_goes_with_the_next_start() -> None:
    process, folder = started()
    (folder / "file").touch()
    ended(process)
    assert folder.is_dir()
    with temporary("next"):
        assert not folder.exists()


@pytest.mark.parametrize("is_named", [True, False], ids=["started with its path", "working in it"])
def test_a_killed_processs_folder_stays_while_another_uses_it(is_named: bool) -> None:
    process, folder = started()
    ended(process)
    user = subprocess.Popen(
        [sys.executable, "-c", "input()", *([str(folder)] if is_named else [])],
        stdin=subprocess.PIPE,
        cwd=None if is_named else folder,
    )
    clear_abandoned()
    assert folder.is_dir()
    user.communicate(b"\n")
    clear_abandoned()
    assert not folder.exists()
