"""Where a node's programs begin: forks of one process that has loaded what they have in common.

Promises: a program runs as `python -m MODULE ARGUMENTS` would, without loading everything anew; it is a
child of whoever asked for it, ends with it, and stays when the nursery ends. What cannot be loaded beforehand
is left to the programs, which say what is wrong.
"""

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil

from tongban.node.lifeline import be_named, bound_to_parent, end_with

COMMON = (
    "django.core.management.commands.migrate",
    "granian.cli",
    "granian.server.mp",
    "tongban.gateway.door",
    "tongban.gateway.routes",
    "tongban.node.casework.catalogue",
    "tongban.node.catching_up",
    "tongban.node.cli",
    "tongban.node.exchange.conversing.delivering",
    "tongban.node.exchange.delivery",
    "tongban.node.exchange.transport",
    "tongban.node.translog.writing",
    "tongban.node.urls",
)
"""What the programs of a node load, once Django has been set up."""

_LARGEST_REQUEST = 64 * 1024
_BARE = "--bare"


@dataclass(frozen=True)
class Program:
    """One of a node's processes: its name in messages, the module that it runs and what that is told."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()


class NurseryError(Exception):
    """No program can be begun."""


class Nursery:
    """Begins programs for this process, which must have adopted orphans (`lifeline.adopt_orphans`)."""

    def __init__(self, environment: Mapping[str, str], common: Sequence[str] = COMMON) -> None:
        """`environment` is that of every program; the modules in `common` are loaded once for all."""
        self._environment = dict(environment)
        self._common = tuple(common)
        self._process: subprocess.Popen[bytes] | None = None
        self._door: socket.socket | None = None

    @property
    def pid(self) -> int | None:
        """The nursery's own process, if it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def open(self) -> None:
        """Begin to load; a program may be asked for at once."""
        self.close()
        self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - this very module
                [sys.executable, "-m", "tongban.node.nursery", str(theirs.fileno()), *self._common],
                stdin=subprocess.DEVNULL,
                env=self._environment,
                pass_fds=(theirs.fileno(),),
                preexec_fn=bound_to_parent(signal.SIGTERM),  # noqa: PLW1509 - calls the kernel only, takes no lock
            )

    def begin(self, program: Program) -> psutil.Process:
        """Begin a program; a nursery that has died is opened anew first. Raises NurseryError."""
        if self.pid is None:
            self.open()
        assert self._door is not None
        try:
            self._door.send(json.dumps([program.name, program.module, *program.arguments]).encode())
            pid = int(self._door.recv(32))
        except (OSError, ValueError):
            self.close()
            raise NurseryError(f"{program.name} could not be begun") from None
        return psutil.Process(pid)

    def close(self) -> None:
        """End the nursery; what it began goes on."""
        if self._door is not None:
            self._door.close()
            self._door = None
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


def main() -> None:
    """Be the nursery of the process that started this one, until that one closes the door."""
    _, descriptor, *common = sys.argv
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_DFL)
    be_named("tongban-nursery")
    if common != [_BARE]:
        _load(common, or_else=[descriptor, _BARE])
    with socket.socket(fileno=int(descriptor)) as door:
        asked = _asked(door, os.getppid())
    if asked is not None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        name, *sys.argv = asked
        be_named(f"tongban-{name}")
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def _load(common: Sequence[str], or_else: Sequence[str]) -> None:
    """Load what the programs share; if that fails, begin anew without any: half of it is of no use."""
    try:
        if "DJANGO_SETTINGS_MODULE" in os.environ:
            importlib.import_module("django").setup()
        for module in common:
            importlib.import_module(module)
    except Exception:  # whatever it is, the program that needs it meets it again and has the words for it
        os.execv(sys.executable, [sys.executable, "-m", "tongban.node.nursery", *or_else])  # noqa: S606 - itself
    gc.collect()
    gc.freeze()


def _asked(door: socket.socket, parent: int) -> list[str] | None:
    """Fork for each request: there, name, module and arguments; None here, once the door is closed."""
    while request := door.recv(_LARGEST_REQUEST):
        ours, theirs = os.pipe()
        if (between := os.fork()) == 0:
            os.close(ours)
            between = os.getpid()
            if (child := os.fork()) == 0:
                os.close(theirs)
                _outlive(between)
                end_with(parent, signal.SIGTERM)
                return [str(word) for word in json.loads(request)]
            os.write(theirs, str(child).encode())
            os._exit(0)
        os.close(theirs)
        child = int(os.read(ours, 32))
        os.close(ours)
        os.waitpid(between, 0)
        with suppress(OSError):
            door.send(str(child).encode())
    return None


def _outlive(between: int) -> None:
    """Wait until the process between has gone, and this one is a child of whoever adopts orphans."""
    while os.getppid() == between:
        time.sleep(0.001)


if __name__ == "__main__":
    main()
