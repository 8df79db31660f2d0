"""A log written as files by the library alone, as a node leaves them."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tongban.protocol.tlog.checkpoints import Checkpoint, cosign, sign_checkpoint
from tongban.protocol.tlog.growing import GrowingTree
from tongban.protocol.tlog.hashing import leaf_hash
from tongban.protocol.tlog.notes import Note
from tongban.protocol.tlog.records import seal
from tongban.protocol.tlog.tiles import Tile, bundles_of, join_entries
from tongban.suites import SigningKey

AT = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)


def leaves(count: int) -> list[bytes]:
    return [seal("access", {"n": n}).leaf.encode() for n in range(count)]


def write_log(
    folder: Path,
    node: str,
    key: SigningKey,
    entries: Sequence[bytes],
    sizes: Sequence[int],
    witnesses: Sequence[tuple[str, SigningKey]] = (),
) -> Note:
    """Write the log anew with a head at each of `sizes`, cosigned by `witnesses`; the newest head."""
    shutil.rmtree(folder, ignore_errors=True)

    def keep(path: str, content: bytes) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)

    def keep_tile(tile: Tile, hashes: bytes) -> None:
        keep(tile.path, hashes)

    tree = GrowingTree(keep_tile)
    heads: list[Note] = []
    for size in sizes:
        tree.extend(map(leaf_hash, entries[tree.size : size]))
        note = sign_checkpoint(Checkpoint(f"tongban/{node}", size, tree.root()), key)
        given = [cosign(note.text, f"tongban/{name}", witness, AT) for name, witness in witnesses]
        heads.append(note.with_signatures(given))
    for tile, hashes in tree.partial_tiles():
        keep_tile(tile, hashes)
    for bundle in bundles_of(tree.size):
        first = bundle.number * 256
        keep(bundle.path, join_entries(entries[first : first + bundle.width]))
    keep("checkpoints/000", join_entries([head.encode() for head in heads]))
    keep("checkpoint", heads[-1].encode())
    return heads[-1]
