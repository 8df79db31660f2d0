"""Signed notes (C2SP signed-note): a text with signatures that name their keys.

A signature by an unknown key is no signature; one by a known key that does not verify spoils the whole note.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from tongban.suites import SigningKey, Suite, VerifyingKey

PLAIN = {
    Suite.ED25519: b"\x01",
    Suite.ES256: b"\xfftongban/ecdsa-p256-sha256",
    Suite.SM2: b"\xfftongban/sm2-sm3",
}
"""The type of a signature over the note's text, by the key's suite; C2SP assigns a number to Ed25519 only."""

MOST_SIGNATURES = 100
LONGEST_NOTE = 1_000_000
_NAME = re.compile(r"[^\s+]+")
_SIGNATURE = re.compile(r"— (?P<name>[^\s+]+) (?P<blob>[A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_KEY_ID_BYTES = 4


class NoteError(ValueError):
    """A note is malformed, or no expected key signed it; the text says which."""


class KeyName(NamedTuple):
    """How a key is named in notes: its owner's name and four bytes that depend on name, type and key."""

    name: str
    key_id: bytes

    @classmethod
    def of(cls, name: str, kind: bytes, public_key: bytes) -> "KeyName":
        """The name of `public_key` for signatures of type `kind`; NoteError when `name` cannot be one."""
        return _named(name, kind, public_key)


@lru_cache(maxsize=1024)
def _named(name: str, kind: bytes, public_key: bytes) -> KeyName:
    if not _NAME.fullmatch(name):
        raise NoteError("a key's name has neither spaces nor plus signs")
    digest = hashlib.sha256(name.encode() + b"\n" + kind + public_key).digest()
    return KeyName(name, digest[:_KEY_ID_BYTES])


class NoteSignature(NamedTuple):
    """One signature line."""

    key: KeyName
    signature: bytes

    @property
    def line(self) -> str:
        """The line with its newline."""
        blob = base64.b64encode(self.key.key_id + self.signature).decode()
        return f"— {self.key.name} {blob}\n"

    @classmethod
    def parse(cls, line: str) -> "NoteSignature":
        """Read a line without its newline; NoteError when it is not one."""
        found = _SIGNATURE.fullmatch(line)
        if found is None:
            raise NoteError("a signature line is: em dash, space, name, space, base64")
        try:
            blob = base64.b64decode(found["blob"], validate=True)
        except binascii.Error:
            raise NoteError("a signature must be base64") from None
        if len(blob) <= _KEY_ID_BYTES:
            raise NoteError("a signature has more than its key's four bytes")
        if base64.b64encode(blob).decode() != found["blob"]:
            raise NoteError("a signature's base64 has one form")
        return cls(KeyName(found["name"], blob[:_KEY_ID_BYTES]), blob[_KEY_ID_BYTES:])


class Note(NamedTuple):
    """A text, which ends in a newline, and its signatures, verified or not."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def encode(self) -> bytes:
        """The note as it is stored and sent."""
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}".encode()

    def with_signatures(self, added: Iterable[NoteSignature]) -> "Note":
        """The note with further signatures; one that is there already is not added again."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *added))))

    @classmethod
    def parse(cls, document: bytes) -> "Note":
        """Read a note without verifying it; NoteError when it is malformed."""
        if len(document) > LONGEST_NOTE:
            raise NoteError(f"a note has at most {LONGEST_NOTE} bytes")
        try:
            whole = document.decode("utf-8")
        except UnicodeDecodeError:
            raise NoteError("a note is UTF-8") from None
        if _CONTROL.search(whole):
            raise NoteError("a note has no control characters but newlines")
        text, separator, lines = whole.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise NoteError("a note is a text, an empty line and signature lines")
        signatures = lines[:-1].split("\n")
        if len(signatures) > MOST_SIGNATURES:
            raise NoteError(f"a note has at most {MOST_SIGNATURES} signatures")
        return cls(text + "\n", tuple(NoteSignature.parse(line) for line in signatures))


def sign_text(text: str, name: str, key: SigningKey) -> NoteSignature:
    """The signature of `key`, called `name`, over a text; NoteError when the text cannot be a note's."""
    if not text.endswith("\n"):
        raise NoteError("a note's text ends in a newline")
    return NoteSignature(KeyName.of(name, PLAIN[key.suite], key.public_key), key.sign(text.encode()))


def signed_by(note: Note, name: str, keys: Sequence[VerifyingKey]) -> tuple[VerifyingKey, ...]:
    """Those of `keys` that signed the note under `name`.

    Raises NoteError when a signature that names one of them does not verify.
    """
    known = {KeyName.of(name, PLAIN[key.suite], key.public_key): key for key in keys}
    found: list[VerifyingKey] = []
    for signature in note.signatures:
        key = known.get(signature.key)
        if key is None or key in found:
            continue
        if not key.verifies(signature.signature, note.text.encode()):
            raise NoteError(f"the signature by {name} does not belong to this text")
        found.append(key)
    return tuple(found)


def vkey(name: str, kind: bytes, public_key: bytes) -> str:
    """The key as text: name, key id, type and key in base64."""
    key_id = KeyName.of(name, kind, public_key).key_id.hex()
    return f"{name}+{key_id}+{base64.b64encode(kind + public_key).decode()}"


def parse_vkey(text: str) -> tuple[str, bytes, bytes]:
    """Name, type and public key of a key as text; NoteError when id or length do not fit."""
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        kind_and_key = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("a verifier key is name+id+base64") from None
    kind, public_key = kind_and_key[:1], kind_and_key[1:]
    if kind not in {PLAIN[Suite.ED25519], b"\x04"} or len(public_key) != 32:
        raise NoteError("a verifier key is of type 1 or 4 and has 32 bytes")
    if KeyName.of(name, kind, public_key).key_id.hex() != key_id:
        raise NoteError("the verifier key's id does not fit its name and key")
    return name, kind, public_key
