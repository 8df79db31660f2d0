"""A tree that grows at its right edge: what a log's writer keeps, and what a verifier rebuilds.

Only the partial tile of each level is held, so that memory does not grow with the log.
"""

from collections.abc import Callable, Iterable

from tongban.protocol.tlog.hashing import EMPTY_ROOT, HASH_BYTES, Hash, node_hash, perfect_root, split_hashes
from tongban.protocol.tlog.subtrees import Span, Subtree, perfect_subtrees
from tongban.protocol.tlog.tiles import TILE_WIDTH, Tile, TileReader, width_in

_TILE_BYTES = TILE_WIDTH * HASH_BYTES


class GrowingTree:
    """A tree of `size` entries to which hashes of entries are appended.

    `on_full` is called with each tile that becomes full, lower levels first.
    """

    def __init__(self, on_full: Callable[[Tile, bytes], None] | None = None) -> None:
        self.size = 0
        self._edge: list[bytearray] = [bytearray()]
        self._known: list[dict[Subtree, Hash]] = [{}]
        self._on_full = on_full

    @classmethod
    def load(
        cls, size: int, read_tile: TileReader, on_full: Callable[[Tile, bytes], None] | None = None
    ) -> "GrowingTree":
        """The tree of `size` entries whose tiles `read_tile` gives."""
        tree = cls(on_full)
        tree.size = size
        tree._edge, tree._known = [], []
        level, row = 0, size
        while row or level == 0:
            number = row // TILE_WIDTH
            width = width_in(level, number, size)
            content = read_tile(Tile(level, number, width)) if width else b""
            tree._edge.append(bytearray(content[: width * HASH_BYTES]))
            tree._known.append({})
            level, row = level + 1, number
        return tree

    def append(self, leaf: Hash) -> None:
        """Add the hash of the next entry."""
        self.size += 1
        edge = self._edge[0]
        edge += leaf
        if len(edge) == _TILE_BYTES:
            self._carry(0)

    def extend(self, leaves: Iterable[Hash]) -> None:
        """Add the hashes of the next entries."""
        for leaf in leaves:
            self.append(leaf)

    def root(self) -> Hash:
        """The root of the tree as it is now."""
        root: Hash | None = None
        for level, edge in enumerate(self._edge):
            for subtree in reversed(list(perfect_subtrees(Span(0, len(edge) // HASH_BYTES)))):
                peak = self._peak(level, subtree)
                root = peak if root is None else node_hash(peak, root)
        return EMPTY_ROOT if root is None else root

    def _peak(self, level: int, subtree: Subtree) -> Hash:
        """The root of a subtree in a level's partial tile; each is computed once while the tile grows."""
        if subtree.level == 0:
            at = subtree.index * HASH_BYTES
            return Hash(bytes(self._edge[level][at : at + HASH_BYTES]))
        known = self._known[level]
        if subtree not in known:
            below, left = subtree.level - 1, subtree.index * 2
            left_root, right_root = (self._peak(level, Subtree(below, at)) for at in (left, left + 1))
            known[subtree] = node_hash(left_root, right_root)
        return known[subtree]

    def partial_tiles(self) -> list[tuple[Tile, bytes]]:
        """The tiles at the right edge that are not full, with their hashes."""
        return [
            (Tile(level, self.size >> (8 * level + 8), len(edge) // HASH_BYTES), bytes(edge))
            for level, edge in enumerate(self._edge)
            if edge
        ]

    def _carry(self, level: int) -> None:
        content = bytes(self._edge[level])
        number = (self.size >> (8 * level + 8)) - 1
        if self._on_full is not None:
            self._on_full(Tile(level, number), content)
        self._edge[level].clear()
        self._known[level].clear()
        if level + 1 == len(self._edge):
            self._edge.append(bytearray())
            self._known.append({})
        above = self._edge[level + 1]
        above += perfect_root(split_hashes(content))
        if len(above) == _TILE_BYTES:
            self._carry(level + 1)
