"""What a PDF must not hold: a script, a program, an attachment, anywhere in it."""

from collections.abc import Iterator
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, PdfObject

from tongban.node.portal.uploads.refusals import FileRefused

MOST_PDF_OBJECTS = 50_000
_ACTIVE_KEYS = frozenset({"/JS", "/XFA", "/EmbeddedFiles", "/EF", "/RichMedia"})
_ACTIVE_ACTIONS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/Rendition"})


def checked(content: bytes) -> bytes:
    """The same PDF. Raises FileRefused `file-protected`, `file-broken`, `file-script` or `file-too-large`."""
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
