"""Rows and arrays that are written in PostgreSQL's binary form come back as what they were."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import DataError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.node import arrays, statements
from tongban.node.copying import copied_in, json_cell

pytestmark = pytest.mark.django_db

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
MOMENTS = st.integers(-(2**31), 2**32).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
WHOLE = st.integers(-(2**63), 2**63 - 1)


@given(
    rows=st.lists(
        st.tuples(
            st.uuids(),
            st.none() | TEXTS,
            st.binary(),
            MOMENTS,
            st.integers(-(2**63), 2**63 - 1),
            st.lists(TEXTS),
        ),
        max_size=5,
    )
)
@settings(max_examples=30)
def test_rows_come_back_as_they_were(
    rows: list[tuple[UUID, str | None, bytes, datetime, int, list[str]]],
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE copied"
            " (place serial, a uuid, b text, c bytea, d timestamptz, e bigint, f jsonb) ON COMMIT DROP"
        )
        copied_in("copied", ("a", "b", "c", "d", "e", "f"), [(*row[:5], json_cell(row[5])) for row in rows])
        cursor.execute("SELECT a, b, c, d, e, f::text FROM copied ORDER BY place")
        found = [(*row[:2], bytes(row[2]), *row[3:5]) for row in cursor.fetchall()]
        cursor.execute("DROP TABLE copied")
    assert found == [row[:5] for row in rows]


@given(texts=st.lists(TEXTS), uuids=st.lists(st.uuids()), bytes_=st.lists(st.binary()), at=st.lists(MOMENTS))
@settings(max_examples=30)
def test_arrays_come_back_as_they_were(
    texts: list[str], uuids: list[UUID], bytes_: list[bytes], at: list[datetime]
) -> None:
    asked = "SELECT %s::text[], %s::uuid[], %s::bytea[], %s::timestamptz[]"
    given_arrays = [arrays.texts(texts), arrays.uuids(uuids), arrays.binaries(bytes_), arrays.moments(at)]
    assert statements.rows(asked, given_arrays) == [(texts, uuids, bytes_, at)]


def test_a_zero_byte_is_refused_as_the_databases_error() -> None:
    with pytest.raises(DataError):
        copied_in("translog_logrecord", ("kind",), [("a\0b",)])


def test_rows_of_which_one_cannot_be_made_are_not_stored_and_the_connection_goes_on() -> None:
    def some() -> Iterator[tuple[str, UUID, bytes, bytes, bytes]]:
        for number in range(100):
            yield ("message", UUID(int=number), b"", b"", b"")
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"), transaction.atomic():
        copied_in("translog_logrecord", ("kind", "about", "salt", "content", "leaf"), some())
    assert statements.rows("SELECT count(*) FROM translog_logrecord") == [(0,)]
