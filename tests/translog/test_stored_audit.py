"""Verifying the database: a record, or what it tells of, that was changed past all safeguards is found."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

import tongban
from tests.exchange.sides import fresh_question
from tests.translog.conftest import ActAs
from tests.translog.writing_log import place
from tongban.node.exchange.accesses import answered_look
from tongban.node.people.access import store
from tongban.node.translog.parties import parties_of
from tongban.node.translog.serving import shown_at
from tongban.node.translog.stored_audit import check_records
from tongban.protocol.tlog.auditing import Audit, audit

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def without_safeguards(table: str) -> Iterator[Callable[[str], None]]:
    """Run statements as somebody who rules the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor.execute
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def verified(act_as: ActAs) -> Callable[[], Audit]:
    """Three looks that were recorded and placed; call it to verify the database."""
    node = act_as("sichuan")
    accesses = [
        answered_look(fresh_question(case_ref=f"SC-2026-00000{n}"), bytes(32), b"a reply") for n in range(3)
    ]
    for access, n in zip(accesses, range(3), strict=True):
        access.message_id = None
        access.purpose = {"zh": f"目的{n}", "en": f"purpose {n}"}
    store(accesses)
    place()

    def verify() -> Audit:
        def read(path: str) -> bytes | None:
            found = shown_at(path)
            return found.body if found else None

        result = audit(read, parties_of("sichuan", node.directory))
        check_records(result)
        return result

    return verify


def sentences(result: Audit) -> str:
    return "\n".join(found.sentence for found in result.findings)


def test_an_untouched_database_is_in_order(verified: Callable[[], Audit]) -> None:
    assert sentences(verified()) == ""
    assert verified().size == 3


def test_a_changed_access_record_is_found(verified: Callable[[], Audit]) -> None:
    with without_safeguards("people_accessrecord") as run:
        run("UPDATE people_accessrecord SET agency = '500000-yb' WHERE case_ref = 'SC-2026-000001'")
    assert "was changed in the database since it was recorded (record 1)" in sentences(verified())


@pytest.mark.parametrize("digest", ["question_sha256", "reply_sha256"])
def test_a_changed_digest_of_question_or_reply_is_found(verified: Callable[[], Audit], digest: str) -> None:
    with without_safeguards("people_accessrecord") as run:
        run(f"UPDATE people_accessrecord SET {digest} = 'x' WHERE case_ref = 'SC-2026-000001'")
    assert "was changed in the database since it was recorded (record 1)" in sentences(verified())


def test_a_removed_access_record_is_found(verified: Callable[[], Audit]) -> None:
    with without_safeguards("people_accessrecord") as run:
        run("DELETE FROM people_accessrecord WHERE case_ref = 'SC-2026-000001'")
    assert "record 1 tells of access" in sentences(verified())


def test_an_opening_that_was_changed_is_found(verified: Callable[[], Audit]) -> None:
    changed = "convert_to(replace(convert_from(content, 'UTF8'), 'yb', 'xx'), 'UTF8')"
    with without_safeguards("translog_logrecord") as run:
        run(f"UPDATE translog_logrecord SET content = {changed} WHERE index = 2")
    assert "record 2 was changed in the database: its leaf does not fit it" in sentences(verified())


def test_a_record_rewritten_together_with_its_leaf_is_found(verified: Callable[[], Audit]) -> None:
    other = "(SELECT leaf FROM translog_logrecord WHERE index = 0)"
    with without_safeguards("translog_logrecord") as run:
        run(f"UPDATE translog_logrecord SET leaf = {other} WHERE index = 2")
    assert "record 2 was changed: it does not have the hash in" in sentences(verified())


def test_a_removed_log_record_is_found(verified: Callable[[], Audit]) -> None:
    with without_safeguards("translog_logrecord") as run:
        run("DELETE FROM translog_logrecord WHERE index = 2")
    assert "missing" in sentences(verified())


def test_access_records_are_stored_in_one_place_only_together_with_their_log_records() -> None:
    """Whoever adds another way to store one has to record it in the log too."""
    sources = Path(tongban.__file__).parent.rglob("*.py")
    storing = re.compile(
        r"AccessRecord\.objects\.(create|bulk_create|get_or_create|update_or_create)"
        r"|(copied_in\(|INTO |COPY )\W*people_accessrecord"
    )
    found = [source.name for source in sources if storing.search(source.read_text(encoding="utf-8"))]
    assert found == ["access.py"]
