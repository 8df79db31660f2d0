"""What an operator's tools ask a node on this machine: whether it lives, whether it can work, figures.

Served by the supervisor at `watch_port` on 127.0.0.1, so that it answers whatever became of the others.
"""

import json
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from tongban.node.config import NodeConfig
from tongban.node.database import Address, DatabaseUnavailableError

LOOK_SECONDS = 5.0
_WAITING = """
SELECT receiver, count(*), coalesce(extract(epoch FROM now() - min(created)), 0)
  FROM exchange_outbox WHERE state = 'waiting' GROUP BY 1
"""
_HALTED = "SELECT halted FROM translog_logstate WHERE halted <> ''"
_LOG_SIZE = "SELECT coalesce(max(size), 0) FROM translog_logcheckpoint"
_CONFLICTS = "SELECT origin, count(*) FROM translog_witnessedconflict GROUP BY 1"


class Watch:
    """The address at which one node is watched."""

    def __init__(
        self,
        config: NodeConfig,
        database: Address,
        metrics: Path,
        running: Callable[[], Mapping[str, bool]],
    ) -> None:
        """`running` tells for each of the node's programs whether it runs; `metrics` is their folder."""
        self._config = config
        self._database = database
        self._metrics = metrics
        self._running = running
        self._server: ThreadingHTTPServer | None = None

    def start(self, port: int) -> int:
        """Answer from now on; the port (0 asks for a free one). Raises OSError when it is taken."""
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler_of(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return int(self._server.server_address[1])

    def stop(self) -> None:
        """Answer no more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Status, content type and body for a path."""
        if path == "/health/live":
            return _json(200, {"status": "ok"})
        if path == "/health/ready":
            problems = self._problems()
            if problems:
                return _json(503, {"status": "unavailable", "problems": problems})
            return _json(200, {"status": "ok"})
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, self._figures()
        return _json(404, {"status": 404, "see": ["/health/live", "/health/ready", "/metrics"]})

    def _problems(self) -> list[str]:
        problems = [f"{name} does not run" for name, runs in self._running().items() if not runs]
        try:
            with self._database.connect() as connection:
                problems += [
                    f"the log takes no records ({why}), so nothing is answered; see `tongban log status`"
                    for (why,) in connection.execute(_HALTED)
                ]
        except (DatabaseUnavailableError, psycopg.Error):
            problems.append("the database does not answer")
        for name, port in (("pages", self._config.pages_port), ("gateway", self._config.gateway_port)):
            if not _listens(port):
                problems.append(f"nothing listens for {name} at port {port}")
        return problems

    def _figures(self) -> bytes:
        registry = CollectorRegistry()
        MultiProcessCollector(registry, str(self._metrics))
        registry.register(_NodeFigures(self._database, self._running))
        return generate_latest(registry)


class _NodeFigures(Collector):
    """What is read off the node when somebody asks, instead of being counted all the time."""

    def __init__(self, database: Address, running: Callable[[], Mapping[str, bool]]) -> None:
        self._database = database
        self._running = running

    def collect(self) -> Iterable[Metric]:
        """The figures of now."""
        up = GaugeMetricFamily(
            "tongban_program_up", "Whether a program of the node runs.", labels=["program"]
        )
        for name, runs in self._running().items():
            up.add_metric([name], float(runs))
        yield up
        count = GaugeMetricFamily("tongban_waiting", "Questions that wait.", labels=["receiver"])
        oldest = GaugeMetricFamily(
            "tongban_oldest_waiting_seconds", "Age of the oldest waiting question.", labels=["receiver"]
        )
        halted = GaugeMetricFamily(
            "tongban_log_halted", "That the node's log takes no records, and why.", labels=["reason"]
        )
        size = GaugeMetricFamily("tongban_log_records", "Records under the newest head of the node's log.")
        conflicts = GaugeMetricFamily(
            "tongban_log_conflicts",
            "Heads of another node's log that were not cosigned, because it has two histories.",
            labels=["origin"],
        )
        database_up = GaugeMetricFamily("tongban_database_up", "Whether the node's database answers.")
        try:
            with self._database.connect() as connection:
                for receiver, waiting, age in connection.execute(_WAITING):
                    count.add_metric([receiver], float(waiting))
                    oldest.add_metric([receiver], float(age))
                for (records,) in connection.execute(_LOG_SIZE):
                    size.add_metric([], float(records))
                for (why,) in connection.execute(_HALTED):
                    halted.add_metric([why], 1.0)
                for origin, times in connection.execute(_CONFLICTS):
                    conflicts.add_metric([origin], float(times))
            database_up.add_metric([], 1.0)
        except (DatabaseUnavailableError, psycopg.Error):
            database_up.add_metric([], 0.0)
        yield from (count, oldest, size, halted, conflicts, database_up)


def _handler_of(watch: Watch) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Answer, whatever is asked."""
            status, content_type, body = watch.answer(self.path.partition("?")[0])
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep quiet: tools ask every few seconds."""

    return Handler


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), LOOK_SECONDS).close()
    except OSError:
        return False
    return True


def _json(status: int, content: object) -> tuple[int, str, bytes]:
    return status, "application/json", json.dumps(content).encode()
