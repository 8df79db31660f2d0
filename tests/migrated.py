"""The tests' databases are copies of one on the same server that was migrated once, which is seconds of work.

Promises: it is migrated as a node's is, by the first process that asks, and dropped by the one that opened
the folder of the tests. Nodes that run on servers of their own, and commands that migrate, still do so.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection
from psycopg import sql
from pytest_django import DjangoDbBlocker

from tests.conftest import HOME_VARIABLE, OPERATOR_VARIABLE, SERVER_VARIABLE


@pytest.fixture(scope="session")
def migrated_database(database_server_url: str, django_db_blocker: DjangoDbBlocker) -> str:
    """The name of the database to copy: nothing is connected to it."""
    home = Path(os.environ[HOME_VARIABLE])
    name = f"{home.name}-migrated"
    with (home / "migrated").open("a+") as done:
        fcntl.flock(done, fcntl.LOCK_EX)
        done.seek(0)
        if not done.read():
            create(database_server_url, name, "template0")
            with django_db_blocker.unblock(), _connected_to(name):
                call_command("migrate", interactive=False, verbosity=0)
            done.write(name)
    return name


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    own = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own


def create(server: str, name: str, template: str) -> None:
    """Create a database on the server as a copy of another."""
    create_it = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8'")
    with psycopg.connect(server, autocommit=True) as connected:
        connected.execute(create_it.format(sql.Identifier(name), sql.Identifier(template)))


def drop(server: str, name: str) -> None:
    """Drop a database on the server, whoever is connected to it."""
    with psycopg.connect(server, autocommit=True) as connected:
        connected.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """What pytest-django finds, its fixtures neither make nor drop: `copied_database` does."""
    return True


@pytest.fixture(scope="session")
def copied_database(
    database_server_url: str, migrated_database: str, django_db_modify_db_settings: None
) -> Iterator[None]:
    """This worker's database, under the name by which pytest-django looks for it."""
    own = connection.settings_dict
    name = own["TEST"]["NAME"] or f"test_{own['NAME']}"
    create(database_server_url, name, migrated_database)
    yield
    drop(database_server_url, name)


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure() -> None:
    """On a server that lives on, the process that the workers serve drops it when all have ended."""
    made = Path(os.environ[HOME_VARIABLE]) / "migrated"
    is_worker = bool(os.environ.get("PYTEST_XDIST_WORKER"))
    if os.environ[OPERATOR_VARIABLE] and not is_worker and made.is_file() and (name := made.read_text()):
        drop(os.environ[SERVER_VARIABLE], name)
