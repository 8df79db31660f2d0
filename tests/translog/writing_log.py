"""What the tests of the log write and read."""

from uuid import uuid4

from tests.protocol.federation_of_two import SICHUAN_KEY
from tongban.node.translog import api
from tongban.node.translog.models import LogRecord
from tongban.node.translog.sequencing import place_waiting
from tongban.node.translog.stored import newest_checkpoint
from tongban.protocol.tlog.checkpoints import Checkpoint, open_checkpoint
from tongban.protocol.tlog.notes import Note

ORIGIN = "tongban/sichuan"


def record(count: int = 1) -> list[LogRecord]:
    """Record so many messages; the rows as they are stored."""
    about = [uuid4() for _ in range(count)]
    for n, one in enumerate(about):
        api.record("message", one, {"n": n})
    stored = {row.about: row for row in LogRecord.objects.filter(about__in=about)}
    return [stored[one] for one in about]


def place() -> int:
    return place_waiting(ORIGIN, SICHUAN_KEY)


def head() -> Checkpoint:
    stored = newest_checkpoint()
    assert stored is not None
    return open_checkpoint(Note.parse(bytes(stored.note)), ORIGIN, [SICHUAN_KEY.verifying_key])
