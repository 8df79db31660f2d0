"""What a file really is, told from its content alone, and what must not be in it.

Promises: the name and the type that a browser claims count for nothing; a picture is written anew, without
place, device or anything behind it; a PDF with a script, a program or an attachment is refused.
"""

import re
from io import BytesIO

from PIL import Image, ImageOps

from tongban.node.portal.uploads.refusals import FileRefused
from tongban.services.question import MEDIA_TYPES, FileKind

MOST_PIXELS = 60_000_000
JPEG_QUALITY = 90

_BEGINS: tuple[tuple[bytes, FileKind], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"%PDF-", "pdf"),
)
_MARKUP = re.compile(rb"<script|<\?php|<!doctype html|javascript:", re.IGNORECASE)


def kind_of(content: bytes) -> FileKind | None:
    """What the content begins as; None for anything that is not taken."""
    return next((kind for start, kind in _BEGINS if content.startswith(start)), None)


def cleaned(content: bytes, accepted: tuple[FileKind, ...]) -> tuple[bytes, str]:
    """The content to keep and its media type. Raises FileRefused."""
    kind = kind_of(content)
    if kind is None or kind not in accepted:
        raise FileRefused("file-type")
    if _MARKUP.search(content):
        raise FileRefused("file-script")
    if kind != "pdf":
        return _redrawn(content, kind), MEDIA_TYPES[kind]
    from tongban.node.portal.uploads import pdf  # noqa: PLC0415 - its library is large, and few files are PDFs

    return pdf.checked(content), MEDIA_TYPES[kind]


def _redrawn(content: bytes, kind: FileKind) -> bytes:
    """The picture itself, turned upright, and nothing else that the file held."""
    name = kind.upper()
    try:
        with Image.open(BytesIO(content), formats=[name]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise FileRefused("file-too-large")
            picture = ImageOps.exif_transpose(opened)
            picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FileRefused("file-broken") from error
    drawn = BytesIO()
    plain = picture if picture.mode in {"RGB", "L"} else picture.convert("RGB" if kind == "jpeg" else "RGBA")
    plain.info.clear()
    plain.save(drawn, format=name, quality=JPEG_QUALITY)
    return drawn.getvalue()
