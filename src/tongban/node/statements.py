"""SQL statements that are gathered and sent to the database in one message, in their order.

Promises: they run in the caller's transaction, and when one fails none of them has happened.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection


@dataclass
class Statements:
    """What one step writes. Values are bound by the driver, never put into the text."""

    _texts: list[str] = field(default_factory=list)
    _values: list[Any] = field(default_factory=list, repr=False)

    def add(self, text: str, values: Sequence[Any]) -> None:
        """Add a statement with a `%s` for each value."""
        self._texts.append(text)
        self._values += values

    def run(self) -> None:
        """Run them, if there are any."""
        if self._texts:
            with connection.cursor() as cursor:
                cursor.execute(";\n".join(self._texts), self._values)

    def send(self) -> int:
        """Run them; the first column of the first row that the first of them returns."""
        with connection.cursor() as cursor:
            cursor.execute(";\n".join(self._texts), self._values)
            (first,) = cursor.fetchone()
        return int(first)
