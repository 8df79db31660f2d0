"""Verifying a whole log offline: its entries, tiles, heads and cosignatures, and what others saw of it.

Every entry is hashed once, in order, and no more than the right edge of the tree is held. Promises: whatever
does not fit is a finding with a plain sentence; nothing raises but what `read` raises.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from tongban.protocol.tlog.checkpoints import Checkpoint, cosigned_at, open_checkpoint
from tongban.protocol.tlog.growing import GrowingTree
from tongban.protocol.tlog.hashing import HASH_BYTES, leaf_hash
from tongban.protocol.tlog.notes import Note, NoteError
from tongban.protocol.tlog.stamping import StampError
from tongban.protocol.tlog.tiles import (
    TILE_WIDTH,
    Bundle,
    Tile,
    TileError,
    bundles_of,
    numbered_path,
    split_entries,
)
from tongban.suites import VerifyingKey

Read = Callable[[str], bytes | None]
"""Gives what stands at an address under the log's prefix; None when nothing does."""


CheckStamp = Callable[[str, bytes], datetime]
"""When a timestamp says that a head's text was there; raises StampError when it does not count."""


@dataclass(frozen=True)
class Finding:
    """Something that does not fit: a stable code and a sentence."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Seen:
    """A head of the log that somebody else has, and who that is in words."""

    by: str
    note: Note


@dataclass(frozen=True)
class Parties:
    """Whose log it is, with all keys that the directory lists, and the witnesses with theirs."""

    origin: str
    keys: Sequence[VerifyingKey]
    witnesses: Mapping[str, Sequence[VerifyingKey]] = field(default_factory=dict)


@dataclass
class Audit:
    """What was verified, and what was found; `notes` tell what records say that is no fault."""

    size: int = 0
    heads: int = 0
    cosigned: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    stamped: tuple[int, datetime] | None = None
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def find(self, code: str, sentence: str) -> None:
        """Note a finding."""
        self.findings.append(Finding(code, sentence))


def audit(
    read: Read,
    parties: Parties,
    seen: Sequence[Seen] = (),
    on_entries: Callable[[int, Sequence[bytes]], None] | None = None,
    check_stamp: CheckStamp | None = None,
) -> Audit:
    """Verify the log that `read` gives.

    `on_entries` is called with each bundle of entries in order, `check_stamp` with each head's text and the
    timestamp that the log shows for it; without it timestamps are left aside.
    """
    result = Audit()
    head = _newest(read, parties, result)
    heads = list(_heads(read, parties, result))
    if check_stamp is not None:
        _check_stamps(read, {one.size: one for one in heads}, check_stamp, result)
    if head is not None:
        _check_history(head, heads, result)
    elif heads and read("checkpoint") is None:
        result.find("heads-incomplete", f"the newest head is missing; the list of all heads has {len(heads)}")
    others = [(one, checkpoint) for one in seen if (checkpoint := _opened(one, parties)) is not None]
    size = head.size if head else 0
    for one, checkpoint in others:
        if checkpoint.size > size:
            result.find("truncated", _cut_short(one.by, checkpoint.size, size))
    if head is None:
        return result
    result.size, result.heads = size, len(heads)
    claims = [*heads, head, *(checkpoint for _, checkpoint in others if checkpoint.size <= size)]
    roots = _walk(read, size, {claim.size for claim in claims}, result, on_entries)
    _check_roots(head, heads, others, roots, result)
    return result


def _cut_short(by: str, theirs: int, ours: int) -> str:
    return (
        f"{by} has a head of this log with {theirs} records, signed by the log itself, but the log shows "
        f"{ours}: {theirs - ours} records were cut off, or the database was rolled back"
    )


def _opened(one: Seen, parties: Parties) -> Checkpoint | None:
    try:
        return open_checkpoint(one.note, parties.origin, parties.keys)
    except NoteError:
        return None


def _newest(read: Read, parties: Parties, result: Audit) -> Checkpoint | None:
    document = read("checkpoint")
    if document is None:
        return None
    try:
        note = Note.parse(document)
        head = open_checkpoint(note, parties.origin, parties.keys)
    except NoteError as wrong:
        result.find("head-unsigned", f"the newest head does not count: {wrong}")
        return None
    _note_cosignatures(note, head, parties, result)
    return head


def _heads(read: Read, parties: Parties, result: Audit) -> Iterator[Checkpoint]:
    """All heads that the log tells of, oldest first."""
    number = 0
    while (content := read(f"checkpoints/{numbered_path(number)}")) is not None:
        try:
            documents = split_entries(content)
        except TileError as wrong:
            result.find(
                "heads-unreadable", f"the heads from number {number * 256} on cannot be read: {wrong}"
            )
            return
        for place, document in enumerate(documents, start=number * 256):
            try:
                note = Note.parse(document)
                head = open_checkpoint(note, parties.origin, parties.keys)
            except NoteError as wrong:
                result.find("head-unsigned", f"head number {place} does not count: {wrong}")
                continue
            _note_cosignatures(note, head, parties, result)
            yield head
        number += 1


def _note_cosignatures(note: Note, head: Checkpoint, parties: Parties, result: Audit) -> None:
    for name, keys in parties.witnesses.items():
        try:
            at = cosigned_at(note, name, keys)
        except NoteError as wrong:
            result.find("cosignature-wrong", f"at the head of {head.size} records: {wrong}")
            continue
        if at is not None and head.size >= result.cosigned.get(name, (0, at))[0]:
            result.cosigned[name] = head.size, at


def _check_history(head: Checkpoint, heads: Sequence[Checkpoint], result: Audit) -> None:
    for before, after in pairwise(heads):
        if after.size <= before.size:
            sentence = f"a head of {after.size} records follows one of {before.size}: the log went back"
            result.find("heads-not-rising", sentence)
    if not heads:
        result.find("heads-incomplete", "the list of all heads is missing: no earlier one can be compared")
    elif heads[-1] != head:
        result.find(
            "heads-incomplete",
            f"the newest head has {head.size} records, the last one in the list of all heads "
            f"{heads[-1].size}: the list is not complete",
        )


def _check_stamps(read: Read, heads: Mapping[int, Checkpoint], check: CheckStamp, result: Audit) -> None:
    """Check the timestamps that the log lists; the newest that counts is told."""
    for line in (read("timestamps/index") or b"").decode("ascii", "replace").split():
        head = heads.get(int(line)) if line.isdigit() else None
        stamp = read(f"timestamps/{line}.tsr") if head else None
        if head is None or stamp is None:
            result.find(
                "timestamp-wrong",
                f"the log lists a timestamp for a head of {line[:20]} records, and has none",
            )
            continue
        try:
            result.stamped = head.size, check(head.text, stamp)
        except StampError as wrong:
            result.find("timestamp-wrong", f"at the head of {head.size} records: {wrong}")


def _walk(
    read: Read,
    size: int,
    wanted: set[int],
    result: Audit,
    on_entries: Callable[[int, Sequence[bytes]], None] | None,
) -> dict[int, bytes]:
    """Hash all entries, hold them against the tiles, and give the roots at the sizes that are wanted."""
    roots: dict[int, bytes] = {}
    tree = GrowingTree(lambda tile, hashes: _check_tile(read, tile, hashes, result))
    for bundle in bundles_of(size):
        entries = _entries(read, bundle, result)
        if entries is None:
            return roots
        if on_entries is not None:
            on_entries(tree.size, entries)
        leaves = [leaf_hash(entry) for entry in entries]
        stops = [stop for stop in range(tree.size, tree.size + len(leaves)) if stop in wanted]
        for stop in stops:
            tree.extend(leaves[tree.size - bundle.number * 256 : stop - bundle.number * 256])
            roots[stop] = tree.root()
        tree.extend(leaves[tree.size - bundle.number * 256 :])
    roots[size] = tree.root()
    for tile, hashes in tree.partial_tiles():
        _check_tile(read, tile, hashes, result)
    return roots


def _entries(read: Read, bundle: Bundle, result: Audit) -> list[bytes] | None:
    content, width = read(bundle.path), bundle.width
    if content is None:
        content, width = read(Bundle(bundle.number).path), TILE_WIDTH
    first = bundle.number * 256
    if content is None:
        result.find("entries-missing", f"the records from number {first} on are missing: {bundle.path}")
        return None
    try:
        entries = split_entries(content)
    except TileError as wrong:
        result.find("entries-unreadable", f"the records from number {first} on cannot be read: {wrong}")
        return None
    if len(entries) > width:
        result.find(
            "entries-unreadable", f"{bundle.path} has {len(entries)} records; there are {width} by its name"
        )
    if len(entries) < bundle.width:
        result.find(
            "entries-missing", f"the records from number {first + len(entries)} on are missing: {bundle.path}"
        )
        return None
    return entries[: bundle.width]


def _check_tile(read: Read, tile: Tile, hashes: bytes, result: Audit) -> None:
    content, width = read(tile.path), tile.width
    if content is None:
        content, width = read(Tile(tile.level, tile.number).path), TILE_WIDTH
    if content is None:
        result.find("tile-missing", f"{tile.path} is missing")
        return
    if len(content) > width * HASH_BYTES:
        result.find("tile-wrong", f"{tile.path} is longer than its {width} hashes")
    shown = content[: tile.width * HASH_BYTES]
    if shown == hashes:
        return
    if len(shown) < len(hashes):
        result.find("tile-wrong", f"{tile.path} has fewer hashes than the log has records for")
        return
    place = next(i for i in range(tile.width) if shown[i * 32 : i * 32 + 32] != hashes[i * 32 : i * 32 + 32])
    index = tile.number * 256 + place
    if tile.level == 0:
        result.find("record-changed", f"record {index} was changed: it does not have the hash in {tile.path}")
    else:
        result.find("tile-wrong", f"{tile.path} does not follow from the tiles below it at its hash {place}")


def _check_roots(
    head: Checkpoint,
    heads: Sequence[Checkpoint],
    others: Sequence[tuple[Seen, Checkpoint]],
    roots: Mapping[int, bytes],
    result: Audit,
) -> None:
    fitting = 0
    for claim in sorted({*heads, head}, key=lambda claim: claim.size):
        if claim.size not in roots:
            continue
        if roots[claim.size] == claim.root:
            fitting = claim.size
            continue
        result.find(
            "rewritten",
            f"the log signed another history: with {claim.size} records it had another root; a record "
            f"between number {fitting} and number {claim.size - 1} was changed, put in or taken out since",
        )
        break
    for one, checkpoint in others:
        if checkpoint.size in roots and roots[checkpoint.size] != checkpoint.root:
            result.find(
                "split-view",
                f"split view: {one.by} has a head of this log with {checkpoint.size} records, signed by the "
                "log itself, that tells another history than the one shown here",
            )
