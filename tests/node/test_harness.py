"""Each worker gets a migrated PostgreSQL database, and the server is only for tests that ask for it."""

import os
from collections.abc import Callable
from unittest.mock import ANY

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests.conftest import OPERATOR_VARIABLE, SERVER_VARIABLE
from tests.emptying import Emptying
from tests.reach import SAME_SQL, same_sql_as, without_their_like
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


@pytest.mark.django_db
@pytest.mark.parametrize("is_marked", [True, pytest.param(False, marks=SAME_SQL)])
def test_of_two_that_ask_the_same_of_the_server_one_is_marked(
    request: pytest.FixtureRequest, is_marked: bool
) -> None:
    assert (request.node.get_closest_marker("postgres") is not None) is is_marked
    assert Person.objects.count() == 0


def test_who_says_that_another_asks_the_same_is_found_when_that_one_stays_away(
    request: pytest.FixtureRequest,
) -> None:
    def shows() -> None: ...

    def asks() -> None: ...

    def collected(test: Callable[[], None], mark: pytest.MarkDecorator) -> pytest.Function:
        item = pytest.Function.from_parent(request.node.parent, name=test.__name__, callobj=test)
        item.add_marker(mark)
        return item

    shown = collected(shows, same_sql_as(asks))
    assert without_their_like([shown, collected(asks, pytest.mark.postgres)]) == []
    assert without_their_like([shown, collected(asks, SAME_SQL)]) == [shown.nodeid, ANY]
    assert without_their_like([collected(shows, SAME_SQL)]) == [shown.nodeid]


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
