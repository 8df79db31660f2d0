"""Chongqing's node as processes of its own: files, database, department, gateway."""

import os
import secrets
import signal
import ssl
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from benchmarks.frame.ports import reserved

from tests.exchange.sides import Row
from tests.migrated import create, drop
from tests.protocol.federation_of_two import CHONGQING_KEY, FEDERATION_KEY, directory
from tongban import protocol
from tongban.node.certificates import Issuer
from tongban.node.clock import true_now
from tongban.node.private_files import write_private
from tongban.node.tls_folder import TlsFolder, client_context

CONNECTOR = """
[[connectors]]
kind = "sql"
evidence_type = "contribution-spells"
agency = "500000-yb"
schema = "yb_chongqing"
table = "ac20"
key = "aac002"
where = { aae140 = "310" }
[connectors.fields]
place = { column = "aaa027", map = { "5000" = "500000" } }
from = { column = "aae041", convert = "month" }
to = { column = "aae042", convert = "month" }
kind = { value = "actual" }
"""


def free_port() -> int:
    return reserved(1)[0]


@dataclass(frozen=True)
class FarServer:
    """The tests' PostgreSQL server; databases of nodes are copies of one there that has been migrated."""

    url: str
    migrated: str


@dataclass
class FarNode:
    """A node in a folder, with a database of its own on the tests' server."""

    home: Path
    server: FarServer
    port: int = field(default_factory=free_port)
    issuers: tuple[Issuer, ...] = ()
    """With any, the gateway has TLS and presents what the first one issues."""
    _gateway: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"{'https' if self.issuers else 'http'}://127.0.0.1:{self.port}"

    @property
    def database_url(self) -> str:
        return urlunsplit(urlsplit(self.server.url)._replace(path=f"/{self.database}"))

    @property
    def database(self) -> str:
        return f"far_{os.getpid()}_{self.port}"

    @property
    def log(self) -> str:
        return (self.home / "gateway.log").read_text()

    def directory(self) -> protocol.Directory:
        """The directory of both sides with this node's address and certificates."""
        listed = tuple(issuer.certificate_pem().decode() for issuer in self.issuers)
        two = directory(around=true_now())
        nodes = tuple(
            node.model_copy(update={"gateway_url": self.url, "certificates": listed})
            if node.id == "chongqing"
            else node
            for node in two.nodes
        )
        return two.model_copy(update={"nodes": nodes})

    def publish(self, newest: protocol.Directory) -> None:
        """Put a signed directory in the node's folder."""
        signed = self.home / "directory.signed"
        signed.write_bytes(protocol.sign_directory(newest, FEDERATION_KEY))
        signed.replace(self.home / "directory.json")

    def create(self) -> None:
        create(self.server.url, self.database, self.server.migrated)
        (self.home / "services").mkdir()
        (self.home / "secret").write_text(secrets.token_hex(32))
        (self.home / "node.pem").write_bytes(CHONGQING_KEY.to_pem())
        (self.home / "federation.json").write_bytes(FEDERATION_KEY.verifying_key.to_json())
        self.publish(self.directory())
        if self.issuers:
            write_private(self.home / "tls" / "issuer.pem", self.issuers[0].certificate_pem())
            write_private(self.home / "tls" / "issuer-key.pem", self.issuers[0].key_pem())
        self.config.write_text(self._node_toml())
        self.execute("CREATE SCHEMA yb_chongqing")
        self.execute(
            "CREATE TABLE yb_chongqing.ac20"
            " (aac002 text, aae140 text, aae041 integer, aae042 integer, aaa027 text)"
        )

    def insure(self, row: Row) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as database:
            database.execute(
                "INSERT INTO yb_chongqing.ac20 VALUES (%s, %s, %s, %s, %s)",
                [row.subject, row.insurance, row.first, row.last, row.pool],
            )

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.database_url, autocommit=True) as database:
            database.execute(statement.encode())

    def count(self, table: str) -> int:
        with psycopg.connect(self.database_url) as database:
            row = database.execute(f'SELECT count(*) FROM "{table}"'.encode()).fetchone()
        assert row is not None
        return int(row[0])

    def start(self) -> None:
        command = [sys.executable, "-m", "tongban.gateway.serve"]
        with (self.home / "gateway.log").open("ab") as log:
            self._gateway = subprocess.Popen(
                command, env=self._environment(), stdout=log, stderr=log, start_new_session=True
            )
        self._await_health()

    def kill(self) -> None:
        """End all its processes at once, as a power cut does."""
        if self._gateway is not None:
            os.killpg(self._gateway.pid, signal.SIGKILL)
            self._gateway.wait()
            self._gateway = None

    def drop(self) -> None:
        self.kill()
        drop(self.server.url, self.database)

    @property
    def config(self) -> Path:
        return self.home / "node.toml"

    def run_gateway_once(self) -> subprocess.CompletedProcess[str]:
        """Load the application as granian does and end; for configurations that cannot be used."""
        return subprocess.run(
            [sys.executable, "-c", "import tongban.gateway.app"],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )

    def _await_health(self) -> None:
        deadline = time.monotonic() + timedelta(seconds=60).total_seconds()
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/health", trust_env=False, verify=self._own()).status_code == 200:
                    return
            except (httpx.TransportError, OSError):
                time.sleep(0.05)
        raise AssertionError(self.log)

    def _own(self) -> ssl.SSLContext | bool:
        if not self.issuers:
            return False
        return client_context(self.directory().node("chongqing").certificates, TlsFolder(self.home / "tls"))

    def _environment(self) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("TONGBAN_", "DJANGO_"))}
        return inherited | {"TONGBAN_NODE_CONFIG": str(self.config), "PYTHONPATH": os.pathsep.join(sys.path)}

    def _node_toml(self) -> str:
        return f"""
name = "chongqing"
jurisdiction = "500000"
title = {{ zh = "重庆", en = "Chongqing" }}
case_prefix = "CQ"
pages_url = "http://127.0.0.1:1"
gateway_url = "{self.url}"
pages_port = 1
gateway_port = {self.port}
directory_path = "directory.json"
federation_key_path = "federation.json"
key_path = "node.pem"
secret_path = "secret"
services_path = "services"
database = "{self.database_url}"
{'tls_path = "tls"' if self.issuers else ""}
{CONNECTOR}"""
