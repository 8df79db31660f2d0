"""A log of many records as files, with a signed head every thousand records, as a node leaves it."""

from hashlib import sha256
from pathlib import Path

from tongban.protocol.tlog.auditing import Parties
from tongban.protocol.tlog.checkpoints import Checkpoint, sign_checkpoint
from tongban.protocol.tlog.growing import GrowingTree
from tongban.protocol.tlog.hashing import leaf_hash
from tongban.protocol.tlog.records import Leaf
from tongban.protocol.tlog.tiles import TILE_WIDTH, Bundle, Tile, join_entries, numbered_path
from tongban.suites import new_signing_key

ORIGIN = "tongban/bench"
HEAD_EVERY = 1000
_KEY = new_signing_key("bench")
PARTIES = Parties(ORIGIN, [_KEY.verifying_key])


def write(folder: Path, records: int) -> None:
    """Write the log's files."""

    def keep(path: str, content: bytes) -> None:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)

    def keep_tile(tile: Tile, hashes: bytes) -> None:
        keep(tile.path, hashes)

    tree = GrowingTree(keep_tile)
    entries: list[bytes] = []
    heads: list[bytes] = []
    for number in range(records):
        entry = Leaf("access", sha256(number.to_bytes(8, "big")).digest()).encode()
        entries.append(entry)
        tree.append(leaf_hash(entry))
        if len(entries) == TILE_WIDTH:
            keep(Bundle(number // TILE_WIDTH).path, join_entries(entries))
            entries.clear()
        if tree.size % HEAD_EVERY == 0 or tree.size == records:
            heads.append(sign_checkpoint(Checkpoint(ORIGIN, tree.size, tree.root()), _KEY).encode())
    if entries:
        keep(Bundle(records // TILE_WIDTH, len(entries)).path, join_entries(entries))
    for tile, hashes in tree.partial_tiles():
        keep_tile(tile, hashes)
    for first in range(0, len(heads), TILE_WIDTH):
        path = f"checkpoints/{numbered_path(first // TILE_WIDTH)}"
        keep(path, join_entries(heads[first : first + TILE_WIDTH]))
    keep("checkpoint", heads[-1])
