"""Runs the processes of one node and, where it has no other, its PostgreSQL.

Promises: a process that ends is started again after a pause that grows; what it left behind is ended first;
SIGTERM and Ctrl-C end all in good order; if this process is killed, none of the others stays.
"""

import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

import click
import psutil

from tongban.node.config import CONFIG_VARIABLE, NodeConfig
from tongban.node.database import SERVER_VARIABLE, address_of
from tongban.node.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from tongban.node.lifeline import adopt_orphans
from tongban.node.metrics import FOLDER_VARIABLE
from tongban.node.nursery import Nursery, NurseryError, Program
from tongban.node.watch import Watch

SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_SECONDS = 60.0
GRACE_SECONDS = 15.0
PAGES_THREADS = 8
_GRANIAN_OPTIONS = ("--no-ws", "--log-level", "error", "--workers-kill-timeout", "5")
_ENDINGS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


class PreparationError(Exception):
    """The node cannot start; what is wrong was said by the program that prepares it."""


def programs_of(config: NodeConfig) -> tuple[Program, ...]:
    """Pages, gateway, worker and log writer of a node, in the order in which they start."""
    door = ("--host", "127.0.0.1", "--port", str(config.pages_port))
    pages = ("--blocking-threads", str(PAGES_THREADS), "--interface", "wsgi", "tongban.node.wsgi:application")
    return (
        Program("pages", "granian", (*door, *_GRANIAN_OPTIONS, *pages)),
        Program("gateway", "tongban.gateway.serve"),
        Program("worker", "tongban.node.worker"),
        Program("log", "tongban.node.translog.writer"),
    )


@dataclass
class _Child:
    program: Program
    process: psutil.Process | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    pause: float = field(default=SHORTEST_PAUSE)

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.is_running()


class Supervisor:
    """Keeps the programs of one node running until it is told to end."""

    def __init__(
        self,
        name: str,
        preparation: Program,
        programs: Sequence[Program],
        nursery: Nursery,
        database: EmbeddedPostgres | None,
        *,
        on_running: Callable[["Supervisor"], AbstractContextManager[object]] = nullcontext,
    ) -> None:
        """`preparation` runs to its end first; all programs are begun by `nursery`.

        Without `database` the node has one elsewhere.

        `on_running` is entered when the programs are about to start and left when they are to end.
        """
        self._name = name
        self._preparation = preparation
        self._children = [_Child(program) for program in programs]
        self._nursery = nursery
        self._database = database
        self._on_running = on_running

    def run(self) -> None:
        """Run until SIGTERM, SIGINT or SIGHUP. Raises EmbeddedPostgresError or PreparationError."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDINGS | {signal.SIGCHLD})
        adopt_orphans()
        try:
            if self._database is not None:
                self._database.start()
            self._nursery.open()
            self._prepare()
            with self._on_running(self):
                self._keep_running()
        finally:
            self._end_children()
            self._nursery.close()
            if self._database is not None:
                self._database.stop()

    def running(self) -> dict[str, bool]:
        """For each program whether it runs now."""
        return {child.program.name: child.runs for child in self._children}

    def _prepare(self) -> None:
        try:
            status = self._nursery.begin(self._preparation).wait()
        except NurseryError as error:
            raise PreparationError(str(error)) from None
        if status:
            raise PreparationError(f"{self._preparation.name} ended with status {status}")

    def _keep_running(self) -> None:
        while True:
            self._revive_database()
            for child in self._children:
                self._look_after(child)
            self._clear_orphans()
            next_due = min((child.due_at for child in self._children if child.process is None), default=None)
            wait = LONGEST_PAUSE if next_due is None else max(0.0, next_due - time.monotonic())
            received = signal.sigtimedwait(_ENDINGS | {signal.SIGCHLD}, wait)
            if received is not None and received.si_signo in _ENDINGS:
                return

    def _revive_database(self) -> None:
        if self._database is None or self._database.pid is not None:
            return
        self._say("the database ended; it is started again")
        try:
            self._database.stop()
            self._database.start()
        except EmbeddedPostgresError as error:
            self._say(str(error))

    def _look_after(self, child: _Child) -> None:
        now = time.monotonic()
        if child.process is not None:
            try:
                self._put_off(child, f"ended with status {int(child.process.wait(0) or 0)}")
            except psutil.TimeoutExpired:
                return
        if child.due_at <= now:
            child.started_at = now
            try:
                child.process = self._nursery.begin(child.program)
            except NurseryError:
                self._put_off(child, "could not be begun")

    def _put_off(self, child: _Child, why: str) -> None:
        now = time.monotonic()
        if now - child.started_at > STEADY_SECONDS:
            child.pause = SHORTEST_PAUSE
        self._say(f"{child.program.name} {why}; again in {child.pause:g} s")
        child.process = None
        child.due_at = now + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _clear_orphans(self) -> None:
        """End what a dead child left running, so that the next one finds its port free."""
        known: set[int | None] = {child.process.pid for child in self._children if child.process is not None}
        known |= {self._nursery.pid, self._database.pid if self._database is not None else None}
        for process in psutil.Process().children():
            if process.pid not in known:
                with suppress(psutil.Error, ChildProcessError):
                    process.kill()
                    os.waitpid(process.pid, 0)

    def _end_children(self) -> None:
        running = [child.process for child in self._children if child.process is not None]
        for process in running:
            with suppress(psutil.NoSuchProcess):
                process.terminate()
        for process in psutil.wait_procs(running, timeout=GRACE_SECONDS)[1]:
            process.kill()
            process.wait()
        self._clear_orphans()

    def _say(self, text: str) -> None:
        click.echo(f"[{self._name}] {text}", err=True)


def migration(config_path: Path) -> Program:
    """The preparation of a node in production: its database brought to the present form."""
    return Program("migrate", "tongban", ("node", "migrate", "--config", str(config_path)))


def run_node(config: NodeConfig, config_path: Path, preparation: Program) -> None:
    """Run a whole node in the foreground until it is told to end.

    Raises EmbeddedPostgresError when its database cannot start, PreparationError when `preparation` fails.
    """
    environment = os.environ | {
        CONFIG_VARIABLE: str(config_path.resolve()),
        "DJANGO_SETTINGS_MODULE": "tongban.node.settings",
    }
    database = None
    if not config.database and not os.environ.get(SERVER_VARIABLE):
        database = EmbeddedPostgres(config.home / "pg")
        environment[SERVER_VARIABLE] = database.url
    metrics = _empty(config.home / "run" / "metrics")
    environment[FOLDER_VARIABLE] = str(metrics)

    @contextmanager
    def watched(supervisor: Supervisor) -> Iterator[None]:
        if config.watch_port is None:
            yield
            return
        watch = Watch(config, address_of(config, database), metrics, supervisor.running)
        watch.start(config.watch_port)
        try:
            yield
        finally:
            watch.stop()

    nursery = Nursery(environment)
    Supervisor(config.name, preparation, programs_of(config), nursery, database, on_running=watched).run()


def _empty(folder: Path) -> Path:
    """The folder, made if missing, without what earlier processes left in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
