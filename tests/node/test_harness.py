"""The database harness gives each worker a migrated PostgreSQL database."""

import pytest
from django.core.management import call_command
from django.db import connection

from tongban.node.people.models import Person


@pytest.mark.django_db
def test_database_is_postgresql_and_migrated() -> None:
    assert connection.vendor == "postgresql"
    assert Person.objects.count() == 0


@pytest.mark.django_db
def test_the_migrations_hold_every_change_of_the_models() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
