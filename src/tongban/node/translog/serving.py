"""What the node shows of its log over HTTP, read-only, at the addresses of C2SP tlog-tiles.

Beside those: `checkpoints/<N>` (256 signed heads each, in the form of an entry bundle),
`timestamps/<size>.tsr` with an index, `witnessed/<node>` (the head of another log that this node cosigned
last).
"""

import re
from dataclasses import dataclass

from tongban.node.translog.models import LogCheckpoint, WitnessedLog
from tongban.node.translog.stored import newest_checkpoint, read_bundle, read_tile
from tongban.protocol.tlog.origins import origin_of
from tongban.protocol.tlog.tiles import TILE_WIDTH, Bundle, TileError, join_entries, parse_path

PREFIX = "/log/"
_BYTES = "application/octet-stream"
_NOTE = "text/plain; charset=utf-8"
_TIMESTAMP = "application/timestamp-reply"
_FOR_GOOD = "public, max-age=31536000, immutable"
_FOR_NOW = "no-cache"
_HEADS = re.compile(r"checkpoints/((?:x[0-9]{3}/)*[0-9]{3})")
_STAMP = re.compile(r"timestamps/([1-9][0-9]{0,18})\.tsr")
_WITNESSED = re.compile(r"witnessed/([a-z0-9][a-z0-9.-]{0,79})")


@dataclass(frozen=True)
class Shown:
    """What is found at an address."""

    body: bytes
    content_type: str
    caching: str


def shown_at(path: str) -> Shown | None:
    """What stands at `path` under the log's prefix; None when nothing does."""
    if path == "checkpoint":
        head = newest_checkpoint()
        return Shown(bytes(head.note), _NOTE, _FOR_NOW) if head else None
    if path.startswith("tile/"):
        return _tile(path)
    if found := _HEADS.fullmatch(path):
        notes = heads(int(found[1].replace("/", "").replace("x", "")))
        return Shown(join_entries(notes), _BYTES, _FOR_NOW) if notes else None
    if path == "timestamps/index":
        sizes = stamped_sizes()
        return Shown(sizes, _NOTE, _FOR_NOW) if sizes else None
    if found := _STAMP.fullmatch(path):
        stamp = LogCheckpoint.objects.filter(size=int(found[1])).values_list("timestamp", flat=True).first()
        return Shown(bytes(stamp), _TIMESTAMP, _FOR_GOOD) if stamp else None
    if found := _WITNESSED.fullmatch(path):
        seen = WitnessedLog.objects.filter(origin=origin_of(found[1]), size__gt=0).first()
        return Shown(bytes(seen.note), _NOTE, _FOR_NOW) if seen else None
    return None


def heads(number: int) -> list[bytes]:
    """The signed heads that stand in bundle `number` of them, oldest first."""
    first = number * TILE_WIDTH
    found = LogCheckpoint.objects.filter(number__gte=first, number__lt=first + TILE_WIDTH)
    return [bytes(note) for note in found.order_by("number").values_list("note", flat=True)]


def stamped_sizes() -> bytes:
    """The sizes of all heads that have a timestamp, one a line."""
    stamped = LogCheckpoint.objects.exclude(timestamp=None).order_by("number")
    return b"".join(b"%d\n" % size for size in stamped.values_list("size", flat=True))


def _tile(path: str) -> Shown | None:
    try:
        place = parse_path(path)
        body = read_bundle(place) if isinstance(place, Bundle) else read_tile(place)
    except TileError:
        return None
    return Shown(body, _BYTES, _FOR_GOOD)
