"""`python -m tongban.federation.removal`: stops what still runs from the demo's folder, then removes it.

Promises: touches nothing but the folder that the demo uses, and processes that serve from it.
"""

import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from tongban.federation.demo import DEFAULT_HOME, HOME_VARIABLE
from tongban.federation.sides import SIDES
from tongban.node.embedded_postgres import server_processes

STOP_SECONDS = 60


def remove(home: Path) -> None:
    """Stop nodes and servers of the folder, then remove it; without effect where no demo was."""
    if not (home / "demo.lock").exists():
        return
    processes = _demo_processes(home.resolve())
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGTERM)
    psutil.wait_procs(processes, timeout=STOP_SECONDS)
    for side in SIDES:
        for server in server_processes(home / side.node / "pg"):
            with suppress(psutil.Error):
                server.send_signal(signal.SIGINT)
                server.wait(STOP_SECONDS)
    shutil.rmtree(home)


def _demo_processes(home: Path) -> list[psutil.Process]:
    """The demo that holds the folder's lock."""
    lock = home / "demo.lock"
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if any(Path(opened.path) == lock for opened in process.open_files()):
                found.append(process)
    return found


if __name__ == "__main__":
    folder = Path(os.environ.get(HOME_VARIABLE) or DEFAULT_HOME)
    sys.stdout.write(f"[tongban] removing {folder}\n")
    remove(folder)
