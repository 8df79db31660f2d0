"""The node's PostgreSQL: an operator's server, or an embedded one in the node's own folder.

Promises: one database a node, created when missing; an unreachable server is one clear error.
"""

import os
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import psycopg
from psycopg import sql

from tongban.node.config import NodeConfig
from tongban.node.embedded_postgres import EmbeddedPostgres

SERVER_VARIABLE = "TONGBAN_DATABASE_URL"


class DatabaseUnavailableError(Exception):
    """The database cannot be reached; the text says where it was looked for and what to check."""


@dataclass(frozen=True)
class Address:
    """Where a PostgreSQL database is."""

    name: str
    host: str = ""
    port: str = ""
    user: str = ""
    password: str = ""

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Read a `postgresql://` URL; a `host` in its query names a socket folder."""
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        return cls(
            name=unquote(parts.path.lstrip("/")) or "postgres",
            host=query.get("host", [parts.hostname or ""])[0],
            port=str(parts.port or query.get("port", [""])[0]),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
        )

    def named(self, name: str) -> "Address":
        """The same server, another database."""
        return Address(name, self.host, self.port, self.user, self.password)

    def connect(self) -> psycopg.Connection:
        """A connection in autocommit. Raises DatabaseUnavailableError."""
        try:
            return psycopg.connect(
                dbname=self.name,
                host=self.host or None,
                port=self.port or None,
                user=self.user or None,
                password=self.password or None,
                connect_timeout=10,
                autocommit=True,
            )
        except psycopg.OperationalError as error:
            place = self.host or "the local socket"
            raise DatabaseUnavailableError(
                f"database {self.name!r} at {place} cannot be reached; "
                f"check that PostgreSQL runs there and {SERVER_VARIABLE} is right"
            ) from error

    def django(self) -> dict[str, object]:
        """The entry for Django's DATABASES."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "HOST": self.host,
            "PORT": self.port,
            "USER": self.user,
            "PASSWORD": self.password,
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"connect_timeout": 10, "prepare_threshold": None},
        }


def create_if_missing(address: Address) -> None:
    """Create the database on its server, in UTF-8, unless it is there; two processes may try at once."""
    with address.named("postgres").connect() as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [address.name]).fetchone()
        if found:
            return
        statement = sql.SQL("CREATE DATABASE {} ENCODING 'UTF8' TEMPLATE template0")
        try:
            connection.execute(statement.format(sql.Identifier(address.name)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return


def open_database(config: NodeConfig) -> Address:
    """Where this node's database is; starts the embedded server when no other is named.

    The order: `database` in the node's file (exactly that database), then TONGBAN_DATABASE_URL (a server on
    which each node has a database of its own), then the embedded server in `<home>/pg`.
    """
    if config.database:
        return Address.parse(config.database)
    url = os.environ.get(SERVER_VARIABLE) or _embedded_url(config)
    address = Address.parse(url).named(_name_of(config))
    create_if_missing(address)
    return address


def address_of(config: NodeConfig, embedded: EmbeddedPostgres | None) -> Address:
    """Where the node's database is, for the process that runs its `embedded` server, if it has one."""
    if config.database:
        return Address.parse(config.database)
    url = os.environ.get(SERVER_VARIABLE) or (embedded.url if embedded is not None else "")
    return Address.parse(url).named(_name_of(config))


def _name_of(config: NodeConfig) -> str:
    return f"tongban_{config.name.replace('-', '_')}"


def _embedded_url(config: NodeConfig) -> str:
    server = EmbeddedPostgres(config.home / "pg")
    server.start_or_join()
    return server.url
