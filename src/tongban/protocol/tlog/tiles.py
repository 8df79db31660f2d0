"""Tiles (C2SP tlog-tiles): where the tree's hashes and entries are found, as addresses and as bytes.

A tile of level L holds up to 256 hashes of perfect subtrees with 256**L entries each; a partial tile is the
beginning of the full one. Promises: an address is read only if it is written in its one form.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tongban.protocol.tlog.hashing import HASH_BYTES, Hash, perfect_root
from tongban.protocol.tlog.subtrees import HashReader, Subtree

TILE_WIDTH = 256
HIGHEST_LEVEL = 63
LONGEST_ENTRY = 0xFFFF
_TILE = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


class TileError(ValueError):
    """An address or a content is not that of a tile; the text says what is expected."""


@dataclass(frozen=True)
class Tile:
    """The place of a hash tile: level, number within it, and how many hashes are meant (256: full)."""

    level: int
    number: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The address under the log's prefix."""
        return f"tile/{self.level}/{numbered_path(self.number, self.width)}"


@dataclass(frozen=True)
class Bundle:
    """The place of an entry bundle: its number and how many entries are meant (256: full)."""

    number: int
    width: int = TILE_WIDTH

    @property
    def path(self) -> str:
        """The address under the log's prefix."""
        return f"tile/entries/{numbered_path(self.number, self.width)}"


def numbered_path(number: int, width: int = TILE_WIDTH) -> str:
    """`number` as path elements of three digits, like x001/x234/067, and `.p/<width>` for a part."""
    digits = f"{number:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def parse_path(path: str) -> Tile | Bundle:
    """The tile or bundle that `path` names; TileError when it names none, or not in the one right form."""
    found = _TILE.fullmatch(path)
    if found is None:
        raise TileError("an address like tile/0/x001/234, tile/1/000.p/17 or tile/entries/000 is expected")
    number = int(found["number"].replace("/", "").replace("x", ""))
    width = int(found["width"] or TILE_WIDTH)
    if found["level"] == "entries":
        place: Tile | Bundle = Bundle(number, width)
    else:
        place = Tile(int(found["level"]), number, width)
    is_partial = found["width"] is not None
    if place.path != path or (is_partial and width >= TILE_WIDTH) or _too_high(place):
        raise TileError("levels go to 63, parts to 255, and no number has more zeroes than it needs")
    return place


def _too_high(place: Tile | Bundle) -> bool:
    return isinstance(place, Tile) and place.level > HIGHEST_LEVEL


def tiles_of(size: int) -> Iterator[Tile]:
    """All hash tiles of a tree of `size` entries, level by level."""
    level, row = 0, size
    while row:
        full, part = divmod(row, TILE_WIDTH)
        yield from (Tile(level, number) for number in range(full))
        if part:
            yield Tile(level, full, part)
        level, row = level + 1, full


def bundles_of(size: int) -> Iterator[Bundle]:
    """All entry bundles of a tree of `size` entries."""
    full, part = divmod(size, TILE_WIDTH)
    yield from (Bundle(number) for number in range(full))
    if part:
        yield Bundle(full, part)


def width_in(level: int, number: int, size: int) -> int:
    """How many hashes (at level 0: entries) tile `number` of `level` has in a tree of `size`; 0 to 256."""
    return min(max((size >> (8 * level)) - number * TILE_WIDTH, 0), TILE_WIDTH)


def join_entries(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length in two bytes; TileError when one is too long."""
    if any(len(entry) > LONGEST_ENTRY for entry in entries):
        raise TileError(f"an entry has at most {LONGEST_ENTRY} bytes")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def split_entries(content: bytes) -> list[bytes]:
    """The entries of a bundle; TileError when it ends within one."""
    entries: list[bytes] = []
    at, length = 0, len(content)
    while at < length:
        end = at + 2 + (content[at] << 8 | content[at + 1]) if at + 1 < length else length + 1
        if end > length:
            raise TileError("the entry bundle ends within an entry")
        entries.append(content[at + 2 : end])
        at = end
    return entries


TileReader = Callable[[Tile], bytes]
"""Gives the hashes of a tile, one after the other; at least as many as its width."""


def reader_of(size: int, read_tile: TileReader) -> HashReader:
    """A reader of perfect subtrees in a tree of `size` entries, by its tiles; each tile is read once."""
    known: dict[tuple[int, int], bytes] = {}

    def tile(level: int, number: int) -> bytes:
        if (level, number) not in known:
            width = width_in(level, number, size)
            content = read_tile(Tile(level, number, width)) if width else b""
            if len(content) < width * HASH_BYTES:
                raise TileError(f"tile {level}/{number} has fewer than {width} hashes")
            known[level, number] = content[: width * HASH_BYTES]
        return known[level, number]

    def read(subtree: Subtree) -> Hash:
        level, height = divmod(subtree.level, 8)
        number, first = divmod(subtree.index << height, TILE_WIDTH)
        content = tile(level, number)
        end = (first + (1 << height)) * HASH_BYTES
        if end > len(content):
            raise TileError(f"a tree of {size} entries has no subtree {subtree.level}/{subtree.index}")
        row = [content[at : at + HASH_BYTES] for at in range(first * HASH_BYTES, end, HASH_BYTES)]
        return perfect_root(row)

    return read
