"""The supervisor keeps a node's processes running, and none of them outlives it."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tongban.node.embedded_postgres import EmbeddedPostgres, server_processes

SUPERVISE = """
import os, sys
from pathlib import Path
from tongban.node.embedded_postgres import EmbeddedPostgres
from tongban.node.nursery import Nursery, Program
from tongban.node.supervisor import PreparationError, Supervisor
database = EmbeddedPostgres(Path(sys.argv[1]), is_durable=False) if len(sys.argv) > 1 else None
preparation, program = (Program(name, name) for name in ("preparation", "program"))
nursery = Nursery(os.environ, common=())
try:
    Supervisor("node", preparation, [program], nursery, database).run()
except PreparationError:
    sys.exit(2)
"""
NOTE_AND_WAIT = """
import os, sys, time
with open(os.environ["NOTES"], "a") as notes: notes.write(f"{os.getpid()}\\n")
time.sleep(60)
"""
WITH_A_CHILD = f"""
import subprocess, sys
subprocess.Popen([sys.executable, "-c", {NOTE_AND_WAIT!r}]).wait()
"""


class Supervised:
    """A supervisor in a process of its own, whose programs note their process ids."""

    def __init__(self, notes: Path, program: str, preparation: str = "", *database: str) -> None:
        self.notes = notes
        notes.touch()
        modules = notes.with_suffix(".modules")
        modules.mkdir()
        (modules / "preparation.py").write_text(preparation)
        (modules / "program.py").write_text(program)
        self.process = subprocess.Popen(
            [sys.executable, "-c", SUPERVISE, *database],
            env=os.environ | {"NOTES": str(notes), "PYTHONPATH": os.pathsep.join([str(modules), *sys.path])},
            stderr=subprocess.DEVNULL,
        )

    def started(self, count: int) -> list[int]:
        """The ids noted, once there are `count` of them."""
        await_that(lambda: len(self.notes.read_text().splitlines()) >= count)
        return [int(line) for line in self.notes.read_text().split()]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def await_that(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it did not come to hold"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.fixture
def short_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tongban-sv-") as folder:
        yield Path(folder)


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Supervised]]:
    opened: list[Supervised] = []

    def open_one(program: str, preparation: str = "", *database: str) -> Supervised:
        opened.append(Supervised(tmp_path / f"notes-{len(opened)}", program, preparation, *database))
        return opened[-1]

    yield open_one
    for supervised in opened:
        supervised.close()


def test_killed_program_is_started_again(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(NOTE_AND_WAIT)
    (first,) = supervised.started(1)
    os.kill(first, signal.SIGKILL)
    assert supervised.started(2)[1] != first


def test_what_a_killed_program_left_is_ended(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(WITH_A_CHILD)
    (grandchild,) = supervised.started(1)
    parent = psutil.Process(grandchild).parent()
    assert parent is not None
    parent.kill()
    supervised.started(2)
    await_that(lambda: is_gone(grandchild))


def test_a_killed_nursery_takes_no_program_along_and_comes_again(
    supervise: Callable[..., Supervised],
) -> None:
    supervised = supervise(NOTE_AND_WAIT)
    (first,) = supervised.started(1)
    (nursery,) = (
        child.pid for child in psutil.Process(supervised.process.pid).children() if child.pid != first
    )
    os.kill(nursery, signal.SIGKILL)
    assert not is_gone(first)
    os.kill(first, signal.SIGKILL)
    assert not is_gone(supervised.started(2)[1])


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_it_ends_all(supervise: Callable[..., Supervised], ending: signal.Signals) -> None:
    supervised = supervise(NOTE_AND_WAIT)
    (pid,) = supervised.started(1)
    supervised.process.send_signal(ending)
    assert supervised.process.wait(60) == 0
    assert is_gone(pid)


def test_killed_supervisor_takes_its_programs_along(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(NOTE_AND_WAIT)
    (pid,) = supervised.started(1)
    supervised.process.kill()
    await_that(lambda: is_gone(pid))


def test_failed_preparation_starts_nothing(supervise: Callable[..., Supervised]) -> None:
    supervised = supervise(NOTE_AND_WAIT, preparation="raise SystemExit(2)")
    assert supervised.process.wait(60) == 2
    assert supervised.notes.read_text() == ""


def test_killed_database_is_started_again_and_ends_with_the_node(
    supervise: Callable[..., Supervised], short_folder: Path
) -> None:
    supervised = supervise(NOTE_AND_WAIT, "", str(short_folder / "pg"))
    supervised.started(1)
    server = EmbeddedPostgres(short_folder / "pg")
    (postmaster,) = (process for process in server_processes(server.folder) if is_postmaster(process))
    postmaster.kill()
    postmaster.wait(60)
    await_that(server.is_answering)
    supervised.process.terminate()
    assert supervised.process.wait(60) == 0
    assert not server_processes(server.folder)


def is_postmaster(process: psutil.Process) -> bool:
    parent = process.parent()
    return parent is not None and parent.name() != "postgres"
