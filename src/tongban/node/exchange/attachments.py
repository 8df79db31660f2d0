"""Attachments on disk: files named by their SHA-256, taken in piece by piece, checked before they count.

Promises: what stands under a name has that digest; an unfinished one is gone on with where it stopped; only
the nodes between which an attachment crossed get it; one that was just said to be here is not removed. Memory
is that of one piece, whatever the size.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from tongban.node.config import this_node
from tongban.node.private_files import sync_folder, write_private
from tongban.protocol import Code, Refused
from tongban.protocol.model import LARGEST_ATTACHMENT
from tongban.protocol.tlog.auditing import Audit

PIECE = 256 * 1024
_NAME = re.compile("[0-9a-f]{64}")
MOST_UNFINISHED = 64
"""Attachments of one peer that may be on their way at the same time."""
KEPT_UNFINISHED = timedelta(days=7)


@dataclass(frozen=True)
class Crossing:
    """What is known of an attachment before its bytes: how long it is, and with whom it crosses."""

    sha256: str
    size: int
    peers: tuple[str, ...]
    case_ref: str


@dataclass(frozen=True)
class Attachments:
    """The attachments in one folder."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where the whole attachment is, if it is there."""
        return self.folder / sha256[:2] / sha256

    def is_whole(self, sha256: str) -> bool:
        """Whether all bytes are there."""
        return self.path(sha256).exists()

    def held(self, sha256: str) -> int:
        """How many bytes are there, from the first on."""
        for path in (self.path(sha256), self._part(sha256)):
            with suppress(FileNotFoundError):
                return path.stat().st_size
        return 0

    def expect(self, crossing: Crossing) -> None:
        """Be ready to take the attachment in, or give it to a further peer; one that is here counts as new.

        Raises Refused `too-many` when too many of the peer are unfinished, `schema-violated` when another
        size was said before.
        """
        known = self.crossing(crossing.sha256)
        if known is not None and known.size != crossing.size:
            raise Refused(Code.SCHEMA_VIOLATED, "size", "another size was offered under this name")
        if known is None and sum(1 for _ in self._unfinished(crossing.peers)) >= MOST_UNFINISHED:
            raise Refused(Code.TOO_MANY, "sha256", f"at most {MOST_UNFINISHED} unfinished at a time")
        with _alone(self.path(crossing.sha256)):
            self._touch(crossing.sha256)
            known = self.crossing(crossing.sha256)
            peers = tuple(sorted({*crossing.peers, *(known.peers if known else ())}))
            self._write_note(Crossing(crossing.sha256, crossing.size, peers, crossing.case_ref))

    def crossing(self, sha256: str) -> Crossing | None:
        """What was said of the attachment, None when it was never offered."""
        try:
            note = json.loads(self._note(sha256).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return Crossing(sha256, int(note["size"]), tuple(note["peers"]), str(note["case_ref"]))

    def take_in(self, sha256: str, offset: int) -> "Intake":
        """Go on taking in at `offset`; Refused `not-covered` if it was not offered, `malformed` elsewhere."""
        known = self.crossing(sha256) if _NAME.fullmatch(sha256) else None
        if known is None:
            raise Refused(Code.NOT_COVERED, "sha256", "it was not offered")
        if offset != self.held(sha256) or self.is_whole(sha256):
            raise Refused(Code.MALFORMED, "header content-range", f"{self.held(sha256)} bytes are held")
        return Intake(self._part(sha256), self.path(sha256), known)

    def finish(self, sha256: str) -> None:
        """Check one of which all bytes have come, but whose end a power cut kept from counting.

        Other bytes than named are forgotten, as when they come.
        """
        known = self.crossing(sha256)
        if known is None or self.is_whole(sha256) or self.held(sha256) < known.size:
            return
        with suppress(Refused), Intake(self._part(sha256), self.path(sha256), known).opened():
            pass

    def keep(self, source: Path, case_ref: str, peer: str) -> Crossing:
        """Keep a copy of a file of this node, to be offered to `peer`. Raises Refused `too-large`."""
        size = source.stat().st_size
        if not 0 < size <= LARGEST_ATTACHMENT:
            raise Refused(Code.TOO_LARGE, "size", f"1 to {LARGEST_ATTACHMENT} bytes")
        digest = hashlib.sha256()
        for piece in pieces(source, 0):
            digest.update(piece)
        crossing = Crossing(digest.hexdigest(), size, (peer,), case_ref)
        self.expect(crossing)
        if not self.is_whole(crossing.sha256):
            with suppress(FileNotFoundError):
                self._part(crossing.sha256).unlink()
            with self.take_in(crossing.sha256, 0).opened() as intake:
                for piece in pieces(source, 0):
                    intake.add(piece)
        return crossing

    def store(self, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Keep bytes of this node under their digest, offered to nobody yet; digest and size.

        Raises Refused `too-large`.
        """
        arriving = self.folder / "new" / f"{secrets.token_hex(16)}.part"
        arriving.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with arriving.open("xb") as file:
                sha256, size = measured(_written(pieces, file))
                file.flush()
                os.fsync(file.fileno())
            _put(arriving, self.path(sha256))
        finally:
            arriving.unlink(missing_ok=True)
        return sha256, size

    def offered(self, sha256: str, case_ref: str, peer: str) -> Crossing:
        """A whole file of this node as one that crosses with `peer` too, counted as new.

        Raises FileNotFoundError.
        """
        with _alone(self.path(sha256)):
            size = self.path(sha256).stat().st_size
            self._touch(sha256)
            known = self.crossing(sha256)
            if known is None or peer not in known.peers:
                peers = tuple(sorted({peer, *(known.peers if known else ())}))
                known = Crossing(sha256, size, peers, known.case_ref if known else case_ref)
                self._write_note(known)
            return known

    def hold_on_to(self, sha256: str) -> bool:
        """Whether all of it is here; if so it counts as new, so that no purge that is decided takes it."""
        with _alone(self.path(sha256)):
            self._touch(sha256)
            return self.is_whole(sha256)

    def whole(self) -> Iterator[Path]:
        """The files of which all is there; each is named by its digest."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            if _NAME.fullmatch(path.name):
                yield path

    def remove(self, sha256: str, unless_since: datetime) -> None:
        """Remove a file with its note, unless it was offered anew since; nothing happens when it is gone."""
        with _alone(self.path(sha256)):
            with suppress(FileNotFoundError):
                if self.path(sha256).stat().st_mtime > unless_since.timestamp():
                    return
            for path in (self.path(sha256), self._note(sha256)):
                path.unlink(missing_ok=True)

    def verify_all(self, result: Audit) -> None:
        """Hold every whole file against its name."""
        files = sorted(path.name for path in self.whole())
        for sha256 in files:
            if not self.verify(sha256):
                result.find("file-changed", f"the file {sha256} has other bytes than its name says")
        if files:
            result.notes.append(f"{len(files)} files that crossed, each held against its digest")

    def verify(self, sha256: str) -> bool:
        """Whether the bytes under the name still have that digest."""
        digest = hashlib.sha256()
        try:
            for piece in pieces(self.path(sha256), 0):
                digest.update(piece)
        except FileNotFoundError:
            return False
        return digest.hexdigest() == sha256

    def forget_unfinished(self) -> int:
        """Remove what was begun long ago and never finished; how many."""
        removed = 0
        for part in self.folder.glob("*/*.part"):
            with suppress(FileNotFoundError):
                if time.time() - part.stat().st_mtime > KEPT_UNFINISHED.total_seconds():
                    part.unlink()
                    part.with_suffix(".json").unlink(missing_ok=True)
                    removed += 1
        return removed

    def _touch(self, sha256: str) -> None:
        with suppress(FileNotFoundError):
            os.utime(self.path(sha256))

    def _write_note(self, crossing: Crossing) -> None:
        note = {"size": crossing.size, "peers": crossing.peers, "case_ref": crossing.case_ref}
        write_private(self._note(crossing.sha256), json.dumps(note).encode())

    def _unfinished(self, peers: tuple[str, ...]) -> Iterator[str]:
        for note in self.folder.glob("*/*.json"):
            known = self.crossing(note.stem)
            if known is not None and set(known.peers) & set(peers) and not self.is_whole(note.stem):
                yield note.stem

    def _part(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.part"

    def _note(self, sha256: str) -> Path:
        return self.folder / sha256[:2] / f"{sha256}.json"


class Intake:
    """Bytes of one attachment on their way to its file."""

    def __init__(self, part: Path, whole: Path, crossing: Crossing) -> None:
        self._part = part
        self._whole = whole
        self._crossing = crossing
        self._digest = hashlib.sha256()
        self._held = 0

    @contextmanager
    def opened(self) -> Iterator["Intake"]:
        """Take in pieces; at the end, if all are there, the digest is checked and the file counts.

        Raises Refused `bad-digest` for other bytes than were named; they are forgotten.
        """
        self._part.parent.mkdir(parents=True, exist_ok=True)
        if self._part.exists():
            for piece in pieces(self._part, 0):
                self._count(piece)
        with self._part.open("ab") as self._file:
            yield self
            self._file.flush()
            os.fsync(self._file.fileno())
        if self._held == self._crossing.size:
            if self._digest.hexdigest() != self._crossing.sha256:
                self._part.unlink()
                raise Refused(Code.BAD_DIGEST, "body", "other bytes than their name says; begin anew")
            _put(self._part, self._whole)

    @property
    def held(self) -> int:
        """Bytes that are there now."""
        return self._held

    def add(self, piece: bytes) -> None:
        """Take in a piece; Refused `too-large` beyond the size that was offered."""
        if self._held + len(piece) > self._crossing.size:
            raise Refused(Code.TOO_LARGE, "body", f"{self._crossing.size} bytes were offered")
        self._file.write(piece)
        self._count(piece)

    def _count(self, piece: bytes) -> None:
        self._digest.update(piece)
        self._held += len(piece)


@contextmanager
def _alone(whole: Path) -> Iterator[None]:
    """Nobody else, in whatever process, looks at a file of this folder to change it meanwhile."""
    whole.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (whole.parent / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _put(arrived: Path, whole: Path) -> None:
    """Let bytes that are on the disk count under their name, also after a power cut."""
    with _alone(whole):
        arrived.replace(whole)
        sync_folder(whole.parent)


def pieces(path: Path, offset: int) -> Iterator[bytes]:
    """The bytes of a file from `offset` on, piece by piece."""
    with path.open("rb") as file:
        file.seek(offset)
        while piece := file.read(PIECE):
            yield piece


def measured(pieces: Iterable[bytes]) -> tuple[str, int]:
    """Digest and size of bytes that come in pieces. Raises Refused `too-large` before there are more."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        size += len(piece)
        if size > LARGEST_ATTACHMENT:
            raise Refused(Code.TOO_LARGE, "size", f"1 to {LARGEST_ATTACHMENT} bytes")
        digest.update(piece)
    return digest.hexdigest(), size


def _written(pieces: Iterable[bytes], file: BinaryIO) -> Iterator[bytes]:
    for piece in pieces:
        file.write(piece)
        yield piece


def own() -> Attachments:
    """This node's attachments."""
    return Attachments(this_node().home / "attachments")
