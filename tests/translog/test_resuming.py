"""After restoring an old backup the log halts; an operator goes on with what the log's files give back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.translog.test_witnessing_nodes import Transport, chongqing_answers, rolled_back, the_witness
from tests.translog.writing_log import head, place, record
from tongban.node.exchange.identity import Identity
from tongban.node.translog import api, recording
from tongban.node.translog.halting import Halt, discrepancy, halt
from tongban.node.translog.models import LogCheckpoint, LogRecord, LogState
from tongban.node.translog.parties import parties_of
from tongban.node.translog.publishing import publish
from tongban.node.translog.resuming import CannotResume, Resumed, resume
from tongban.node.translog.serving import shown_at
from tongban.node.translog.stored_audit import check_records
from tongban.protocol.tlog.auditing import audit
from tongban.protocol.tlog.notes import Note

__all__ = ["chongqing_answers"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def restored(sichuan: Identity, chongqing_answers: Transport, folder: Path) -> Note:
    """A log of 700 records whose database was brought back to 300; what the witness cosigned."""
    for count in (300, 150, 250):
        record(count)
        place()
    the_witness(sichuan).ask(sichuan, chongqing_answers)
    publish(folder)
    witnessed = Note.parse(bytes(LogCheckpoint.objects.get(size=700).note))
    rolled_back(300)
    found = discrepancy(
        Note.parse((folder / "checkpoint").read_bytes()), "the files", "tongban/sichuan",
        [sichuan.key.verifying_key],
    )  # fmt: skip
    assert found is not None
    halt(found)
    return witnessed


def test_the_log_halts_and_nothing_is_recorded(restored: Note) -> None:
    state = LogState.objects.get()
    assert (state.halted, "400 records are missing" in state.detail) == (Halt.ROLLED_BACK, True)
    with pytest.raises(api.LogUnavailable):
        record()


def test_the_files_of_a_halted_log_stay_as_they_are(restored: Note, folder: Path) -> None:
    before = (folder / "checkpoint").read_bytes()
    publish(folder)
    assert (folder / "checkpoint").read_bytes() == before


def test_the_log_goes_on_as_one_with_the_leaves_that_the_database_lacked(
    restored: Note, sichuan: Identity, chongqing_answers: Transport, folder: Path
) -> None:
    assert resume(folder, sichuan, {"chongqing": restored}) == Resumed(size=700, lost=400)
    record(5)
    place()
    assert the_witness(sichuan).ask(sichuan, chongqing_answers)
    assert head().size == 706
    found = audit(_read, parties_of("sichuan", sichuan.directory))
    check_records(found)
    assert found.findings == []
    assert found.heads == 4


def test_what_was_lost_is_itself_recorded(restored: Note, sichuan: Identity, folder: Path) -> None:
    resume(folder, sichuan, {})
    place()
    told = LogRecord.objects.get(kind="restored")
    assert bytes(told.content) == b'{"database_had":300,"log_has":700,"lost":400}'
    assert told.index == 700
    assert LogRecord.objects.filter(content=b"").count() == 400


def test_records_that_waited_when_the_log_halted_get_their_places_after(
    restored: Note, sichuan: Identity, folder: Path
) -> None:
    LogState.objects.update(halted="")
    recording.look_again()
    waiting = record()[0]
    LogState.objects.update(halted=Halt.ROLLED_BACK)
    resume(folder, sichuan, {})
    place()
    waiting.refresh_from_db()
    assert waiting.index is not None
    assert waiting.index >= 700


def _read(path: str) -> bytes | None:
    found = shown_at(path)
    return found.body if found else None


def remove_files(folder: Path) -> None:
    (folder / "checkpoint").unlink()


def change_a_leaf(folder: Path) -> None:
    bundle = folder / "tile" / "entries" / "002.p" / "188"
    content = bytearray(bundle.read_bytes())
    content[70] ^= 1
    bundle.write_bytes(bytes(content))


def cut_a_bundle(folder: Path) -> None:
    bundle = folder / "tile" / "entries" / "001"
    bundle.write_bytes(bundle.read_bytes()[:-1])


@pytest.mark.parametrize("harm", [remove_files, change_a_leaf, cut_a_bundle])
def test_files_that_do_not_lead_to_a_signed_head_are_not_taken(
    restored: Note, sichuan: Identity, folder: Path, harm: Callable[[Path], None]
) -> None:
    harm(folder)
    with pytest.raises(CannotResume):
        resume(folder, sichuan, {})
    assert LogState.objects.get().halted == Halt.ROLLED_BACK
    assert LogRecord.objects.count() == 300


def test_files_older_than_what_a_witness_cosigned_are_not_enough(
    restored: Note, sichuan: Identity, folder: Path, tmp_path: Path
) -> None:
    older = tmp_path / "older"
    publish(older)
    with pytest.raises(CannotResume):
        resume(older, sichuan, {"chongqing": restored})


def test_a_log_that_is_not_halted_has_nothing_to_resume(sichuan: Identity, folder: Path) -> None:
    with pytest.raises(CannotResume):
        resume(folder, sichuan, {})


def test_a_database_that_was_rewritten_is_not_gone_on_with(
    restored: Note, sichuan: Identity, folder: Path
) -> None:
    LogState.objects.update(halted=Halt.REWRITTEN)
    with pytest.raises(CannotResume):
        resume(folder, sichuan, {})
