"""Verifying a log: an honest one passes; whatever was done to it is found and said."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tongban.protocol.tlog.auditing import Audit, Parties, Seen, audit
from tongban.protocol.tlog.checkpoints import Checkpoint, cosign, sign_checkpoint
from tongban.protocol.tlog.growing import GrowingTree
from tongban.protocol.tlog.hashing import EMPTY_ROOT, leaf_hash
from tongban.protocol.tlog.notes import Note
from tongban.protocol.tlog.tiles import Bundle, Tile, bundles_of, join_entries
from tongban.suites import new_signing_key

ORIGIN, WITNESS = "tongban/sichuan", "tongban/chongqing"
LOG, CHONGQING, STRANGER = new_signing_key("log"), new_signing_key("witness"), new_signing_key("stranger")
PARTIES = Parties(ORIGIN, [LOG.verifying_key], {WITNESS: [CHONGQING.verifying_key]})
AT = datetime(2026, 11, 25, 1, 2, 3, tzinfo=UTC)

Files = dict[str, bytes]


def entries(count: int) -> list[bytes]:
    return [f"entry {n}".encode() for n in range(count)]


def written(content: list[bytes], sizes: list[int]) -> Files:
    """The files of a log that signed a head at each of `sizes`, the last one being all of it."""
    files: Files = {}

    def keep(tile: Tile, hashes: bytes) -> None:
        files[tile.path] = hashes

    tree = GrowingTree(keep)
    heads: list[bytes] = []
    for size in sizes:
        tree.extend(map(leaf_hash, content[tree.size : size]))
        note = sign_checkpoint(Checkpoint(ORIGIN, size, tree.root()), LOG)
        heads.append(note.with_signatures([cosign(note.text, WITNESS, CHONGQING, AT)]).encode())
    for tile, hashes in tree.partial_tiles():
        keep(tile, hashes)
    for bundle in bundles_of(tree.size):
        first = bundle.number * 256
        files[bundle.path] = join_entries(content[first : first + bundle.width])
    files["checkpoints/000"] = join_entries(heads)
    files["checkpoint"] = heads[-1]
    return files


def verify(files: Files, *seen: Seen) -> Audit:
    return audit(files.get, PARTIES, seen)


def codes(files: Files, *seen: Seen) -> set[str]:
    return {finding.code for finding in verify(files, *seen).findings}


def head_of(files: Files) -> Note:
    return Note.parse(files["checkpoint"])


@settings(max_examples=30)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=4))
def test_an_honest_log_passes_whatever_its_size(steps: list[int]) -> None:
    sizes = [sum(steps[: n + 1]) for n in range(len(steps))]
    files = written(entries(sizes[-1]), sizes)
    result = verify(files, Seen("chongqing", head_of(files)))
    assert not result.findings
    assert (result.size, result.heads, result.cosigned) == (sizes[-1], len(sizes), {WITNESS: (sizes[-1], AT)})


def test_heads_at_the_edges_of_tiles_are_all_checked() -> None:
    sizes = [1, 255, 256, 257, 511, 512, 700]
    assert not verify(written(entries(700), sizes)).findings


def test_every_entry_is_told_once_and_in_order() -> None:
    told: list[bytes] = []

    def take(first: int, bundle: Sequence[bytes]) -> None:
        assert first == len(told)
        told.extend(bundle)

    audit(written(entries(600), [600]).get, PARTIES, on_entries=take)
    assert told == entries(600)


def test_an_empty_log_has_nothing_to_find() -> None:
    assert not verify({}).findings
    assert verify({}).size == 0


def rewritten_in_the_bundle(files: Files) -> None:
    files[Bundle(0).path] = files[Bundle(0).path].replace(b"entry 17", b"entry 71")


def rewritten_with_its_tiles(files: Files) -> None:
    content = entries(600)
    content[300] = b"changed"
    files.update({path: body for path, body in written(content, [600]).items() if path.startswith("tile")})


def rewritten_with_a_new_head(files: Files) -> None:
    content = entries(600)
    content[300] = b"changed"
    heads = files["checkpoints/000"]
    files.update(written(content, [600]))
    files["checkpoints/000"] = heads


def tile_of_level_1_changed(files: Files) -> None:
    files[Tile(1, 0, 2).path] = bytes(64)


def tile_removed(files: Files) -> None:
    del files[Tile(0, 1).path]


def bundle_removed(files: Files) -> None:
    del files[Bundle(1).path]


def bundle_cut(files: Files) -> None:
    files[Bundle(2, 88).path] = join_entries(entries(600)[512:580])


def bundle_garbled(files: Files) -> None:
    files[Bundle(1).path] = files[Bundle(1).path][:-1]


def head_by_a_stranger(files: Files) -> None:
    files["checkpoint"] = sign_checkpoint(Checkpoint(ORIGIN, 600, EMPTY_ROOT), STRANGER).encode()


def cosignature_of_another_head(files: Files) -> None:
    note = sign_checkpoint(Checkpoint.parse(head_of(files).text), LOG)
    other = cosign(note.text.replace("600", "500"), WITNESS, CHONGQING, AT)
    files["checkpoint"] = note.with_signatures([other]).encode()


def heads_in_another_order(files: Files) -> None:
    one, two = (
        sign_checkpoint(Checkpoint(ORIGIN, size, GrowingTree().root()), LOG).encode() for size in (200, 100)
    )
    files["checkpoints/000"] = join_entries([one, two, files["checkpoint"]])


def last_head_left_out(files: Files) -> None:
    files["checkpoints/000"] = written(entries(600), [100, 300])["checkpoints/000"]


def every_head_left_out(files: Files) -> None:
    del files["checkpoints/000"]


def newest_head_left_out(files: Files) -> None:
    del files["checkpoint"]


def tile_longer(files: Files) -> None:
    files[Tile(0, 1).path] += bytes(32)


def last_tile_longer(files: Files) -> None:
    files[Tile(0, 2, 88).path] += bytes(32)


def bundle_longer(files: Files) -> None:
    files[Bundle(2, 88).path] += join_entries([b"one more"])


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (rewritten_in_the_bundle, "record-changed"),
        (rewritten_with_its_tiles, "rewritten"),
        (rewritten_with_a_new_head, "rewritten"),
        (tile_of_level_1_changed, "tile-wrong"),
        (tile_removed, "tile-missing"),
        (bundle_removed, "entries-missing"),
        (bundle_cut, "entries-missing"),
        (bundle_garbled, "entries-unreadable"),
        (head_by_a_stranger, "head-unsigned"),
        (cosignature_of_another_head, "cosignature-wrong"),
        (heads_in_another_order, "heads-not-rising"),
        (last_head_left_out, "heads-incomplete"),
        (every_head_left_out, "heads-incomplete"),
        (newest_head_left_out, "heads-incomplete"),
        (tile_longer, "tile-wrong"),
        (last_tile_longer, "tile-wrong"),
        (bundle_longer, "entries-unreadable"),
    ],
)
def test_what_was_done_to_the_log_is_found(tamper: Callable[[Files], None], code: str) -> None:
    files = written(entries(600), [100, 300, 600])
    tamper(files)
    assert code in codes(files)


def test_a_changed_record_is_named() -> None:
    files = written(entries(600), [600])
    rewritten_in_the_bundle(files)
    assert "record 17 was changed" in verify(files).findings[0].sentence


def test_between_which_heads_a_record_was_changed_is_said() -> None:
    files = written(entries(600), [100, 300, 600])
    rewritten_with_its_tiles(files)
    (found,) = verify(files).findings
    assert "between number 300 and number 599" in found.sentence


def test_a_log_that_was_cut_short_with_all_its_heads_is_found_by_its_witness() -> None:
    longer = written(entries(600), [100, 600])
    shorter = written(entries(600), [100])
    assert codes(shorter) == set()
    result = verify(shorter, Seen("the witness chongqing", head_of(longer)))
    assert [finding.code for finding in result.findings] == ["truncated"]
    assert "500 records were cut off" in result.findings[0].sentence


def test_a_log_that_vanished_is_found_by_its_witness() -> None:
    assert codes({}, Seen("the witness chongqing", head_of(written(entries(5), [5])))) == {"truncated"}


def test_a_split_view_is_found_by_its_witness() -> None:
    other = written([b"other", *entries(400)[1:]], [400])
    mine = written(entries(600), [600])
    assert codes(mine, Seen("the witness chongqing", head_of(other))) == {"split-view"}


def test_a_head_that_the_log_did_not_sign_shows_nothing_about_it() -> None:
    forged = sign_checkpoint(Checkpoint(ORIGIN, 900, EMPTY_ROOT), STRANGER)
    assert codes(written(entries(5), [5]), Seen("somebody", forged)) == set()


@settings(max_examples=40)
@given(st.data())
def test_no_changed_byte_of_any_file_goes_unseen(data: st.DataObject) -> None:
    files = written(entries(300), [100, 300])
    path = data.draw(st.sampled_from(sorted(path for path in files if path.startswith("tile"))))
    at = data.draw(st.integers(0, len(files[path]) - 1))
    files[path] = files[path][:at] + bytes([files[path][at] ^ 1]) + files[path][at + 1 :]
    assert codes(files)
