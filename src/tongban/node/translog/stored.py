"""Reading the log from the node's database: tiles, entries, the newest checkpoint."""

from tongban.node import statements
from tongban.node.translog.models import LogCheckpoint
from tongban.protocol.tlog.hashing import HASH_BYTES
from tongban.protocol.tlog.tiles import TILE_WIDTH, Bundle, Tile, TileError, join_entries

_TILE = "SELECT hashes FROM translog_logtile WHERE level = %s AND number = %s"
_LEAVES = "SELECT leaf FROM translog_logrecord WHERE index >= %s AND index < %s ORDER BY index"


def read_tile(tile: Tile) -> bytes:
    """The hashes of a tile, as many as its width. Raises TileError when the log does not have them."""
    found = statements.rows(_TILE, [tile.level, tile.number])
    hashes: bytes = found[0][0] if found else b""
    if len(hashes) < tile.width * HASH_BYTES:
        raise TileError(f"the log does not have {tile.path}")
    return hashes[: tile.width * HASH_BYTES]


def read_bundle(bundle: Bundle) -> bytes:
    """An entry bundle. Raises TileError when the log does not have all its entries."""
    start = bundle.number * TILE_WIDTH
    leaves: list[bytes] = [leaf for (leaf,) in statements.rows(_LEAVES, [start, start + bundle.width])]
    if len(leaves) < bundle.width:
        raise TileError(f"the log does not have {bundle.path}")
    return join_entries(leaves)


def newest_checkpoint() -> LogCheckpoint | None:
    """The head of the log; None before the first record."""
    return LogCheckpoint.objects.order_by("-number").first()
