"""A node on either side, a department's table, and the watch that no ID number reaches a log."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from tests.exchange.far_node import FarNode, FarServer
from tests.exchange.own_files import config, publish
from tests.exchange.sides import Row
from tests.protocol.federation_of_two import CHONGQING_KEY, SICHUAN_KEY, SUBJECT, directory
from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.config import this_node
from tongban.node.exchange import api, connectors, identity, outcomes
from tongban.node.exchange.identity import Identity

__all__ = ["config", "publish"]

SCHEMA = "yb_chongqing"


@pytest.fixture(autouse=True)
def _no_id_number_in_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    for when in ("setup", "call"):
        for record in caplog.get_records(when):
            assert SUBJECT not in record.getMessage() + str(record.exc_info or "")


@pytest.fixture(autouse=True)
def _own_handlers_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "_handlers", [])


def _act_as(node: str, key: protocol.SigningKey, monkeypatch: pytest.MonkeyPatch) -> Identity:
    current = Identity(node, key, directory(around=true_now()), b"")
    monkeypatch.setattr(identity, "current", lambda: current)
    return current


@pytest.fixture
def chongqing(monkeypatch: pytest.MonkeyPatch) -> Identity:
    """This process is Chongqing's node."""
    return _act_as("chongqing", CHONGQING_KEY, monkeypatch)


@pytest.fixture
def sichuan(monkeypatch: pytest.MonkeyPatch) -> Identity:
    """This process is Sichuan's node."""
    return _act_as("sichuan", SICHUAN_KEY, monkeypatch)


@pytest.fixture
def told() -> list[api.Outcome]:
    """What the case was told."""
    heard: list[api.Outcome] = []
    outcomes.on_outcome(heard.append)
    return heard


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Declare the connector to the department, with some keys changed."""

    def change(**changes: object) -> None:
        raw = connector_as_declared() | changes
        config = this_node().model_copy(update={"connectors": (raw,)})
        monkeypatch.setattr(connectors, "this_node", lambda: config)

    return change


@pytest.fixture
def department(transactional_db: None, declare: Callable[..., None]) -> Iterator[Callable[..., None]]:
    """The department's table, empty, with its connector; call it to put rows in."""
    declare()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {SCHEMA}")
        cursor.execute(
            f"CREATE TABLE {SCHEMA}.ac20"
            " (aac002 text, aae140 text, aae041 integer, aae042 integer, aaa027 text)"
        )
    yield _fill
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA {SCHEMA} CASCADE")


@pytest.fixture(scope="session")
def far_server(database_server_url: str, migrated_database: str) -> FarServer:
    """Where far nodes have their databases; tests that found one share an xdist group."""
    return FarServer(database_server_url, migrated_database)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory, far_server: FarServer) -> Iterator[FarNode]:
    """Chongqing's node as processes of its own, for tests that only talk to it."""
    node = FarNode(tmp_path_factory.mktemp("gateway"), far_server)
    node.create()
    node.start()
    yield node
    node.drop()


def connector_as_declared() -> dict[str, Any]:
    return {
        "kind": "sql",
        "evidence_type": "contribution-spells",
        "agency": "500000-yb",
        "schema": SCHEMA,
        "table": "ac20",
        "key": "aac002",
        "where": {"aae140": "310"},
        "fields": {
            "place": {"column": "aaa027", "map": {"5000": "500000", "5101": "510100", "9": "999999"}},
            "from": {"column": "aae041", "convert": "month"},
            "to": {"column": "aae042", "convert": "month"},
            "kind": {"value": "actual"},
        },
    }


def _fill(*rows: Row) -> None:
    statement = sql.SQL("INSERT INTO {} VALUES (%s, %s, %s, %s, %s)").format(sql.Identifier(SCHEMA, "ac20"))
    settings = connection.settings_dict
    with psycopg.connect(
        dbname=settings["NAME"],
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        user=settings["USER"] or None,
        password=settings["PASSWORD"] or None,
    ) as database:
        database.cursor().executemany(
            statement, [(row.subject, row.insurance, row.first, row.last, row.pool) for row in rows]
        )
