"""Going on after a rollback: the log's files give back the leaves that an old backup lacks.

What those records told is lost with the database; their places and commitments are not, so that the log stays
one. Promises: nothing is taken back in unless it leads to a head that this node signed and to every head that
a witness cosigned; that and how much was lost is itself recorded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.db import transaction

from tongban.node.exchange.identity import Identity
from tongban.node.exchange.transport import Transport, Unreachable
from tongban.node.translog.cosignatures import Witness, peers_of
from tongban.node.translog.halting import Halt
from tongban.node.translog.models import LogCheckpoint, LogRecord, LogState, LogTile
from tongban.node.translog.parties import signing_keys
from tongban.node.translog.recording import look_again, prepare
from tongban.node.translog.stored import newest_checkpoint, read_tile
from tongban.protocol.tlog.checkpoints import Checkpoint, open_checkpoint
from tongban.protocol.tlog.growing import GrowingTree
from tongban.protocol.tlog.hashing import leaf_hash
from tongban.protocol.tlog.notes import Note, NoteError
from tongban.protocol.tlog.origins import origin_of
from tongban.protocol.tlog.records import Leaf, RecordError
from tongban.protocol.tlog.tiles import (
    TILE_WIDTH,
    Bundle,
    Tile,
    TileError,
    numbered_path,
    split_entries,
    width_in,
)

RESTORED = "restored"
"""The kind of the record that says what a restored backup lacked."""


class CannotResume(Exception):
    """The log cannot go on; the text says what is missing and what to do."""


@dataclass(frozen=True)
class Resumed:
    """The log goes on with `size` records; of `lost` of them only the commitments are left."""

    size: int
    lost: int


def resume(folder: Path, node: Identity, witnessed: Mapping[str, Note]) -> Resumed:
    """Take back in what the files in `folder` have and the database lacks, and record again.

    `witnessed` are the heads that witnesses cosigned last, by their names. Raises CannotResume.
    """
    with transaction.atomic():
        state = LogState.objects.select_for_update().filter(id=1).first()
        if state is None or not state.halted:
            raise CannotResume("the log is not halted; nothing has to be done")
        if state.halted != Halt.ROLLED_BACK:
            raise CannotResume(f"{state.detail}; restore a backup that was not changed, then start the node")
        lacking = _Lacking(folder, node)
        lacking.hold_against(witnessed)
        lacking.take_in()
        facts = {"database_had": lacking.before, "log_has": lacking.head.size, "lost": lacking.lost}
        LogRecord.objects.create(**prepare(RESTORED, uuid4(), facts)._asdict())
        state.halted, state.detail, state.halted_at = "", "", None
        state.save()
    look_again()
    return Resumed(lacking.head.size, lacking.lost)


def resume_with_witnesses(
    folder: Path, node: Identity, transport: Transport, without: Sequence[str] = ()
) -> Resumed:
    """The same, asking every witness but those in `without` what it has seen. Raises CannotResume."""
    witnessed: dict[str, Note] = {}
    for peer in peers_of(node):
        if peer.id in without:
            continue
        try:
            note = Witness(peer).seen(node, transport)
        except Unreachable:
            raise CannotResume(
                f"the witness {peer.id} cannot be asked; try again, or name it with --without"
            ) from None
        if note is not None:
            witnessed[peer.id] = note
    return resume(folder, node, witnessed)


class _Lacking:
    """What the files have beyond the database, checked against the head that they show."""

    def __init__(self, folder: Path, node: Identity) -> None:
        self._folder = folder
        self._origin = origin_of(node.me)
        self._keys = signing_keys(node.directory.node(node.me))
        self._tiles: dict[tuple[int, int], bytes] = {}
        newest = newest_checkpoint()
        self.before = newest.size if newest else 0
        self._next_number = newest.number + 1 if newest else 0
        self.head = self._open(self._bytes("checkpoint"))
        if self.head.size <= self.before:
            raise CannotResume(
                f"{folder}: the log's files have {self.head.size} records, no more than the database; "
                "bring the newest files of the log, or restore a newer backup"
            )
        self._entries = self._entries_after(self.before)
        self._heads = self._heads_after(self.before)
        self._roots = self._grow()

    @property
    def lost(self) -> int:
        """How many records the database lacks."""
        return self.head.size - self.before

    def hold_against(self, witnessed: Mapping[str, Note]) -> None:
        """Raise CannotResume unless what a witness cosigned is in the files too."""
        for name, note in witnessed.items():
            seen = self._open(note.encode())
            if seen.size > self.head.size:
                raise CannotResume(
                    f"the witness {name} has this log with {seen.size} records, the files with "
                    f"{self.head.size}; bring the newest files of the log, or restore a newer backup"
                )
            if seen.size > self.before and self._roots.get(seen.size) != seen.root:
                raise CannotResume(f"the witness {name} cosigned another history than the files have")

    def take_in(self) -> None:
        """Store leaves, tiles and heads; the openings stay lost."""
        rows = [
            LogRecord(kind=_kind(entry), about=None, salt=b"", content=b"", leaf=entry, index=index)
            for index, entry in enumerate(self._entries, start=self.before)
        ]
        LogRecord.objects.bulk_create(rows, batch_size=1000)
        LogTile.objects.bulk_create(
            [LogTile(level=level, number=n, hashes=hashes) for (level, n), hashes in self._tiles.items()],
            update_conflicts=True,
            unique_fields=["level", "number"],
            update_fields=["hashes"],
        )
        for number, note in enumerate(self._heads, start=self._next_number):
            head = Checkpoint.parse(note.text)
            LogCheckpoint.objects.create(number=number, size=head.size, root=head.root, note=note.encode())

    def _grow(self) -> dict[int, bytes]:
        """Rebuild the tree; the roots at the sizes of its heads."""

        def keep(tile: Tile, hashes: bytes) -> None:
            self._tiles[tile.level, tile.number] = hashes

        tree = GrowingTree.load(self.before, read_tile, keep)
        wanted = {Checkpoint.parse(note.text).size for note in self._heads}
        roots: dict[int, bytes] = {}
        for entry in self._entries:
            tree.append(leaf_hash(entry))
            if tree.size in wanted:
                roots[tree.size] = tree.root()
        for tile, hashes in tree.partial_tiles():
            keep(tile, hashes)
        if roots.get(self.head.size) != self.head.root:
            raise CannotResume(
                "the log's files do not continue the records that the database has; "
                "restore the backup again without starting the node in between"
            )
        return roots

    def _entries_after(self, size: int) -> list[bytes]:
        entries: list[bytes] = []
        for number in range(size // TILE_WIDTH, -(-self.head.size // TILE_WIDTH)):
            bundle = Bundle(number, width_in(0, number, self.head.size))
            try:
                entries += split_entries(self._bytes(bundle.path))
            except TileError as error:
                raise CannotResume(f"{self._folder / bundle.path}: {error}") from None
        return entries[size % TILE_WIDTH : size % TILE_WIDTH + self.head.size - size]

    def _heads_after(self, size: int) -> Sequence[Note]:
        notes: list[Note] = []
        number = self._next_number // TILE_WIDTH
        while (path := self._folder / "checkpoints" / numbered_path(number)).is_file():
            notes += [Note.parse(document) for document in split_entries(path.read_bytes())]
            number += 1
        later = [note for note in notes if size < self._open(note.encode()).size <= self.head.size]
        if not later or self._open(later[-1].encode()) != self.head:
            later.append(Note.parse(self._bytes("checkpoint")))
        return later

    def _bytes(self, path: str) -> bytes:
        try:
            return (self._folder / path).read_bytes()
        except OSError as error:
            raise CannotResume(
                f"{self._folder / path}: cannot be read ({error.strerror}); "
                "without the log's files only a newer backup helps"
            ) from None

    def _open(self, document: bytes) -> Checkpoint:
        try:
            return open_checkpoint(Note.parse(document), self._origin, self._keys)
        except NoteError as error:
            raise CannotResume(f"a head of the log is not usable: {error}") from None


def _kind(entry: bytes) -> str:
    try:
        return Leaf.parse(entry).kind
    except RecordError:
        return "unknown"
