"""Giving records their places: the log's one sequencer, however many processes run it.

Promises: places, tiles and the signed checkpoint are stored in one transaction under the lock of one row,
so that a crash at any step leaves the log as it was; a place once given is never given again.
"""

from collections.abc import Sequence

from django.db import transaction

from tongban.node import arrays, statements
from tongban.node.translog.models import LogCheckpoint, LogState, LogTile
from tongban.node.translog.stored import newest_checkpoint, read_tile
from tongban.protocol.tlog.checkpoints import Checkpoint, sign_checkpoint
from tongban.protocol.tlog.growing import GrowingTree
from tongban.protocol.tlog.hashing import leaf_hash
from tongban.protocol.tlog.tiles import Tile
from tongban.suites import SigningKey

BATCH = 4096
"""Records that get their place in one transaction, at most."""

_WAITING = """
SELECT id, leaf FROM translog_logrecord WHERE index IS NULL ORDER BY id LIMIT %s
"""
_PLACE = """
UPDATE translog_logrecord SET index = %s + placed.nth - 1
  FROM unnest(%s::bigint[]) WITH ORDINALITY AS placed(id, nth)
 WHERE translog_logrecord.id = placed.id
"""


def place_waiting(origin: str, key: SigningKey) -> int:
    """Give places to records that wait, oldest first, and sign the new head; how many were placed.

    Nothing is placed while another process does it, or while the log is halted.
    """
    with transaction.atomic():
        if not _is_ours():
            return 0
        waiting = statements.rows(_WAITING, [BATCH])
        if waiting:
            _append(origin, key, [row_id for row_id, _ in waiting], [leaf for _, leaf in waiting])
    return len(waiting)


def _is_ours() -> bool:
    LogState.objects.get_or_create(id=1)
    state = LogState.objects.select_for_update(skip_locked=True).filter(id=1).first()
    return state is not None and not state.halted


def _append(origin: str, key: SigningKey, ids: Sequence[int], leaves: Sequence[bytes]) -> None:
    head = newest_checkpoint()
    full: dict[tuple[int, int], bytes] = {}

    def keep(tile: Tile, hashes: bytes) -> None:
        full[tile.level, tile.number] = hashes

    first = head.size if head else 0
    tree = GrowingTree.load(first, read_tile, keep)
    tree.extend(map(leaf_hash, leaves))
    for tile, hashes in tree.partial_tiles():
        keep(tile, hashes)
    statements.rows(_PLACE, [first, arrays.wholes(ids)])
    LogTile.objects.bulk_create(
        [LogTile(level=level, number=number, hashes=hashes) for (level, number), hashes in full.items()],
        update_conflicts=True,
        unique_fields=["level", "number"],
        update_fields=["hashes"],
    )
    checkpoint = Checkpoint(origin, tree.size, tree.root())
    LogCheckpoint.objects.create(
        number=head.number + 1 if head else 0,
        size=checkpoint.size,
        root=checkpoint.root,
        note=sign_checkpoint(checkpoint, key).encode(),
    )
