"""Two nodes' logs: the one cosigns the other's heads, and finds what does not continue them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection

from tests.protocol.federation_of_two import LOG_KEY, SICHUAN_KEY, with_log_key
from tests.translog.conftest import ActAs
from tests.translog.writing_log import ORIGIN, head, place, record
from tongban.node.clock import true_now
from tongban.node.exchange.identity import Identity
from tongban.node.exchange.transport import Unreachable
from tongban.node.translog import recording
from tongban.node.translog.cosignatures import Witness, peers_of
from tongban.node.translog.halting import Halt
from tongban.node.translog.models import (
    LogCheckpoint,
    LogRecord,
    LogState,
    LogTile,
    WitnessedConflict,
    WitnessedLog,
)
from tongban.node.translog.parties import parties_of
from tongban.node.translog.serving import shown_at
from tongban.node.translog.witness import add_checkpoint
from tongban.protocol import HttpRequest, HttpResponse, NodeEntry
from tongban.protocol.tlog.checkpoints import Checkpoint, cosigned_at, sign_checkpoint
from tongban.protocol.tlog.hashing import EMPTY_ROOT
from tongban.protocol.tlog.notes import Note
from tongban.protocol.tlog.witnessing import AddCheckpoint
from tongban.suites import new_signing_key

pytestmark = pytest.mark.django_db(transaction=True)

CHONGQING = "tongban/chongqing"


@pytest.fixture
def chongqing_answers(act_as: ActAs) -> Callable[[NodeEntry, HttpRequest], HttpResponse]:
    """Chongqing's gateway; both nodes share this database, but not the rows that matter here."""
    witness = act_as("chongqing")
    act_as("sichuan")

    def transport(_peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            reply = add_checkpoint(request.body, witness)
            return HttpResponse(reply.status, (), reply.body)
        found = shown_at(request.path.removeprefix("/log/"))
        return HttpResponse(200, (), found.body) if found else HttpResponse(404, (), b"")

    return transport


Transport = Callable[[NodeEntry, HttpRequest], HttpResponse]


def the_witness(node: Identity) -> Witness:
    return Witness(peers_of(node)[0])


def rolled_back(size: int) -> None:
    """Bring the log's tables back to a copy of `size` records, as restoring a backup does."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE translog_logrecord DISABLE TRIGGER append_only")
        cursor.execute("DELETE FROM translog_logrecord WHERE index >= %s OR index IS NULL", [size])
        cursor.execute("ALTER TABLE translog_logrecord ENABLE TRIGGER append_only")
    LogCheckpoint.objects.filter(size__gt=size).delete()
    for tile in LogTile.objects.all():
        width = (size >> (8 * tile.level)) - tile.number * 256
        LogTile.objects.filter(pk=tile.pk).update(hashes=bytes(tile.hashes)[: max(width, 0) * 32])


def test_a_witness_cosigns_head_after_head(sichuan: Identity, chongqing_answers: Transport) -> None:
    witness = the_witness(sichuan)
    for count in (3, 1, 300):
        record(count)
        place()
        assert witness.ask(sichuan, chongqing_answers)
        stored = LogCheckpoint.objects.get(size=head().size)
        keys = [key.verifying_key for key in peers_of(sichuan)[0].keys]
        assert cosigned_at(Note.parse(bytes(stored.note)), CHONGQING, keys) is not None
    assert WitnessedLog.objects.get().size == 304


def test_once_a_log_has_a_key_of_its_own_the_message_key_signs_no_head(
    sichuan: Identity, act_as: ActAs
) -> None:
    witness = act_as("chongqing")
    witness = replace(witness, directory=with_log_key(witness.directory, around=true_now()))
    checkpoint = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    offered = {
        key: AddCheckpoint(0, (), sign_checkpoint(checkpoint, key)).encode() for key in (SICHUAN_KEY, LOG_KEY)
    }
    assert add_checkpoint(offered[SICHUAN_KEY], witness).status == 403
    assert add_checkpoint(offered[LOG_KEY], witness).status == 200
    assert parties_of("sichuan", witness.directory).keys == (
        SICHUAN_KEY.verifying_key,
        LOG_KEY.verifying_key,
    )


def test_what_is_cosigned_already_is_not_asked_again(sichuan: Identity, chongqing_answers: Transport) -> None:
    record()
    place()
    assert the_witness(sichuan).ask(sichuan, chongqing_answers)
    assert not the_witness(sichuan).ask(sichuan, chongqing_answers)


def test_after_an_absence_one_cosignature_covers_all_heads(
    sichuan: Identity, chongqing_answers: Transport
) -> None:
    def away(_peer: NodeEntry, _request: HttpRequest) -> HttpResponse:
        raise Unreachable

    witness = the_witness(sichuan)
    for _ in range(3):
        record(2)
        place()
        assert not witness.ask(sichuan, away)
    assert the_witness(sichuan).ask(sichuan, chongqing_answers)
    assert WitnessedLog.objects.get().size == 6


def test_a_log_unknown_to_the_directory_is_not_cosigned(act_as: ActAs) -> None:
    for origin in ("tongban/guizhou", "tongban/chongqing", "elsewhere/sichuan", "tongban/sichuan/2"):
        note = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), SICHUAN_KEY)
        assert add_checkpoint(AddCheckpoint(0, (), note).encode(), act_as("chongqing")).status == 404


def test_a_request_that_is_none_is_answered_with_a_sentence(act_as: ActAs) -> None:
    reply = add_checkpoint(b"nonsense", act_as("chongqing"))
    assert (reply.status, reply.content_type) == (400, "text/plain; charset=utf-8")


def test_a_conflict_names_the_size_in_the_form_of_the_specification(
    sichuan: Identity, chongqing_answers: Transport, act_as: ActAs
) -> None:
    record(4)
    place()
    the_witness(sichuan).ask(sichuan, chongqing_answers)
    note = Note.parse(bytes(LogCheckpoint.objects.get().note))
    reply = add_checkpoint(AddCheckpoint(0, (), note).encode(), act_as("chongqing"))
    assert (reply.status, reply.content_type, reply.body) == (409, "text/x.tlog.size", b"4\n")


def test_a_split_view_is_not_cosigned_and_both_heads_are_kept_as_proof(
    sichuan: Identity, chongqing_answers: Transport, act_as: ActAs
) -> None:
    record(4)
    place()
    the_witness(sichuan).ask(sichuan, chongqing_answers)
    other = sign_checkpoint(Checkpoint(ORIGIN, 4, EMPTY_ROOT), SICHUAN_KEY)
    for _ in range(2):
        reply = add_checkpoint(AddCheckpoint(4, (), other).encode(), act_as("chongqing"))
        assert reply.status == 409
    conflict = WitnessedConflict.objects.get()
    assert (conflict.origin, bytes(conflict.offered)) == (ORIGIN, other.encode())
    assert Checkpoint.parse(Note.parse(bytes(conflict.held)).text).root == head().root


def test_a_rolled_back_database_is_found_by_what_the_witness_cosigned(
    sichuan: Identity, chongqing_answers: Transport
) -> None:
    record(3)
    place()
    record(4)
    place()
    the_witness(sichuan).ask(sichuan, chongqing_answers)
    rolled_back(3)
    assert the_witness(sichuan).compare(sichuan, chongqing_answers)
    state = LogState.objects.get()
    assert state.halted == Halt.ROLLED_BACK
    assert "4 records are missing" in state.detail
    with pytest.raises(recording.LogUnavailable):
        record()


def test_a_rollback_is_found_at_the_next_head_even_if_nobody_compared_at_the_start(
    sichuan: Identity, chongqing_answers: Transport
) -> None:
    record(7)
    place()
    the_witness(sichuan).ask(sichuan, chongqing_answers)
    rolled_back(0)
    record(2)
    place()
    assert not the_witness(sichuan).ask(sichuan, chongqing_answers)
    assert LogState.objects.get().halted == Halt.ROLLED_BACK


def test_a_rewritten_record_is_found_at_the_next_head(
    sichuan: Identity, chongqing_answers: Transport
) -> None:
    record(7)
    place()
    the_witness(sichuan).ask(sichuan, chongqing_answers)
    rolled_back(0)
    record(9)
    place()
    assert not the_witness(sichuan).ask(sichuan, chongqing_answers)
    assert LogState.objects.get().halted == Halt.REWRITTEN
    assert WitnessedConflict.objects.get().why


def test_a_witness_that_only_claims_a_larger_log_halts_nothing(
    sichuan: Identity, chongqing_answers: Transport
) -> None:
    def lying(_peer: NodeEntry, request: HttpRequest) -> HttpResponse:
        if request.method == "POST":
            return HttpResponse(409, (), b"1000\n")
        forged = sign_checkpoint(Checkpoint(ORIGIN, 1000, EMPTY_ROOT), new_signing_key("not-the-logs"))
        return HttpResponse(200, (), forged.encode())

    record(3)
    place()
    assert not the_witness(sichuan).ask(sichuan, lying)
    assert not LogState.objects.exclude(halted="").exists()


def test_an_untouched_database_agrees_with_its_witness(
    sichuan: Identity, chongqing_answers: Transport
) -> None:
    record(5)
    place()
    the_witness(sichuan).ask(sichuan, chongqing_answers)
    record(5)
    place()
    assert the_witness(sichuan).compare(sichuan, chongqing_answers)
    assert not LogState.objects.exclude(halted="").exists()
    assert LogRecord.objects.filter(index=None).count() == 0
