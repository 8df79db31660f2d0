"""The database harness gives each worker a migrated PostgreSQL database."""

import pytest
from django.db import connection

from tongban.node.people.models import Person


@pytest.mark.django_db
def test_database_is_postgresql_and_migrated() -> None:
    assert connection.vendor == "postgresql"
    assert Person.objects.count() == 0
