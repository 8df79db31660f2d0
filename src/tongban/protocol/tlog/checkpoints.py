"""Checkpoints (C2SP tlog-checkpoint) and the cosignatures of witnesses (C2SP tlog-cosignature, v1).

A checkpoint says which log, how many entries, which root. A cosignature says that a witness saw no larger
consistent one of that log at that time.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from tongban.protocol.tlog.hashing import HASH_BYTES, Hash
from tongban.protocol.tlog.notes import (
    KeyName,
    Note,
    NoteError,
    NoteSignature,
    sign_text,
    signed_by,
)
from tongban.suites import SigningKey, Suite, VerifyingKey

COSIGNING = {
    Suite.ED25519: b"\x04",
    Suite.ES256: b"\xfftongban/cosignature/v1/ecdsa-p256-sha256",
    Suite.SM2: b"\xfftongban/cosignature/v1/sm2-sm3",
}
"""The type of a timestamped cosignature, by the key's suite; C2SP assigns a number to Ed25519 only."""

_TEXT = re.compile(r"(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]*)\n(?P<root>[^\n]+)\n(?P<more>(?:[^\n]+\n)*)")
_LARGEST_SIZE = (1 << 63) - 1
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64


class Checkpoint(NamedTuple):
    """The head of the log `origin`: `size` entries with this root."""

    origin: str
    size: int
    root: Hash

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """Read a note's text; NoteError when it is no checkpoint. Extension lines are left aside."""
        found = _TEXT.fullmatch(text)
        if found is None:
            raise NoteError("a checkpoint is origin, size and root, each on a line of its own")
        try:
            root = base64.b64decode(found["root"], validate=True)
        except (binascii.Error, ValueError):
            raise NoteError("a checkpoint's root is base64") from None
        if len(root) != HASH_BYTES or base64.b64encode(root).decode() != found["root"]:
            raise NoteError("a checkpoint's root has 32 bytes")
        if len(found["size"]) > 19 or int(found["size"]) > _LARGEST_SIZE:
            raise NoteError("a checkpoint's size is below 2**63")
        return cls(found["origin"], int(found["size"]), Hash(root))


def sign_checkpoint(checkpoint: Checkpoint, key: SigningKey) -> Note:
    """The checkpoint signed by its log, whose key bears the origin as its name."""
    return Note(checkpoint.text, (sign_text(checkpoint.text, checkpoint.origin, key),))


def open_checkpoint(note: Note, origin: str, keys: Sequence[VerifyingKey]) -> Checkpoint:
    """The checkpoint of the log `origin`, signed by one of `keys`; NoteError otherwise."""
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != origin:
        raise NoteError(f"the checkpoint is of {checkpoint.origin}, not of {origin}")
    if not signed_by(note, origin, keys):
        raise NoteError(f"no key of {origin} signed the checkpoint")
    return checkpoint


def cosign(text: str, name: str, key: SigningKey, at: datetime) -> NoteSignature:
    """The cosignature of the witness `name` on a checkpoint's text at that time (whole seconds)."""
    seconds = int(at.timestamp())
    signature = key.sign(_cosigned(text, seconds))
    named = KeyName.of(name, COSIGNING[key.suite], key.public_key)
    return NoteSignature(named, seconds.to_bytes(_TIME_BYTES, "big") + signature)


def cosigned_at(note: Note, name: str, keys: Sequence[VerifyingKey]) -> datetime | None:
    """When the witness `name` last cosigned the note with one of `keys`; None when it did not.

    Raises NoteError when a cosignature that names one of its keys does not verify.
    """
    known = {KeyName.of(name, COSIGNING[key.suite], key.public_key): key for key in keys}
    latest: int | None = None
    for signature in note.signatures:
        key = known.get(signature.key)
        if key is None:
            continue
        seconds = int.from_bytes(signature.signature[:_TIME_BYTES], "big")
        is_whole = len(signature.signature) == _TIME_BYTES + _SIGNATURE_BYTES and seconds <= _LARGEST_SIZE
        if not is_whole or not key.verifies(signature.signature[_TIME_BYTES:], _cosigned(note.text, seconds)):
            raise NoteError(f"the cosignature by {name} does not belong to this checkpoint")
        latest = seconds if latest is None else max(latest, seconds)
    return None if latest is None else _moment(latest, name)


def _moment(seconds: int, name: str) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise NoteError(f"the cosignature by {name} bears no usable time") from None


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()
