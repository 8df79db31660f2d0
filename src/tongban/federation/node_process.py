"""A sample node as seen from outside: started, awaited, stopped, or killed as when the power fails.

Promises: the node ends when this process ends; what it prints goes to `<node's home>/node.log`.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import psutil

from tongban.node.config import NodeConfig, load
from tongban.node.embedded_postgres import server_processes
from tongban.node.fetching import authorities
from tongban.node.lifeline import bound_to_parent
from tongban.node.tls_folder import TlsFolder, client_context

READY_SECONDS = 180
STOP_SECONDS = 60


class NodeFailedError(Exception):
    """A node did not come up; the text has the last lines that it printed."""


class NodeProcess:
    """A sample node by its configuration."""

    def __init__(self, config_path: Path, environment: Mapping[str, str] | None = None) -> None:
        """`environment` replaces this process' own."""
        self.config: NodeConfig = load(config_path)
        self.log = config_path.parent / "node.log"
        self._config_path = config_path
        self._environment = dict(os.environ if environment is None else environment)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the supervisor of the node lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the node; it is not ready yet."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", "tongban.federation.sample_node", "run", str(self._config_path)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                process_group=0,
                preexec_fn=bound_to_parent(signal.SIGTERM),  # noqa: PLW1509 - calls the kernel only
            )

    def await_ready(self) -> None:
        """Wait until pages and gateway answer. Raises NodeFailedError."""
        deadline = time.monotonic() + READY_SECONDS
        with httpx.Client(timeout=10, follow_redirects=True, verify=authorities()) as client:
            while not self._answers(client):
                if not self.is_running or time.monotonic() > deadline:
                    raise NodeFailedError(
                        f"{self.config.name} did not start; {self.log} ends with:\n{self._last_lines()}"
                    )
                time.sleep(0.1)

    def ask_gateway(self, path: str, timeout: float = 60) -> httpx.Response:
        """What the node's gateway gives at `path` to the node itself, by its own certificate."""
        folder = TlsFolder(self.config.tls_path or self.config.home)
        context = client_context([folder.issuer.read_text(encoding="ascii")], folder)
        return httpx.get(self.config.gateway_url + path, timeout=timeout, verify=context, trust_env=False)

    def begin_stop(self) -> None:
        """Tell the node to end; it takes a moment."""
        if self.is_running and self._process is not None:
            self._process.terminate()

    def stop(self) -> None:
        """End the node in good order and wait for it."""
        if self._process is None:
            return
        self.begin_stop()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End all of the node's processes at once, as when the power fails, its database included."""
        if self._process is None:
            return
        database = server_processes(self.config.home / "pg")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        for process in database:
            with contextlib.suppress(psutil.Error):
                process.kill()
        self._process.wait()

    def _last_lines(self) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
        return "\n".join(line[:300] for line in lines)

    def _answers(self, client: httpx.Client) -> bool:
        try:
            pages = client.get(f"http://127.0.0.1:{self.config.pages_port}/")
            gateway = self.ask_gateway("/health", timeout=10)
        except (httpx.HTTPError, OSError):
            return False
        return pages.status_code < 500 and gateway.status_code == 200
