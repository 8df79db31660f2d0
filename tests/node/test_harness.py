"""Each worker gets a migrated PostgreSQL database, and the server is only for tests that ask for it."""

import os

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests.conftest import OPERATOR_VARIABLE, SERVER_VARIABLE
from tests.emptying import Emptying
from tongban.node.casework import procedures
from tongban.node.casework.models import PublishedProcedure
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


@pytest.mark.django_db(transaction=True)
def test_a_database_is_emptied_of_all_but_what_django_leaves() -> None:
    emptying = Emptying()
    emptying.empty()
    kinds, permissions = ContentType.objects.count(), Permission.objects.count()
    procedures.publish()  # a trigger refuses to delete them
    Person.objects.create(resident_id="11010519491231002X", name="张三")
    emptying.empty()
    assert not PublishedProcedure.objects.exists()
    assert not Person.objects.exists()
    assert (ContentType.objects.count(), Permission.objects.count()) == (kinds, permissions)
    assert kinds
    assert permissions


@pytest.mark.django_db(transaction=True)
def test_what_a_test_took_away_of_that_is_there_again_for_the_next() -> None:
    emptying = Emptying()
    emptying.empty()
    permissions = Permission.objects.count()
    Permission.objects.all().delete()
    emptying.empty()
    assert Permission.objects.count() == permissions > 0
