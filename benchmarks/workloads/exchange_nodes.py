"""Two nodes of the sample federation for measurements: durable PostgreSQL, gateway, worker and log of each.

They run as processes on this machine, without pages, and end with this process.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from benchmarks.frame.ports import reserved
from tongban.federation.founding import NodeAddress, found
from tongban.federation.sides import CHONGQING, SICHUAN, SIDES
from tongban.node.config import CONFIG_VARIABLE, NodeConfig, load
from tongban.node.database import SERVER_VARIABLE, Address
from tongban.node.embedded_postgres import EmbeddedPostgres, server_processes
from tongban.node.lifeline import bound_to_parent

PROGRAMS: Mapping[str, str] = {
    "gateway": "tongban.gateway.serve",
    "worker": "tongban.node.worker",
    "log": "tongban.node.translog.writer",
}
PLAIN_GATEWAY = "benchmarks.workloads.exchange_plain"


class NodeFailed(Exception):
    """A node's process did not come up or ended; the text names its log."""


@dataclass
class MeasuredNode:
    """One node with what runs of it."""

    config: NodeConfig
    config_path: Path
    postgres: EmbeddedPostgres
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process part of this node."""
        return os.environ | {
            CONFIG_VARIABLE: str(self.config_path),
            SERVER_VARIABLE: self.postgres.url,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[2]), *sys.path]),
        }

    def start(self, program: str, module: str | None = None) -> None:
        """Start one of the node's programs, or another module in its place."""
        log = (self.config.home / f"{program}.log").open("ab")
        self.running[program] = subprocess.Popen(
            [sys.executable, "-m", module or PROGRAMS[program]],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=bound_to_parent(signal.SIGTERM),  # noqa: PLW1509 - calls the kernel only
        )
        if program == "gateway":
            self._await_port()

    def stop(self, program: str) -> None:
        """End a program in good order."""
        process = self.running.pop(program)
        process.terminate()
        process.wait(60)

    def kill(self, program: str) -> None:
        """End a program and its children at once."""
        process = self.running.pop(program)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(60)

    def send(self, program: str, number: signal.Signals) -> None:
        """Send a signal to a program and its children."""
        os.killpg(self.running[program].pid, number)

    def do(self, module: str, *arguments: str) -> dict[str, object]:
        """Run a workload as part of the node; what it prints as JSON."""
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.workloads.{module}", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=(self.config.home / f"{module}.log").open("ab"),
            check=False,
        )
        if done.returncode:
            raise NodeFailed(f"{module} failed; see {self.config.home / f'{module}.log'}")
        answer: dict[str, object] = json.loads(done.stdout.splitlines()[-1]) if done.stdout.strip() else {}
        return answer

    def query(self, statement: str, *values: object) -> tuple[object, ...]:
        """The first row that a statement gives in the node's database."""
        with self.connect() as connection:
            row = connection.execute(statement.encode(), values).fetchone()
        return tuple(row or ())

    def connect(self) -> psycopg.Connection:
        """A connection to the node's database, in autocommit."""
        return Address.parse(self.postgres.url).named(f"tongban_{self.config.name}").connect()

    def cpu_seconds(self) -> float:
        """Processor time of all that runs of the node so far, its database included."""
        found = server_processes(self.config.home / "pg")
        for process in self.running.values():
            here = psutil.Process(process.pid)
            found += [here, *here.children(recursive=True)]
        return sum(sum(process.cpu_times()[:2]) for process in found if process.is_running())

    def _await_port(self) -> None:
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            if self.running["gateway"].poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", self.config.gateway_port), 5).close()
            except OSError:
                time.sleep(0.1)
                continue
            time.sleep(1.0)
            return
        raise NodeFailed(f"the gateway did not come up; see {self.config.home / 'gateway.log'}")


@dataclass(frozen=True)
class TwoNodes:
    """Sichuan asks, Chongqing answers."""

    asking: MeasuredNode
    holding: MeasuredNode


@contextmanager
def two_nodes(home: Path) -> Iterator[TwoNodes]:
    """Found both nodes in `home` and prepare their databases; nothing of them runs yet but these."""
    federation = found(home, _addresses())
    with ExitStack() as stack:
        nodes = {}
        for side in SIDES:
            path = federation.config_path(side.node)
            # what one node may ask is not what is measured
            text = path.read_text(encoding="utf-8")
            limits = "peer_limits = { per_second = 1000000, burst = 1000000, at_a_time = 1000 }\n"
            path.write_text(limits + text, encoding="utf-8")
            config = load(path)
            postgres = EmbeddedPostgres(config.home / "pg")
            postgres.start()
            stack.callback(postgres.stop)
            node = MeasuredNode(config, path, postgres)
            stack.callback(_end, node)
            node.do("exchange_prepare")
            nodes[side.node] = node
        yield TwoNodes(nodes[SICHUAN.node], nodes[CHONGQING.node])


def _end(node: MeasuredNode) -> None:
    for program in list(node.running):
        node.kill(program)


def _addresses() -> dict[str, NodeAddress]:
    return {side.node: NodeAddress(*reserved(3)) for side in SIDES}
