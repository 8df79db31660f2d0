"""The log as files in the node's home, at the addresses under which it is served.

They outlive the database: with them the log is verified while the node stands still, and a database that was
rolled back is found. Promises: what the checkpoint file says is there in full, at any moment.
"""

import contextlib
from pathlib import Path

from tongban.node.translog.models import LogCheckpoint, LogState, WitnessedConflict, WitnessedLog
from tongban.node.translog.serving import heads, stamped_sizes
from tongban.node.translog.stored import newest_checkpoint, read_bundle, read_tile
from tongban.protocol.tlog.checkpoints import Checkpoint
from tongban.protocol.tlog.notes import Note, NoteError
from tongban.protocol.tlog.origins import node_of
from tongban.protocol.tlog.tiles import (
    TILE_WIDTH,
    Bundle,
    Tile,
    join_entries,
    numbered_path,
    width_in,
)


def published_head(folder: Path) -> Checkpoint | None:
    """The head that the files show; None when there is none that can be read."""
    try:
        return Checkpoint.parse(Note.parse((folder / "checkpoint").read_bytes()).text)
    except (OSError, NoteError):
        return None


def publish(folder: Path) -> bool:
    """Bring the files up to the newest checkpoint in the database; whether anything was written.

    Those of a halted log stay as they are: they are what the database is held against and taken back from.
    """
    head = newest_checkpoint()
    if head is None:
        return _publish_witnessed(folder)
    checkpoint = folder / "checkpoint"
    is_new = not checkpoint.is_file() or checkpoint.read_bytes() != bytes(head.note)
    if is_new and LogState.objects.exclude(halted="").exists():
        return _publish_witnessed(folder)
    if is_new:
        shown = published_head(folder)
        before = min(shown.size, head.size) if shown else 0
        if before < head.size:
            _write_tiles(folder, before, head.size)
        _write_heads(folder, head)
        _write(checkpoint, bytes(head.note))
        _remove_parts(folder, before, head.size)
    is_new |= _publish_timestamps(folder)
    is_new |= _publish_witnessed(folder)
    return is_new


def _write_tiles(folder: Path, before: int, size: int) -> None:
    level = 0
    while size >> (8 * level):
        for number in range(before >> (8 * (level + 1)), (size >> (8 * (level + 1))) + 1):
            width = width_in(level, number, size)
            if width:
                tile = Tile(level, number, width)
                _write(folder / tile.path, read_tile(tile))
            if width and level == 0:
                bundle = Bundle(number, width)
                _write(folder / bundle.path, read_bundle(bundle))
        level += 1


def _write_heads(folder: Path, head: LogCheckpoint) -> None:
    """The bundle with the newest head, and those before it that are missing or not full yet."""
    number = head.number // TILE_WIDTH
    while number >= 0:
        path = folder / "checkpoints" / numbered_path(number)
        was_full = path.is_file() and number < head.number // TILE_WIDTH
        _write(path, join_entries(heads(number)))
        if was_full:
            return
        number -= 1


def _remove_parts(folder: Path, before: int, size: int) -> None:
    """Remove the partial tiles of the size before that are none of this size."""
    level = 0
    while before >> (8 * level):
        number = before >> (8 * (level + 1))
        width = width_in(level, number, before)
        if 0 < width != width_in(level, number, size):
            paths = [Tile(level, number, width).path]
            if level == 0:
                paths.append(Bundle(number, width).path)
            for path in map(folder.joinpath, paths):
                path.unlink(missing_ok=True)
                with contextlib.suppress(OSError):
                    path.parent.rmdir()
        level += 1


def _publish_timestamps(folder: Path) -> bool:
    is_new = False
    for size in (
        LogCheckpoint.objects.exclude(timestamp=None).order_by("-number").values_list("size", flat=True)
    ):
        path = folder / "timestamps" / f"{size}.tsr"
        if path.is_file():
            break
        stamp = LogCheckpoint.objects.filter(size=size).values_list("timestamp", flat=True).get()
        _write(path, bytes(stamp or b""))
        is_new = True
    if is_new:
        _write(folder / "timestamps" / "index", stamped_sizes())
    return is_new


def _publish_witnessed(folder: Path) -> bool:
    is_new = False
    for seen in WitnessedLog.objects.filter(size__gt=0):
        path = folder / "witnessed" / (node_of(seen.origin) or "unnamed")
        if not path.is_file() or path.read_bytes() != bytes(seen.note):
            _write(path, bytes(seen.note))
            is_new = True
    for conflict in WitnessedConflict.objects.all():
        path = folder / "conflicts" / (node_of(conflict.origin) or "unnamed") / str(conflict.pk)
        if not path.is_file():
            _write(path, bytes(conflict.offered))
            is_new = True
    return is_new


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
