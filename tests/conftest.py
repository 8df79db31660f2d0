"""The database harness: one PostgreSQL server for the whole run, one database a worker.

TONGBAN_DATABASE_URL names an operator's server; without it an embedded one is started in a temporary folder
by the first process and shared with the workers of `pytest -n`.
"""

import gc
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import pytest
from benchmarks.frame.folders import temporary
from django.db import connection
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from tongban.node import starting
from tongban.node.database import Address
from tongban.node.embedded_postgres import EmbeddedPostgres

HOME_VARIABLE = "TONGBAN_TEST_HOME"
SERVER_VARIABLE = "TONGBAN_DATABASE_URL"
OPERATOR_VARIABLE = "TONGBAN_TEST_OPERATOR_SERVER"
LONGEST_NAME = 40

hypothesis_settings.register_profile("no-clock", hypothesis_settings.default, deadline=None)
hypothesis_settings.load_profile("no-clock")
"""How long an example takes tells of the machine, not of the code."""

pytest_plugins = ["tests.quickness", "tests.reach", "tests.emptying", "tests.migrated"]


def _write_node(home: Path, server_url: str) -> Path:
    parts = urlsplit(server_url)
    database = urlunsplit(parts._replace(path=f"/tongban_{os.getpid()}"))
    (home / "secret").write_text(secrets.token_hex(32), encoding="utf-8")
    config = home / "node.toml"
    config.write_text(
        f"""
name = "sichuan"
jurisdiction = "510000"
title = {{ zh = "四川", en = "Sichuan" }}
case_prefix = "SC"
pages_url = "http://testserver"
gateway_url = "http://gateway.test"
pages_port = 18510
gateway_port = 18511
place = "510100"
directory_path = "directory.json"
federation_key_path = "federation.json"
key_path = "node.pem"
secret_path = "secret"
officers_second_factor = "optional"
wallet_attestation = "accepted"
database = "{database}"
""",
        encoding="utf-8",
    )
    return config


_until_the_end = ExitStack()


def _open_home() -> EmbeddedPostgres | None:
    if os.environ.get(HOME_VARIABLE):
        return None
    home = _until_the_end.enter_context(temporary("tests"))
    os.environ[HOME_VARIABLE] = str(home)
    server = EmbeddedPostgres(home / "pg", is_durable=False)
    os.environ[OPERATOR_VARIABLE] = os.environ.get(SERVER_VARIABLE, "")
    if not os.environ.get(SERVER_VARIABLE):
        server.start()
        os.environ[SERVER_VARIABLE] = server.url
    os.environ["TONGBAN_NODE_CONFIG"] = str(_write_node(home, os.environ[SERVER_VARIABLE]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tongban.node.settings"
    return server


_server = _open_home()
django.setup()


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Long values do not stand in a test's name: signatures among them differ from worker to worker."""
    return argname if isinstance(val, str | bytes) and len(val) > LONGEST_NAME else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Groups of tests share what is slow to start, so a pytest that knows no groups is refused."""
    if not os.environ.get("PYTEST_XDIST_WORKER") or config.getoption("dist") != "loadgroup":
        return
    scattered = [
        item.nodeid for item in items if item.get_closest_marker("xdist_group") and "@" not in item.nodeid
    ]
    if scattered:
        raise pytest.UsageError(f"these pytest and pytest-xdist ignore xdist_group: {scattered[0]}")


def pytest_unconfigure() -> None:
    """The process that opened the temporary folder closes it."""
    if _server is not None:
        _server.stop()
    _until_the_end.close()


@pytest.fixture(scope="session")
def django_db_setup(copied_database: None, django_db_setup: None) -> Iterator[None]:
    """The tests' database, which nothing may be connected to when it is dropped."""
    yield
    from tongban.node.exchange import department_sql

    gc.collect()  # a connection in a cycle is open until then
    department_sql.close_connections()


@pytest.fixture(autouse=True)
def _quick_password_hashes(settings: Settings) -> None:
    """Accounts are made by the hundred here; how hard their hashes are is Django's to test."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _own_node(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command under test makes its process part of the node that it names, until the test ends."""
    monkeypatch.setenv("TONGBAN_NODE_CONFIG", os.environ["TONGBAN_NODE_CONFIG"])


@pytest.fixture
def commands_run_here(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command's node is this process, and its database the tests'."""
    server = Address.parse(os.environ[SERVER_VARIABLE])
    tests = server.named(str(connection.settings_dict["NAME"]))
    monkeypatch.setattr(starting, "open_database", lambda _: tests)
