"""How much a stranger may make this library read: bytes, disclosures, depth, unpacked size.

Promises: every parser checks its limit before it allocates or recurses.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds for what is read; what goes beyond is refused as too large or too deep.

    Bytes count the encoded text. `unpacked_bytes` bounds a status list after decompression: 4 MiB are
    32 million entries of one bit.
    """

    token_bytes: int = 262_144
    disclosures: int = 512
    depth: int = 16
    list_bytes: int = 8_388_608
    unpacked_bytes: int = 4_194_304
    code_characters: int = 4_296
    code_bytes: int = 4_096


DEFAULT_LIMITS = Limits()
