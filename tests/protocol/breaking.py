"""Broken copies of good input: pieces put in, taken out, doubled, bits turned."""

import random

PIECES = (
    b"", b"\x00", b"\xff", b"\xed\xa0\x80", b'"', b"{", b"[" * 2000, b"}", b",", b":", b"1e999", b"-0",
    b"NaN", b"\\ud800", b";", b"=", b"()", b"9" * 400, b"null", b"true", b"\r\n", b"\x7f", "省".encode(),
)  # fmt: skip


def broken(good: bytes, chance: random.Random) -> bytes:
    """The input with one to four things wrong."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 4)):
        start = chance.randint(0, len(data))
        end = min(len(data), start + chance.choice((0, 1, 2, 8, 60)))
        match chance.randint(0, 3):
            case 0:
                data[start:end] = chance.choice(PIECES)
            case 1:
                data[start:start] = data[end : end + chance.randint(1, 40)]
            case 2 if data:
                data[start % len(data)] ^= 1 << chance.randint(0, 7)
            case _:
                del data[start:end]
    return bytes(data)
