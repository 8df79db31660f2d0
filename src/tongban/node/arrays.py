"""Arrays in PostgreSQL's binary form, for many values in one statement: written at once, not value by value.

Use one as a parameter of `statements.rows` with a cast, such as `%s::uuid[]`.
"""

from collections.abc import Iterable
from datetime import datetime
from struct import Struct
from uuid import UUID

from tongban.node import wire

_HEAD = Struct(">iiIii").pack
_BYTEA, _BIGINT, _TEXT, _TIMESTAMPTZ, _UUID, _JSONB = 17, 20, 25, 1184, 2950, 3802
"""What PostgreSQL numbers the types; these never change."""


def wholes(values: Iterable[int]) -> bytes:
    """An array of bigint."""
    return _array(_BIGINT, [wire.whole(value) for value in values])


def uuids(values: Iterable[UUID]) -> bytes:
    """An array of UUIDs."""
    return _array(_UUID, [wire.SIXTEEN + value.int.to_bytes(16) for value in values])


def texts(values: Iterable[str]) -> bytes:
    """An array of texts, many of which may be the same. Raises DataError where one holds a zero byte."""
    known: dict[str, bytes] = {}
    return _array(_TEXT, [known.get(value) or known.setdefault(value, wire.text(value)) for value in values])


def moments(values: Iterable[datetime]) -> bytes:
    """An array of times with their zone."""
    return _array(_TIMESTAMPTZ, [wire.moment(value) for value in values])


def binaries(values: Iterable[bytes]) -> bytes:
    """An array of bytea."""
    return _array(_BYTEA, [wire.LENGTH(len(value)) + value for value in values])


def jsons(values: Iterable[bytes]) -> bytes:
    """An array of JSON (jsonb), each value as `copying.json_cell` writes it."""
    return _array(_JSONB, [wire.binary(value) for value in values])


def _array(kind: int, items: list[bytes]) -> bytes:
    if not items:
        return bytes(8) + kind.to_bytes(4)
    return _HEAD(1, 0, kind, len(items), 1) + b"".join(items)
