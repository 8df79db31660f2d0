"""Base45 (RFC 9285): bytes in the characters that QR codes write most densely.

Promises: one text for the same bytes; what is not that text is refused.
"""

from tongban.credentials.refusals import Code, CredentialRefused

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}


def encode(data: bytes) -> str:
    """The text: three characters for two bytes, two for a single last one."""
    out: list[str] = []
    for start in range(0, len(data) - 1, 2):
        high, rest = divmod(data[start] << 8 | data[start + 1], 2025)
        middle, low = divmod(rest, 45)
        out += (_ALPHABET[low], _ALPHABET[middle], _ALPHABET[high])
    if len(data) % 2:
        high, low = divmod(data[-1], 45)
        out += (_ALPHABET[low], _ALPHABET[high])
    return "".join(out)


def decode(text: str) -> bytes:
    """The bytes; refuses foreign characters and groups that no bytes give."""
    if len(text) % 3 == 1:
        raise CredentialRefused(Code.MALFORMED, "code")
    try:
        values = [_VALUES[character] for character in text]
    except KeyError:
        raise CredentialRefused(Code.MALFORMED, "code") from None
    out = bytearray()
    whole = len(values) - len(values) % 3
    for start in range(0, whole, 3):
        number = values[start] + 45 * values[start + 1] + 2025 * values[start + 2]
        if number > 0xFFFF:
            raise CredentialRefused(Code.MALFORMED, "code")
        out += number.to_bytes(2, "big")
    if whole < len(values):
        number = values[whole] + 45 * values[whole + 1]
        if number > 0xFF:
            raise CredentialRefused(Code.MALFORMED, "code")
        out.append(number)
    return bytes(out)
