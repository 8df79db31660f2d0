"""What a witness is asked and when it cosigns (C2SP tlog-witness), without I/O.

Promises: a witness cosigns only what continues the checkpoint that it cosigned last; whoever calls `judge`
stores the new checkpoint in the same transaction in which it read the last one.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tongban.protocol.tlog.checkpoints import Checkpoint, open_checkpoint
from tongban.protocol.tlog.hashing import HASH_BYTES, Hash
from tongban.protocol.tlog.notes import Note, NoteError
from tongban.protocol.tlog.proofs import ProofError, check_consistency
from tongban.suites import VerifyingKey

ADD_CHECKPOINT_PATH = "/log/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
LONGEST_PROOF = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class AddCheckpoint:
    """A log asks: cosign this checkpoint, which continues the one of `old_size` entries."""

    old_size: int
    proof: tuple[Hash, ...]
    note: Note

    def encode(self) -> bytes:
        """The body of the request."""
        lines = [f"old {self.old_size}", *(base64.b64encode(part).decode() for part in self.proof)]
        return ("\n".join(lines) + "\n\n").encode() + self.note.encode()

    @classmethod
    def parse(cls, body: bytes) -> "AddCheckpoint":
        """Read a request's body; WitnessRefusal 400 when it is malformed."""
        head, separator, note = body.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
            old = _OLD.fullmatch(lines[0])
            proof = tuple(_hash(line) for line in lines[1:])
            if not separator or old is None or len(proof) > LONGEST_PROOF:
                raise WitnessRefusal(400, "old size, at most 63 proof lines, empty line, checkpoint")
            return cls(int(old[1]), proof, Note.parse(note))
        except (UnicodeDecodeError, binascii.Error):
            raise WitnessRefusal(400, "proof lines are hashes in base64") from None
        except NoteError as malformed:
            raise WitnessRefusal(400, str(malformed)) from None


class WitnessRefusal(Exception):
    """The witness does not cosign: HTTP status, a sentence, and for a conflict the size it cosigned last."""

    def __init__(self, status: int, sentence: str, held_size: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.held_size = held_size


def judge(
    request: AddCheckpoint, held: Checkpoint | None, origin: str, keys: Sequence[VerifyingKey]
) -> Checkpoint:
    """The checkpoint to cosign for the log `origin`, of which `held` was cosigned last.

    Raises WitnessRefusal: 403 not signed by the log, 400 sizes that cannot be, 409 another state than the
    held one, 422 a proof that does not hold.
    """
    try:
        asked = open_checkpoint(request.note, origin, keys)
    except NoteError as unsigned:
        raise WitnessRefusal(403, str(unsigned)) from None
    if request.old_size > asked.size:
        raise WitnessRefusal(400, "the old size is above the checkpoint's")
    held_size = held.size if held else 0
    if request.old_size != held_size:
        raise WitnessRefusal(409, "another checkpoint was cosigned last", held_size)
    if held is None or held_size == 0:
        if request.proof:
            raise WitnessRefusal(422, "from an empty log nothing has to be proved")
        return asked
    if asked.size == held_size and asked.root != held.root:
        raise WitnessRefusal(409, "another root was cosigned for this size", held_size)
    try:
        check_consistency(held_size, asked.size, held.root, asked.root, request.proof)
    except ProofError as broken:
        raise WitnessRefusal(422, str(broken)) from None
    return asked


def shows_two_histories(refused: WitnessRefusal, request: AddCheckpoint, held: Checkpoint) -> bool:
    """Whether a refusal by `judge` proves that the log signed two heads that cannot belong to one log.

    It does not when the log only asked from another size than the one that was cosigned last.
    """
    if refused.status == 422:
        return True
    offered = Checkpoint.parse(request.note.text)
    return refused.status == 409 and offered.size == held.size and offered.root != held.root


def _hash(line: str) -> Hash:
    value = base64.b64decode(line, validate=True)
    if len(value) != HASH_BYTES:
        raise WitnessRefusal(400, "a hash has 32 bytes")
    return Hash(value)
