"""Two nodes that really run, each in processes of its own, and a look into their databases."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from benchmarks.frame.ports import reserved
from psycopg import sql

from tests.migrated import create, drop
from tongban.federation.founding import NodeAddress, SampleFederation, found
from tongban.federation.node_process import NodeProcess
from tongban.federation.sample_people import sample_person
from tongban.federation.sides import CHONGQING, SICHUAN, SIDES
from tongban.node.embedded_postgres import EmbeddedPostgres

OWN_VARIABLES = ("TONGBAN_", "DJANGO_SETTINGS_MODULE", "PYTEST_")
PATIENCE_SECONDS = 90


def await_that(holds: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what}: not in {seconds} s"
        time.sleep(0.1)


@dataclass(frozen=True)
class TwoNodes:
    federation: SampleFederation
    sichuan: NodeProcess
    chongqing: NodeProcess
    databases: dict[str, str]

    def node(self, name: str) -> NodeProcess:
        return {SICHUAN.node: self.sichuan, CHONGQING.node: self.chongqing}[name]

    def pages_url(self, name: str) -> str:
        return self.federation.addresses[name].pages_url

    def restart(self, *names: str) -> None:
        """Start nodes that do not run, side by side, and wait until all are ready."""
        for name in names:
            self.node(name).start()
        for name in names:
            self.node(name).await_ready()

    def bring_back(self) -> None:
        """Start whichever node does not run."""
        self.restart(*(side.node for side in SIDES if not self.node(side.node).is_running))

    def database(self, node: str) -> psycopg.Connection:
        """A connection to the node's database."""
        return psycopg.connect(self.databases[node])

    def count(self, node: str, query: str, *values: object) -> int:
        """The single number that a query gives in the node's database."""
        with self.database(node) as connection:
            row = connection.execute(query.encode(), values).fetchone()
        assert row is not None
        return int(row[0])

    def cases_of(self, username: str) -> int:
        return self.count(
            SICHUAN.node,
            "SELECT count(*) FROM casework_case JOIN people_person person ON person.id = person_id"
            " WHERE resident_id = %s",
            sample_person(username).resident_number,
        )

    def events(self, number: str, kind: str) -> int:
        return self.count(
            SICHUAN.node,
            "SELECT count(*) FROM casework_event event JOIN casework_case ON casework_case.id = case_id"
            " WHERE number = %s AND event.kind = %s",
            number,
            kind,
        )

    def attempts(self, number: str) -> int:
        """How often Sichuan's node has tried to deliver the case's question to Chongqing's."""
        return self.count(
            SICHUAN.node,
            "SELECT attempts FROM exchange_outbox WHERE case_ref = %s AND receiver = 'chongqing'",
            number,
        )

    def allow_connections(self, node: str, *, is_allowed: bool) -> None:
        """Shut the node's database to everyone, those connected included, or open it again."""
        name = urlsplit(self.databases[node]).path.lstrip("/")
        with psycopg.connect(_named(self.databases[node], "postgres"), autocommit=True) as server:
            server.execute(
                sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(
                    sql.Identifier(name), sql.Literal(is_allowed)
                )
            )
            if not is_allowed:
                server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
                )

    def questions_asked(self, number: str) -> int:
        """How many questions the case has put on their way, the one to its own side included."""
        return self.count(SICHUAN.node, "SELECT count(*) FROM exchange_outbox WHERE case_ref = %s", number)

    def answers_given(self, number: str) -> int:
        """How often Chongqing's node wrote down that it answered for this case."""
        return self.count(
            CHONGQING.node,
            "SELECT count(*) FROM people_accessrecord WHERE case_ref = %s AND direction = 'out'",
            number,
        )


def node_environment() -> dict[str, str]:
    """The environment of a node's processes and commands: nothing of the tests' own database in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN_VARIABLES)}
    return kept | {"PYTHONPATH": os.pathsep.join(sys.path)}


@contextmanager
def two_running_nodes(home: Path, operator: str, migrated: str) -> Iterator[TwoNodes]:
    """Found a federation in `home` and run it, on the operator's server unless that is empty.

    There the nodes begin with copies of the database `migrated`; on servers of their own they migrate.
    """
    environment = node_environment()
    with ExitStack() as stack:
        databases = {
            side.node: stack.enter_context(_database(home, side.node, operator, migrated)) for side in SIDES
        }
        exact = databases if operator else {}
        federation = found(home, _free_addresses(), exact)
        nodes = {side.node: NodeProcess(federation.config_path(side.node), environment) for side in SIDES}
        for node in nodes.values():
            stack.callback(node.stop)
            node.start()
        for node in nodes.values():
            node.await_ready()
        yield TwoNodes(federation, nodes[SICHUAN.node], nodes[CHONGQING.node], databases)


@contextmanager
def _database(home: Path, node: str, operator: str, migrated: str) -> Iterator[str]:
    """The node's database: in its embedded server, or one on the operator's, dropped afterwards."""
    if not operator:
        yield _named(EmbeddedPostgres(home / node / "pg").url, f"tongban_{node}")
        return
    name = f"tongban_{node}_{home.name}"
    create(operator, name, migrated)
    yield _named(operator, name)
    drop(operator, name)


def _named(url: str, database: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def _free_addresses() -> dict[str, NodeAddress]:
    return {side.node: NodeAddress(*reserved(3)) for side in SIDES}
