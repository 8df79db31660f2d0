"""Each worker gets a migrated PostgreSQL database, and the server is only for tests that ask for it."""

import os

import pytest
from django.core.management import call_command
from django.db import connection

from tests.conftest import OPERATOR_VARIABLE, SERVER_VARIABLE
from tongban.node.people.models import Person


@pytest.mark.django_db
def test_database_is_postgresql_and_migrated() -> None:
    assert connection.vendor == "postgresql"
    assert Person.objects.count() == 0


@pytest.mark.django_db
def test_the_migrations_hold_every_change_of_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_who_does_not_ask_is_not_told_where_the_server_is(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("postgres") is None
    assert SERVER_VARIABLE not in os.environ
    assert OPERATOR_VARIABLE not in os.environ
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        connection.ensure_connection()


def test_who_asks_by_a_fixture_is_marked(request: pytest.FixtureRequest, database_server_url: str) -> None:
    assert request.node.get_closest_marker("postgres") is not None
    assert os.environ[SERVER_VARIABLE] == database_server_url


@pytest.mark.django_db
def test_who_asks_by_a_mark_is_marked(request: pytest.FixtureRequest) -> None:
    assert request.node.get_closest_marker("postgres") is not None
