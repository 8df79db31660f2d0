"""Folders for nodes and servers that run for a while, for benchmarks and tests alike.

Promises: a folder is gone when its block ends; one whose process was killed, by whatever, is cleared by the
next that asks here, once no process holds it, works in it or was started with its path.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psutil


@contextmanager
def temporary(purpose: str) -> Iterator[Path]:
    """A new folder with a short path, which other users may pass through, as PostgreSQL's does."""
    clear_abandoned()
    folder = Path(tempfile.gettempdir()) / f"tongban-{purpose}-{uuid4().hex[:8]}"
    lock = _hold(folder.name)
    if lock is None:
        raise OSError(f"{folder}: another process has just taken this name; try again")
    try:
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)
        yield folder
    finally:
        _remove(folder)
        os.close(lock)


def clear_abandoned() -> None:
    """Remove the folders that nobody holds any more."""
    for name in sorted(path.name for path in _locks().iterdir()):
        folder, lock = Path(tempfile.gettempdir()) / name, _hold(name)
        if lock is not None:
            if not _is_used(folder):
                _remove(folder)
            os.close(lock)


def _locks() -> Path:
    """Where a file stands for each folder, locked as long as the process that made the folder lives."""
    locks = Path(tempfile.gettempdir()) / f"tongban-folders-{os.getuid()}"
    locks.mkdir(mode=0o700, exist_ok=True)
    return locks


def _hold(name: str) -> int | None:
    """The open lock of a folder; None when another process holds it or has just removed it."""
    path = _locks() / name
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if path.stat().st_ino == os.fstat(lock).st_ino:
            return lock
    os.close(lock)
    return None


def _remove(folder: Path) -> None:
    """Remove a folder and, if nothing of it is left, what its lock stands in; for who holds the lock."""
    shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        (_locks() / folder.name).unlink(missing_ok=True)


def _is_used(folder: Path) -> bool:
    """Whether a process works in the folder or was started with its path."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            named = (process.cwd(), *process.cmdline())
            if any(str(folder) in each for each in named):
                return True
    return False
