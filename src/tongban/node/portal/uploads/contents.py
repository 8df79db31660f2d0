"""What a file really is, told from its content alone, and what must not be in it.

Promises: the name and the type that a browser claims count for nothing; a picture is written anew, without
place, device or anything behind it; a PDF with a script, a program or an attachment is refused.
"""

import re
from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from tongban.node.portal.uploads.refusals import FileRefused
from tongban.services.question import MEDIA_TYPES, FileKind

MOST_PIXELS = 60_000_000
MOST_PDF_OBJECTS = 50_000
JPEG_QUALITY = 90

_BEGINS: tuple[tuple[bytes, FileKind], ...] = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"%PDF-", "pdf"),
)
_MARKUP = re.compile(rb"<script|<\?php|<!doctype html|javascript:", re.IGNORECASE)
_ACTIVE_KEYS = frozenset({"/JS", "/XFA", "/EmbeddedFiles", "/EF", "/RichMedia"})
_ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition"})


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
    kept = _checked_pdf(content) if kind == "pdf" else _redrawn(content, kind)
    return kept, MEDIA_TYPES[kind]


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


def _checked_pdf(content: bytes) -> bytes:
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            raise FileRefused("file-protected")
        if not reader.pages:
            raise FileRefused("file-broken")
        if any(_is_active(part) for part in _dictionaries(reader)):
            raise FileRefused("file-script")
    except (PyPdfError, ValueError, KeyError, TypeError, RecursionError, OSError, AttributeError) as error:
        raise FileRefused("file-broken") from error
    return content


def _dictionaries(reader: PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, those that nothing refers to included."""
    numbers = {number for objects in reader.xref.values() for number in objects} | set(reader.xref_objStm)
    if len(numbers) > MOST_PDF_OBJECTS:
        raise FileRefused("file-too-large")
    yield reader.trailer
    for number in sorted(numbers):
        yield from _within(IndirectObject(number, 0, reader).get_object())


def _within(part: PdfObject | None) -> Iterator[DictionaryObject]:
    waiting = [part]
    while waiting:
        one = waiting.pop()
        if isinstance(one, DictionaryObject):
            yield one
            waiting.extend(dict.values(one))
        elif isinstance(one, ArrayObject):
            waiting.extend(list.__iter__(one))


def _is_active(part: DictionaryObject) -> bool:
    return bool(_ACTIVE_KEYS & part.keys()) or str(part.get("/S", "")) in _ACTIVE_ACTIONS
