"""The document with which somebody proves that one record is in the log: place, hashes, signed head, opening.

It is checked without the node, with the directory's keys only.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tongban.node.translog.parties import parties_of
from tongban.protocol import Directory
from tongban.protocol.tlog.checkpoints import Checkpoint, cosigned_at
from tongban.protocol.tlog.notes import Note, NoteError
from tongban.protocol.tlog.proof_files import ProofFile
from tongban.protocol.tlog.proofs import ProofError
from tongban.protocol.tlog.records import Opening
from tongban.suites import VerifyingKey

FORMAT = "tongban/record-proof/v1"


class ProofDocumentError(ValueError):
    """A document does not prove its record; the text says what is wrong."""


class ProofFormatError(ValueError):
    """A file is no document of this kind."""


@dataclass(frozen=True)
class Cosigned:
    """Which other node cosigned the head, and when."""

    node: str
    at: datetime


@dataclass(frozen=True)
class Proven:
    """A record with its place in the log and the proof up to a signed head."""

    origin: str
    opening: Opening = field(repr=False)
    file: ProofFile
    head: Checkpoint
    cosigned: tuple[Cosigned, ...]

    def document(self) -> bytes:
        """Everything that is needed to check it offline, as JSON."""
        members = {
            "format": FORMAT,
            "log": self.origin,
            "kind": self.opening.kind,
            "record": self.opening.content.decode(),
            "salt": base64.b64encode(self.opening.salt).decode(),
            "proof": self.file.encode().decode(),
        }
        return json.dumps(members, ensure_ascii=False, indent=1).encode() + b"\n"


def check_document(document: bytes, directory: Directory) -> Proven:
    """What a document proves, by the directory's keys.

    Raises ProofFormatError when it is no such document, ProofDocumentError when it proves nothing,
    ConfigError when the directory does not know the log.
    """
    members = _members(document)
    opening = Opening(members["kind"], members["salt"], members["record"])
    parties = parties_of(members["log"].removeprefix("tongban/"), directory)
    try:
        file = ProofFile.parse(members["proof"])
        head = file.check(opening.leaf.encode(), parties.origin, parties.keys)
    except ProofError as error:
        raise ProofDocumentError(str(error)) from None
    return Proven(parties.origin, opening, file, head, cosignatures(file.note, parties.witnesses))


def cosignatures(note: Note, witnesses: Mapping[str, Sequence[VerifyingKey]]) -> tuple[Cosigned, ...]:
    """Which of the witnesses cosigned the head in `note`, and when."""
    found = []
    for name, keys in witnesses.items():
        try:
            at = cosigned_at(note, name, keys)
        except NoteError:
            continue
        if at is not None:
            found.append(Cosigned(name.partition("/")[2], at))
    return tuple(found)


def _members(document: bytes) -> dict[str, Any]:
    try:
        members = json.loads(document)
        is_known = members["format"] == FORMAT
        read = {
            "log": str(members["log"]),
            "kind": str(members["kind"]),
            "record": str(members["record"]).encode(),
            "salt": base64.b64decode(members["salt"], validate=True),
            "proof": str(members["proof"]).encode(),
        }
    except (ValueError, KeyError, TypeError):
        is_known, read = False, {}
    if not is_known:
        raise ProofFormatError(f"JSON of the format {FORMAT} is expected")
    return read
