"""PostgreSQL's own text of an array, for many values in one statement: written at once, not value by value.

Use it as a parameter with a cast, such as `%s::uuid[]`.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

_SPECIAL = str.maketrans({"\\": "\\\\", '"': '\\"'})
_NEEDS_ESCAPE = re.compile(r'[\\"]').search


def uuids(values: Iterable[UUID]) -> str:
    """An array of UUIDs."""
    return "{" + ",".join(map(str, values)) + "}"


def texts(values: Iterable[str]) -> str:
    """An array of texts, whatever stands in them but a zero byte."""
    return "{" + ",".join([f'"{_escaped(value)}"' for value in values]) + "}"


def moments(values: Iterable[datetime]) -> str:
    """An array of times with their zone."""
    return "{" + ",".join([f'"{value.isoformat()}"' for value in values]) + "}"


def binaries(values: Iterable[bytes]) -> str:
    """An array of bytea."""
    return "{" + ",".join([f'"\\\\x{value.hex()}"' for value in values]) + "}"


def _escaped(value: str) -> str:
    return value.translate(_SPECIAL) if _NEEDS_ESCAPE(value) else value
