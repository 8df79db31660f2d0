"""Case numbers (办件编号): SC-2026-0001832, one sequence a node.

Promises: never the same twice, also when a transaction is rolled back; gaps are normal.
"""

from datetime import date

from django.db import connection

SEQUENCE = "casework_case_number"


def next_number(prefix: str, day: date) -> str:
    """A new case number for the node's prefix and the year of `day`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s)", [SEQUENCE])
        (count,) = cursor.fetchone()
    return f"{prefix}-{day.year}-{count:07d}"
