"""Records get their places once, in one order, under a signed head, whatever fails."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from tests.tlog import naive_tree
from tests.translog.writing_log import ORIGIN, head, place, record
from tongban.node.translog import api, recording, sequencing
from tongban.node.translog.models import LogCheckpoint, LogRecord, LogState
from tongban.node.translog.stored import read_bundle, read_tile
from tongban.protocol.tlog.checkpoints import open_checkpoint
from tongban.protocol.tlog.hashing import Hash, leaf_hash
from tongban.protocol.tlog.notes import Note
from tongban.protocol.tlog.proofs import (
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
)
from tongban.protocol.tlog.records import Opening
from tongban.protocol.tlog.tiles import bundles_of, reader_of, split_entries
from tongban.suites import new_signing_key

pytestmark = pytest.mark.django_db(transaction=True)


def leaves() -> list[bytes]:
    return [bytes(leaf) for leaf in LogRecord.objects.order_by("index").values_list("leaf", flat=True)]


def test_a_record_exists_exactly_when_what_it_records_does() -> None:
    with transaction.atomic():
        record()
        transaction.set_rollback(True)
    assert not LogRecord.objects.exists()


def test_placed_records_stand_under_a_signed_head_with_their_root() -> None:
    record(3)
    assert place() == 3
    assert (head().size, head().root) == (3, naive_tree.root(leaves()))


def test_nothing_new_makes_no_new_head() -> None:
    record()
    place()
    assert place() == 0
    assert LogCheckpoint.objects.count() == 1


def test_the_log_grows_over_tiles_and_each_head_continues_the_one_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sequencing, "BATCH", 100)
    record(530)
    before: tuple[int, Hash] | None = None
    while place():
        now = head()
        if before:
            proof = consistency_proof(before[0], now.size, reader_of(now.size, read_tile))
            check_consistency(before[0], now.size, before[1], now.root, proof)
        before = now.size, now.root
    assert before == (530, naive_tree.root(leaves()))
    assert [e for b in bundles_of(530) for e in split_entries(read_bundle(b))] == leaves()


def test_every_record_can_be_proved_to_be_in_the_log() -> None:
    rows = record(300)
    place()
    read = reader_of(300, read_tile)
    for row in (rows[0], rows[255], rows[256], rows[299]):
        row.refresh_from_db()
        assert row.index is not None
        proof = inclusion_proof(row.index, 300, read)
        check_inclusion(row.index, 300, leaf_hash(bytes(row.leaf)), proof, head().root)


def test_the_opening_that_the_node_keeps_gives_the_leaf() -> None:
    row = record()[0]
    row.refresh_from_db()
    opening = Opening(row.kind, bytes(row.salt), bytes(row.content))
    assert opening.leaf.encode() == bytes(row.leaf)


def test_many_sequencers_give_each_place_once() -> None:
    record(400)
    started = threading.Barrier(4)

    def work() -> None:
        started.wait()
        while LogRecord.objects.filter(index=None).exists():
            place()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(LogRecord.objects.order_by("index").values_list("index", flat=True)) == list(range(400))
    assert head().root == naive_tree.root(leaves())


def test_a_crash_before_the_commit_leaves_the_log_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    record(2)
    place()
    record(2)

    def crash(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(sequencing, "sign_checkpoint", crash)
        with pytest.raises(ZeroDivisionError):
            place()
    assert LogRecord.objects.filter(index=None).count() == 2
    assert place() == 2
    assert head().root == naive_tree.root(leaves())


@pytest.mark.parametrize("change", ["kind = 'x'", "content = ''", "index = 5", "leaf = ''", "index = NULL"])
def test_the_database_refuses_to_change_a_placed_record(change: str) -> None:
    record()
    place()
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute(f"UPDATE translog_logrecord SET {change}")


def test_the_database_refuses_to_remove_a_record_or_change_it_while_it_gets_its_place() -> None:
    record()
    for statement in (
        "DELETE FROM translog_logrecord",
        "UPDATE translog_logrecord SET index = 0, leaf = 'x'",
    ):
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute(statement)


def test_a_halted_log_takes_no_record_and_places_none() -> None:
    record()
    LogState.objects.create(id=1, halted="log-rolled-back")
    recording.look_again()
    with pytest.raises(api.LogUnavailable) as refused:
        record()
    assert refused.value.reason == "log-rolled-back"
    assert place() == 0


def test_records_that_wait_longer_than_a_minute_for_their_place_stop_the_recording() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO translog_logrecord (kind, salt, content, leaf, recorded_at)"
            " VALUES ('access', '', '', 'x', now() - interval '61 seconds')"
        )
    with pytest.raises(api.LogUnavailable) as refused:
        record()
    assert refused.value.reason == "writer-behind"
    place()
    recording.look_again()
    record()


def test_another_key_signs_the_next_head_of_the_same_log() -> None:
    record()
    place()
    record()
    other = new_signing_key("other")
    assert sequencing.place_waiting(ORIGIN, other) == 1
    newest = Note.parse(bytes(LogCheckpoint.objects.get(size=2).note))
    assert open_checkpoint(newest, ORIGIN, [other.verifying_key]).root == naive_tree.root(leaves())


def test_what_is_recorded_is_named_by_its_id() -> None:
    about = uuid4()
    api.record("message", about, {})
    assert LogRecord.objects.get(about=about).kind == "message"
