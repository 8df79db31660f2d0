"""Reads the small part of CBOR (RFC 8949) that codes are written in, and nothing else.

Promises: whole numbers, bytes, texts, arrays, maps, true, false, null and tags around them, all of definite
length in their shortest form; depth and size are bounded before anything is made. What general readers
make of tags (dates, big numbers, references) cannot happen here.
"""

from dataclasses import dataclass

from tongban.credentials.refusals import Code, CredentialRefused

_DEEPEST = 6
_SIMPLE: dict[int, bool | None] = {20: False, 21: True, 22: None}
_FIRST_LONG = {24: 24, 25: 0x100, 26: 0x1_0000, 27: 0x1_0000_0000}


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value under a tag."""

    tag: int
    value: object


def loads(data: bytes) -> object:
    """The one value that `data` holds; refuses anything beside or behind it."""
    reading = _Reading(data)
    value = reading.value(0)
    if reading.at != len(data):
        raise CredentialRefused(Code.MALFORMED, "cbor: trailing bytes")
    return value


class _Reading:
    __slots__ = ("at", "data")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def value(self, depth: int) -> object:
        if depth > _DEEPEST:
            raise CredentialRefused(Code.TOO_DEEP, "cbor")
        major, argument = self.head()
        match major:
            case 0:
                return argument
            case 1:
                return -1 - argument
            case 2:
                return self.take(argument)
            case 3:
                return self.text(argument)
            case 4:
                self.expect(argument)
                return [self.value(depth + 1) for _ in range(argument)]
            case 5:
                self.expect(2 * argument)
                return self.map(argument, depth)
            case 6:
                return Tagged(argument, self.value(depth + 1))
            case _:
                if argument not in _SIMPLE:
                    raise CredentialRefused(Code.MALFORMED, "cbor: simple value")
                return _SIMPLE[argument]

    def head(self) -> tuple[int, int]:
        first = self.take(1)[0]
        major, short = first >> 5, first & 31
        if short < 24:
            return major, short
        if short > 27 or major == 7:
            raise CredentialRefused(Code.MALFORMED, "cbor: indefinite or floating")
        argument = int.from_bytes(self.take(1 << short - 24), "big")
        if argument < _FIRST_LONG[short]:
            raise CredentialRefused(Code.MALFORMED, "cbor: not the shortest form")
        return major, argument

    def take(self, count: int) -> bytes:
        self.expect(count)
        start = self.at
        self.at += count
        return self.data[start : self.at]

    def expect(self, count: int) -> None:
        """Refuse when fewer bytes are left than `count` items need."""
        if count > len(self.data) - self.at:
            raise CredentialRefused(Code.MALFORMED, "cbor: too short")

    def text(self, count: int) -> str:
        try:
            return self.take(count).decode("utf-8")
        except UnicodeDecodeError:
            raise CredentialRefused(Code.MALFORMED, "cbor: text") from None

    def map(self, count: int, depth: int) -> dict[int | str, object]:
        members: dict[int | str, object] = {}
        for _ in range(count):
            key = self.value(depth + 1)
            if not isinstance(key, int | str) or isinstance(key, bool) or key in members:
                raise CredentialRefused(Code.MALFORMED, "cbor: key")
            members[key] = self.value(depth + 1)
        return members
