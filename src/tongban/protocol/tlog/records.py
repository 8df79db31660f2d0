"""What a log of Tongban holds: commitments to records, never the records themselves.

A leaf names the kind of record and a salted hash of it. The opening, salt and record, stays with the node;
who is shown both can check them, and who is not learns nothing about a person.
"""

import base64
import binascii
import hashlib
import re
import secrets
from collections.abc import Mapping
from typing import NamedTuple

import orjson

SALT_BYTES = 32
LEAF_HEADER = "tongban/record/v1"
_COMMITMENT_HEADER = b"tongban/commitment/v1\n"
_KIND = re.compile(r"[a-z][a-z-]{0,39}")
_LEAF = re.compile(rf"{LEAF_HEADER}\n(?P<kind>[a-z][a-z-]{{0,39}})\n(?P<commitment>[A-Za-z0-9+/]{{43}}=)\n")
_LARGEST_INTEGER = (1 << 53) - 1

Json = str | int | bool | None | tuple["Json", ...] | list["Json"] | Mapping[str, "Json"]
"""What a record may consist of: no fractions, since two writers would write them differently."""


class RecordError(ValueError):
    """A record or leaf is not of its form, or does not belong to its leaf; the text says which."""


class Leaf(NamedTuple):
    """A log entry: the kind of record, and the hash that commits to it."""

    kind: str
    commitment: bytes

    def encode(self) -> bytes:
        """The entry's bytes."""
        return f"{LEAF_HEADER}\n{self.kind}\n{base64.b64encode(self.commitment).decode()}\n".encode()

    @classmethod
    def parse(cls, entry: bytes) -> "Leaf":
        """Read an entry; RecordError when it is not one."""
        try:
            found = _LEAF.fullmatch(entry.decode("ascii"))
            if found is None:
                raise RecordError("an entry is header, kind and commitment, each on a line of its own")
            leaf = cls(found["kind"], base64.b64decode(found["commitment"], validate=True))
        except (UnicodeDecodeError, binascii.Error):
            raise RecordError("an entry is ASCII text") from None
        if leaf.encode() != entry:
            raise RecordError("a commitment's base64 has one form")
        return leaf


class Opening(NamedTuple):
    """A record with the salt that its leaf commits to. Whoever has it can check the leaf."""

    kind: str
    salt: bytes
    content: bytes

    def __repr__(self) -> str:
        return f"Opening({self.kind})"

    @property
    def leaf(self) -> Leaf:
        """The leaf that commits to this record."""
        named = _COMMITMENT_HEADER + self.kind.encode() + b"\n"
        return Leaf(self.kind, hashlib.sha256(named + self.salt + self.content).digest())


def seal(kind: str, record: Mapping[str, Json]) -> Opening:
    """A record in its canonical form under a fresh salt; RecordError when it cannot be one."""
    if not _KIND.fullmatch(kind):
        raise RecordError("a kind is lower-case letters and hyphens")
    return Opening(kind, secrets.token_bytes(SALT_BYTES), canonical(record))


def canonical(record: Mapping[str, Json]) -> bytes:
    """The record's one form: JSON as RFC 8785 writes it, with ASCII names and whole numbers only."""
    _check(record)
    try:
        return orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        raise RecordError("texts in a record are Unicode without lone surrogates") from None


def _check(value: Json) -> None:
    """Raise RecordError unless a record may consist of this; texts inside, the most of it, cost no call."""
    if isinstance(value, dict):
        for name, member in value.items():
            if not isinstance(name, str) or not name.isascii():
                raise RecordError("names in a record are ASCII")
            if type(member) is not str and member is not None:
                _check(member)
    elif isinstance(value, (list, tuple)):
        for member in value:
            if type(member) is not str:
                _check(member)
    elif isinstance(value, int):
        if abs(value) > _LARGEST_INTEGER:
            raise RecordError("a whole number in a record is below 2**53")
    elif value is not None and not isinstance(value, str):
        raise RecordError(f"a record holds no {type(value).__name__}")
