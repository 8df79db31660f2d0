"""QR codes of codes to show: drawn as SVG or PNG, never larger than a phone at 360 px can show.

Promises: version 12 at most, error correction level M, the quiet zone of four modules that readers need.
"""

import io
from dataclasses import dataclass

import segno

from tongban.credentials.refusals import Code, CredentialRefused

LARGEST_VERSION = 12
LARGEST_TEXT = 419
"""Characters of base45 that version 12 at level M holds (ISO/IEC 18004, alphanumeric mode)."""

LARGEST_LINK = 287
"""Bytes that version 12 at level M holds (ISO/IEC 18004, byte mode)."""

_QUIET_ZONE = 4


@dataclass(frozen=True, slots=True)
class QrCode:
    """A drawn code."""

    version: int
    _code: segno.QRCode

    @classmethod
    def of(cls, text: str) -> "QrCode":
        """Draw a text of base45 characters; refuses one that needs a larger code."""
        return cls._drawn(text, LARGEST_TEXT, "alphanumeric")

    @classmethod
    def of_link(cls, link: str) -> "QrCode":
        """Draw a link that an app opens, in ASCII; refuses one that needs a larger code."""
        return cls._drawn(link, LARGEST_LINK, "byte")

    @classmethod
    def _drawn(cls, text: str, most: int, mode: str) -> "QrCode":
        if len(text) > most:
            raise CredentialRefused(Code.CODE_TOO_LARGE, "qr")
        try:
            code = segno.make_qr(text, error="m", mode=mode, boost_error=False)
        except ValueError:
            raise CredentialRefused(Code.MALFORMED, "qr") from None
        return cls(int(code.version), code)

    @property
    def modules(self) -> int:
        """Modules of a side, quiet zone included."""
        return int(self._code.symbol_size(border=_QUIET_ZONE)[0])

    def svg(self) -> str:
        """An `<svg>` element for a page, without size and without styles, black on white."""
        return str(self._code.svg_inline(border=_QUIET_ZONE, light="#fff", omitsize=True))

    def png(self, scale: int = 5) -> bytes:
        """A picture with `scale` pixels a module."""
        out = io.BytesIO()
        self._code.save(out, kind="png", scale=scale, border=_QUIET_ZONE)
        return out.getvalue()
