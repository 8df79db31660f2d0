"""Serves the gateway: `python -m tongban.gateway.serve`, with TLS where the node's file names its folder.

Promises: only nodes of the directory connect; when the directory or the node's own certificate changes, new
processes take over before the old ones end.
"""

import os
import signal
import sys
import threading
from datetime import timedelta
from pathlib import Path

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from tongban.node.clock import true_now
from tongban.node.config import ConfigError, NodeConfig, this_node
from tongban.node.exchange.trust import read_directory
from tongban.node.tls_folder import TlsFolder

WATCH = timedelta(seconds=1)
"""How often directory and certificate are looked at."""
OVERLAP = timedelta(seconds=2)
"""How long old and new processes serve together when the certificates have changed."""


class _Watched:
    """The files on which TLS rests, brought up to date and compared with how they were."""

    def __init__(self, config: NodeConfig, folder: TlsFolder) -> None:
        self._config = config
        self._folder = folder
        self._version = 0
        self._presented = 0

    def bring_up_to_date(self) -> bool:
        """Renew the certificate if it is due, write down who may connect; whether anything has changed.

        Raises ConfigError. A directory older than one seen before changes nothing.
        """
        self._folder.renew_if_due(self._config, true_now())
        directory = read_directory(self._config).directory
        peers_changed = False
        if directory.version >= self._version:
            self._version = directory.version
            peers_changed = self._folder.write_peers(directory)
        presented = _stamp(self._folder.identity)
        is_new = peers_changed or presented != self._presented
        self._presented = presented
        return is_new


def main() -> None:
    """Serve until SIGTERM or SIGINT; one line and status 2 when the configuration cannot be used."""
    try:
        config = this_node()
        watched = _prepared(config)
    except ConfigError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    if watched is not None:
        threading.Thread(target=_watch, args=(watched,), daemon=True).start()
    _server(config).serve()


def _prepared(config: NodeConfig) -> _Watched | None:
    if config.tls_path is None:
        return None
    watched = _Watched(config, TlsFolder(config.tls_path))
    watched.bring_up_to_date()
    return watched


def _server(config: NodeConfig) -> MPServer:
    folder = TlsFolder(config.tls_path) if config.tls_path is not None else None
    return MPServer(
        "tongban.gateway.app:app",
        address=config.gateway_host,
        port=config.gateway_port,
        interface=Interfaces.ASGI,
        workers=config.gateway_processes,
        websockets=False,
        log_level=LogLevels.error,
        respawn_interval=OVERLAP.total_seconds(),
        workers_kill_timeout=5,
        ssl_cert=folder.identity if folder is not None else None,
        ssl_key=folder.identity if folder is not None else None,
        ssl_ca=folder.peers if folder is not None else None,
        ssl_client_verify=folder is not None,
    )


def _watch(watched: _Watched) -> None:
    pause = threading.Event()
    while not pause.wait(WATCH.total_seconds()):
        try:
            is_new = watched.bring_up_to_date()
        except ConfigError as error:
            click.echo(f"gateway: {error}; it goes on with what it had", err=True)
            continue
        if is_new:
            os.kill(os.getpid(), signal.SIGHUP)


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read; expected key and certificate as PEM") from error


if __name__ == "__main__":
    main()
