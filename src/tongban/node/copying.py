"""Many new rows of a table with PostgreSQL's COPY: one statement, without writing each row as SQL first.

Promises: all rows or none, in the transaction that is open; the database's errors as Django's.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model
from django.db.models.fields import NOT_PROVIDED


def copied_in(rows: Sequence[Model]) -> None:
    """Store new rows of one model. Raises DatabaseError.

    Every column is stored but those that the database fills itself; it does not tell what it has filled in.
    """
    if not rows:
        return
    statement, fields = _copying(type(rows[0]))
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
            )


@cache
def _copying(model: type[Model]) -> tuple[str, tuple["Field[Any, Any]", ...]]:
    known = model._meta
    fields = tuple(
        field
        for field in known.concrete_fields
        if field.db_default is NOT_PROVIDED and not isinstance(field, AutoField)
    )
    columns = ", ".join(f'"{field.column}"' for field in fields)
    return f'COPY "{known.db_table}" ({columns}) FROM STDIN', fields
