"""Tiles: the addresses of C2SP tlog-tiles, and a growing tree against the naive one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog import naive_tree
from tongban.protocol.tlog.growing import GrowingTree
from tongban.protocol.tlog.hashing import EMPTY_ROOT, leaf_hash, perfect_root
from tongban.protocol.tlog.proofs import (
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
)
from tongban.protocol.tlog.tiles import (
    Bundle,
    Tile,
    TileError,
    bundles_of,
    join_entries,
    parse_path,
    reader_of,
    split_entries,
    tiles_of,
    width_in,
)


class Store:
    """A grown tree with all its tiles, as a writer leaves them."""

    def __init__(self, entries: list[bytes]) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.tree = GrowingTree(self.keep)
        self.tree.extend(map(leaf_hash, entries))
        for tile, content in self.tree.partial_tiles():
            self.keep(tile, content)

    def keep(self, tile: Tile, content: bytes) -> None:
        self.tiles[tile.level, tile.number] = content

    def read(self, tile: Tile) -> bytes:
        return self.tiles[tile.level, tile.number]


def entries(count: int) -> list[bytes]:
    return [str(i).encode() for i in range(count)]


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (Tile(0, 1234067), "tile/0/x001/x234/067"),
        (Tile(63, 0), "tile/63/000"),
        (Tile(1, 1, 17), "tile/1/001.p/17"),
        (Bundle(999), "tile/entries/999"),
        (Bundle(1000, 255), "tile/entries/x001/000.p/255"),
    ],
)
def test_a_place_has_one_address_that_leads_back_to_it(place: Tile | Bundle, path: str) -> None:
    assert place.path == path
    assert parse_path(path) == place


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/4/0/001",
        "tile/64/000",
        "tile/00/000",
        "tile/-1/000",
        "tile/0/1",
        "tile/0/x000/001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/001/234",
        "tile/data/000",
        "tile/0/000/",
        "../tile/0/000",
        "tile/0/000\n",
    ],
)
def test_any_other_address_is_refused(path: str) -> None:
    with pytest.raises(TileError):
        parse_path(path)


def test_a_tree_of_70000_has_the_tiles_that_the_specification_names() -> None:
    tiles = list(tiles_of(70_000))
    assert [sum(1 for t in tiles if t.level == level and t.width == 256) for level in range(3)] == [273, 1, 0]
    assert [t.width for t in tiles if t.width < 256] == [112, 17, 1]


def test_a_tree_of_256_has_a_full_tile_and_one_of_width_one_above_it() -> None:
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(bundles_of(256)) == [Bundle(0)]
    assert list(bundles_of(257)) == [Bundle(0), Bundle(1, 1)]


def test_the_width_of_a_tile_follows_from_the_size_of_the_tree() -> None:
    assert [width_in(0, 273, 70_000), width_in(0, 272, 70_000), width_in(0, 274, 70_000)] == [112, 256, 0]


@given(st.lists(st.binary(max_size=300), max_size=20))
def test_a_bundle_gives_back_its_entries(content: list[bytes]) -> None:
    assert split_entries(join_entries(content)) == content


@pytest.mark.parametrize("content", [b"\x00", b"\x00\x05abc", b"\x00\x01a\x00"])
def test_a_bundle_that_ends_within_an_entry_is_refused(content: bytes) -> None:
    with pytest.raises(TileError):
        split_entries(content)


def test_an_entry_too_long_for_a_bundle_is_refused() -> None:
    with pytest.raises(TileError):
        join_entries([b"x" * 65_536])


@given(st.integers(0, 600))
def test_a_growing_tree_has_the_root_of_the_naive_one(count: int) -> None:
    assert Store(entries(count)).tree.root() == naive_tree.root(entries(count))


@given(st.integers(0, 1200), st.integers(0, 300))
def test_a_tree_loaded_from_its_tiles_goes_on_as_if_it_had_never_stopped(before: int, added: int) -> None:
    stored = Store(entries(before))
    loaded = GrowingTree.load(before, stored.read, stored.keep)
    assert loaded.root() == stored.tree.root()
    loaded.extend(map(leaf_hash, entries(before + added)[before:]))
    assert loaded.root() == Store(entries(before + added)).tree.root()


@given(st.integers(1, 1200), st.data())
def test_proofs_made_from_tiles_hold(new: int, data: st.DataObject) -> None:
    store = Store(entries(new))
    old = data.draw(st.integers(1, new))
    index = data.draw(st.integers(0, new - 1))
    read = reader_of(new, store.read)
    old_root = Store(entries(old)).tree.root()
    check_consistency(old, new, old_root, store.tree.root(), consistency_proof(old, new, read))
    leaf = leaf_hash(entries(new)[index])
    check_inclusion(index, new, leaf, inclusion_proof(index, new, read), store.tree.root())


def test_tiles_above_are_made_of_full_tiles_only() -> None:
    store = Store(entries(256 * 256 + 3))
    assert sorted(store.tiles) == sorted((tile.level, tile.number) for tile in tiles_of(256 * 256 + 3))
    for tile in tiles_of(256 * 256 + 3):
        assert len(store.tiles[tile.level, tile.number]) == tile.width * 32
    full = store.tiles[0, 7]
    assert store.tiles[1, 0][7 * 32 : 8 * 32] == perfect_root([full[i : i + 32] for i in range(0, 8192, 32)])


def test_a_tile_shorter_than_its_tree_needs_is_refused() -> None:
    store = Store(entries(300))
    store.tiles[0, 1] = store.tiles[0, 1][:-32]
    with pytest.raises(TileError):
        inclusion_proof(299, 300, reader_of(300, store.read))


def test_an_empty_tree_has_the_empty_root() -> None:
    assert GrowingTree().root() == EMPTY_ROOT
    assert GrowingTree.load(0, Store([]).read).root() == EMPTY_ROOT
