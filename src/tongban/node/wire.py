"""PostgreSQL's binary form of values, as COPY and arrays take them: cheaper than its text on both sides.

Promises: a time keeps its microsecond; a text with a zero byte is the database's own error, here already.
"""

from datetime import UTC, datetime, timedelta
from struct import Struct
from uuid import UUID

from django.db import DataError

LENGTH = Struct(">i").pack
"""The length that stands before a value."""

SIXTEEN = LENGTH(16)
"""The length that stands before a UUID."""

_EIGHT = LENGTH(8)
_WHOLE = Struct(">q").pack
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def text(value: str) -> bytes:
    """A text with its length. Raises DataError where it holds a zero byte."""
    written = value.encode()
    if b"\0" in written:
        raise DataError("a text with a zero byte cannot be stored")
    return LENGTH(len(written)) + written


def binary(value: bytes) -> bytes:
    """A bytea with its length; also whatever is in its binary form already."""
    return LENGTH(len(value)) + value


def whole(value: int) -> bytes:
    """A bigint with its length."""
    return _EIGHT + _WHOLE(value)


def uuid(value: UUID) -> bytes:
    """A UUID with its length."""
    return SIXTEEN + value.bytes


def moment(value: datetime) -> bytes:
    """A time with its zone, and its length."""
    return _EIGHT + _WHOLE((value - _EPOCH) // _MICROSECOND)
