"""Proof files (C2SP tlog-proof): an entry's place, its inclusion proof and a checkpoint in one text.

Whoever has the file, the entry and the log's keys checks offline that the entry is in the log.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tongban.protocol.tlog.checkpoints import Checkpoint, open_checkpoint
from tongban.protocol.tlog.hashing import Hash, leaf_hash
from tongban.protocol.tlog.notes import Note, NoteError
from tongban.protocol.tlog.proofs import ProofError, check_inclusion
from tongban.suites import VerifyingKey

HEADER = "c2sp.org/tlog-proof@v1"
_HEAD = re.compile(
    rf"{HEADER}\n(?:extra (?P<extra>[A-Za-z0-9+/]+={{0,2}})\n)?index (?P<index>0|[1-9][0-9]{{0,18}})\n"
    r"(?P<proof>(?:[A-Za-z0-9+/]{43}=\n){0,63})"
)


@dataclass(frozen=True)
class ProofFile:
    """The proof that one entry is in a log; `extra` is the application's, and not authenticated."""

    index: int
    proof: tuple[Hash, ...]
    note: Note
    extra: bytes = b""

    def encode(self) -> bytes:
        """The file."""
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(part).decode() for part in self.proof]
        return ("\n".join(lines) + "\n\n").encode() + self.note.encode()

    @classmethod
    def parse(cls, document: bytes) -> "ProofFile":
        """Read a file; ProofError when it is not one."""
        head, separator, note = document.partition(b"\n\n")
        try:
            found = _HEAD.fullmatch(head.decode("ascii") + "\n")
            if found is None or not separator:
                raise ProofError(f"a proof file begins with {HEADER}, an index and hashes in base64")
            extra = base64.b64decode(found["extra"], validate=True) if found["extra"] else b""
            proof = tuple(Hash(base64.b64decode(line, validate=True)) for line in found["proof"].split())
            return cls(int(found["index"]), proof, Note.parse(note), extra)
        except (UnicodeDecodeError, binascii.Error):
            raise ProofError("a proof file is text with hashes in base64") from None
        except NoteError as malformed:
            raise ProofError(f"the checkpoint in the proof file: {malformed}") from None

    def check(self, entry: bytes, origin: str, keys: Sequence[VerifyingKey]) -> Checkpoint:
        """The checkpoint under which `entry` is in the log `origin`; ProofError when it is not shown."""
        try:
            checkpoint = open_checkpoint(self.note, origin, keys)
        except NoteError as unsigned:
            raise ProofError(f"the checkpoint in the proof file: {unsigned}") from None
        check_inclusion(self.index, checkpoint.size, leaf_hash(entry), self.proof, checkpoint.root)
        return checkpoint
