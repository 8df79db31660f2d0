"""Reading the log from the node's database: tiles, entries, the newest checkpoint."""

from tongban.node.translog.models import LogCheckpoint, LogRecord, LogTile
from tongban.protocol.tlog.hashing import HASH_BYTES
from tongban.protocol.tlog.tiles import TILE_WIDTH, Bundle, Tile, TileError, join_entries


def read_tile(tile: Tile) -> bytes:
    """The hashes of a tile, as many as its width. Raises TileError when the log does not have them."""
    found = LogTile.objects.filter(level=tile.level, number=tile.number).values_list("hashes", flat=True)
    hashes = bytes(found.first() or b"")
    if len(hashes) < tile.width * HASH_BYTES:
        raise TileError(f"the log does not have {tile.path}")
    return hashes[: tile.width * HASH_BYTES]


def read_bundle(bundle: Bundle) -> bytes:
    """An entry bundle. Raises TileError when the log does not have all its entries."""
    start = bundle.number * TILE_WIDTH
    placed = LogRecord.objects.filter(index__gte=start, index__lt=start + bundle.width)
    leaves = [bytes(leaf) for leaf in placed.order_by("index").values_list("leaf", flat=True)]
    if len(leaves) < bundle.width:
        raise TileError(f"the log does not have {bundle.path}")
    return join_entries(leaves)


def newest_checkpoint() -> LogCheckpoint | None:
    """The head of the log; None before the first record."""
    return LogCheckpoint.objects.order_by("-number").first()
