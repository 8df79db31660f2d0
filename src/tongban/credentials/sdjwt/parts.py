"""The compact form of an SD-JWT, taken apart: issuer's token, disclosures, key binding (RFC 9901, section 4).

Promises: nothing is decoded here; size and number of the parts are within the limits.
"""

from typing import NamedTuple, Self

from tongban.credentials.limits import Limits
from tongban.credentials.refusals import Code, CredentialRefused


class Parts(NamedTuple):
    """The parts as ASCII text. `presented` is what the key binding's hash covers, last tilde included."""

    token: bytes
    disclosures: tuple[bytes, ...]
    key_binding: bytes | None
    presented: bytes

    @classmethod
    def of(cls, compact: str | bytes, limits: Limits) -> Self:
        """Take a compact SD-JWT or SD-JWT+KB apart."""
        if len(compact) > limits.token_bytes:
            raise CredentialRefused(Code.TOO_LARGE, "sd-jwt")
        try:
            text = compact.encode("ascii") if isinstance(compact, str) else compact
        except UnicodeEncodeError:
            raise CredentialRefused(Code.MALFORMED, "sd-jwt") from None
        token, tilde, rest = text.partition(b"~")
        if not tilde:
            raise CredentialRefused(Code.MALFORMED, "sd-jwt: no tilde")
        *shown, last = rest.split(b"~")
        if len(shown) > limits.disclosures:
            raise CredentialRefused(Code.TOO_LARGE, "disclosures")
        presented = text[: -len(last)] if last else text
        return cls(token, tuple(shown), last or None, presented)

    def with_disclosures(self, disclosures: tuple[bytes, ...]) -> "Parts":
        """The same token with these disclosures and without key binding."""
        presented = b"~".join((self.token, *disclosures, b""))
        return Parts(self.token, disclosures, None, presented)
