"""The log's files and addresses show the log in full, at any moment, and nothing of a record."""

from pathlib import Path

import pytest

from tests.translog.writing_log import head, place, record
from tongban.node.translog.models import LogCheckpoint, LogRecord
from tongban.node.translog.publishing import publish, published_head
from tongban.node.translog.serving import shown_at
from tongban.protocol.tlog.growing import GrowingTree
from tongban.protocol.tlog.hashing import leaf_hash
from tongban.protocol.tlog.tiles import Tile, bundles_of, split_entries, tiles_of

pytestmark = pytest.mark.django_db(transaction=True)


def root_of_files(folder: Path, size: int) -> bytes:
    tree = GrowingTree()
    for bundle in bundles_of(size):
        tree.extend(map(leaf_hash, split_entries((folder / bundle.path).read_bytes())))
    return tree.root()


@pytest.mark.parametrize("steps", [(1,), (5, 250, 1, 1, 300), (256, 256), (255, 2), (600, 1)])
def test_the_files_are_those_of_the_specification_after_every_step(
    folder: Path, steps: tuple[int, ...]
) -> None:
    size = 0
    for step in steps:
        record(step)
        place()
        size += step
        assert publish(folder)
        assert published_head(folder) == head()
        assert root_of_files(folder, size) == head().root
        expected = {tile.path for tile in tiles_of(size)} | {bundle.path for bundle in bundles_of(size)}
        found = {str(path.relative_to(folder)) for path in (folder / "tile").rglob("*") if path.is_file()}
        assert found == expected


def test_nothing_new_writes_nothing(folder: Path) -> None:
    record()
    place()
    assert publish(folder)
    assert not publish(folder)


def test_files_that_are_missing_from_the_start_are_written_in_one_step(folder: Path) -> None:
    for _ in range(3):
        record(200)
        place()
    publish(folder)
    assert root_of_files(folder, 600) == head().root
    assert len(split_entries((folder / "checkpoints" / "000").read_bytes())) == 3


def test_more_heads_than_one_bundle_holds_are_all_there(folder: Path) -> None:
    record(1)
    place()
    first = LogCheckpoint.objects.get()
    LogCheckpoint.objects.bulk_create(
        LogCheckpoint(number=n, size=first.size + n, root=first.root, note=first.note) for n in range(1, 600)
    )
    LogCheckpoint.objects.filter(number=599).update(note=b"newest")
    assert [len(split_entries(shown_bytes(f"checkpoints/{n:03d}"))) for n in range(3)] == [256, 256, 88]
    assert shown_at("checkpoints/003") is None


def shown_bytes(path: str) -> bytes:
    found = shown_at(path)
    assert found is not None
    return found.body


def test_what_is_served_is_what_stands_in_the_files(folder: Path) -> None:
    record(300)
    place()
    publish(folder)
    for path in folder.rglob("*"):
        if path.is_file():
            assert shown_bytes(str(path.relative_to(folder))) == path.read_bytes()


def test_any_part_of_a_tile_that_the_log_has_is_served_and_none_that_it_has_not() -> None:
    record(300)
    place()
    assert len(shown_bytes(Tile(0, 1, 17).path)) == 17 * 32
    for path in ("tile/0/001", "tile/0/001.p/45", "tile/entries/001", "tile/0/002", "tile/2/000", "tile", ""):
        assert shown_at(path) is None


def test_tiles_may_be_kept_for_good_and_the_head_may_not() -> None:
    record()
    place()
    caching = {path: found.caching for path in ("checkpoint", "tile/0/000.p/1") if (found := shown_at(path))}
    assert "immutable" in caching["tile/0/000.p/1"]
    assert caching["checkpoint"] == "no-cache"


def test_an_empty_log_shows_nothing(folder: Path) -> None:
    assert shown_at("checkpoint") is None
    assert not publish(folder)


def test_nothing_that_was_recorded_stands_in_the_files(folder: Path) -> None:
    row = record()[0]
    place()
    publish(folder)
    row = LogRecord.objects.get()
    for path in folder.rglob("*"):
        if path.is_file():
            assert bytes(row.salt) not in path.read_bytes()
            assert bytes(row.content) not in path.read_bytes()
