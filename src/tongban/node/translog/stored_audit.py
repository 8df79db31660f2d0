"""Verifying the log in the node's own database, and that the records are what the log committed to.

Whatever a room stores beside its log record is compared by that room: it registers how with `compare_with`.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from tongban.node.config import NodeConfig
from tongban.node.exchange.trust import read_directory
from tongban.node.translog.models import LogRecord
from tongban.node.translog.serving import shown_at
from tongban.node.translog.sources import reader_of
from tongban.node.translog.verifying import Subject, roots_of, subject_of
from tongban.protocol.tlog.auditing import Audit, Seen
from tongban.protocol.tlog.notes import Note, NoteError
from tongban.protocol.tlog.records import Json, Opening, canonical

Recorded = Mapping[str, Any]
"""What a record says, as JSON."""
Stored = Callable[[Sequence[Recorded]], Sequence[Mapping[str, Json] | None]]
"""Gives for each record what is stored now of what it tells of, in the same form; None if it is gone."""

CHUNK = 1000
Item = TypeVar("Item")

Tell = Callable[[Recorded], str]
"""Says of a record what verifying the log tells of it."""

_stored: dict[str, Stored] = {}
_further: list[Callable[[Audit], None]] = []
_tell: dict[str, Tell] = {}


def compare_with(kind: str, stored: Stored, tell: Tell | None = None) -> None:
    """Have records of `kind` compared with what `stored` gives when the database is verified.

    What `tell` says of them is told with the result, in the order of the sentences, each once with a count.
    """
    _stored[kind] = stored
    if tell is not None:
        _tell[kind] = tell


def also_verify(check: Callable[[Audit], None]) -> None:
    """Have `check` look at what a room keeps beside the database, and note what it finds."""
    if check not in _further:
        _further.append(check)


def stored_subject(config: NodeConfig, others: Sequence[NodeConfig]) -> Subject:
    """The log in the database; the log's files and other nodes' files are held against it."""
    directory = read_directory(config).directory
    seen = [*subject_of(config, others).seen, *_files(config)]
    return Subject(config.name, _read, directory, tuple(seen), roots_of(config), check_all)


def check_all(result: Audit) -> None:
    """Check records, and what rooms keep beside the database."""
    check_records(result)
    for check in _further:
        check(result)


def check_records(result: Audit) -> None:
    """Hold every record against its leaf, and what rooms store against the record."""
    placed = LogRecord.objects.exclude(content=b"").order_by("id").iterator(chunk_size=CHUNK)
    sentences: Counter[str] = Counter()
    for chunk in _chunks(placed, CHUNK):
        for row in chunk:
            _check_leaf(row, result)
        for kind, stored in _stored.items():
            if rows := [row for row in chunk if row.kind == kind]:
                _compare(rows, stored, result)
                if kind in _tell:
                    sentences.update(_tell[kind](json.loads(bytes(row.content))) for row in rows)
    result.notes += [f"{count} x {sentence}" for sentence, count in sorted(sentences.items())]


def _check_leaf(row: LogRecord, result: Audit) -> None:
    opening = Opening(row.kind, bytes(row.salt), bytes(row.content))
    if opening.leaf.encode() != bytes(row.leaf):
        result.find("record-changed", f"{_named(row)} was changed in the database: its leaf does not fit it")


def _compare(rows: Sequence[LogRecord], stored: Stored, result: Audit) -> None:
    try:
        found = stored([json.loads(bytes(row.content)) for row in rows])
    except (KeyError, ValueError, TypeError):
        sentence = f"records of kind {rows[0].kind} from {_named(rows[0])} on are not of their form"
        result.find("record-changed", sentence)
        return
    for row, now in zip(rows, found, strict=True):
        if now is None:
            result.find("record-missing", f"{_named(row)} tells of {row.kind} {row.about}, which is gone")
        elif canonical(now) != bytes(row.content):
            result.find(
                "record-changed",
                f"{row.kind} {row.about} was changed in the database since it was recorded ({_named(row)})",
            )


def _named(row: LogRecord) -> str:
    return f"record {row.index}" if row.index is not None else f"the waiting record {row.pk}"


def _read(path: str) -> bytes | None:
    found = shown_at(path)
    return found.body if found else None


def _files(config: NodeConfig) -> Iterator[Seen]:
    """The head that the log's files show, which restoring a backup does not roll back."""
    if not config.log_path.is_dir():
        return
    document = reader_of(str(config.log_path))("checkpoint")
    if document is not None:
        try:
            yield Seen("the folder of the log's files", Note.parse(document))
        except NoteError:
            return


def _chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
