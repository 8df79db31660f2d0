"""Where a log to be verified is read from: a folder of files, or an address.

Promises: what cannot be read is one error that names the place; nothing is written.
"""

from collections.abc import Iterator
from pathlib import Path

from tongban.node.fetching import Away, Site
from tongban.protocol.tlog.auditing import Read, Seen
from tongban.protocol.tlog.notes import Note, NoteError

SECONDS = 20.0
MOST_BYTES = 256 * 1024 * 1024


class SourceError(Exception):
    """A log cannot be read from where it was said to be; the text names the place."""


def reader_of(place: str) -> Read:
    """A reader of the log at `place`: a folder, or an http(s) address. Raises SourceError."""
    if place.startswith(("http://", "https://")):
        return _over_http(place.rstrip("/"))
    folder = Path(place)
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such folder; expected the folder of a log's files or its address")
    return _from_folder(folder)


def seen_in(place: str, by: str, node: str) -> Iterator[Seen]:
    """The heads of the log of `node` that `by` shows at `place` as witnessed. Raises SourceError."""
    read = reader_of(place)
    document = read(f"witnessed/{node}")
    if document is not None:
        yield Seen(f"the witness {by}", _note(document, f"{place}: witnessed/{node}"))
    if not place.startswith(("http://", "https://")):
        for path in sorted((Path(place) / "conflicts" / node).glob("*")):
            yield Seen(f"the witness {by}, which kept it as proof,", _note(path.read_bytes(), str(path)))


def _note(document: bytes, where: str) -> Note:
    try:
        return Note.parse(document)
    except NoteError as error:
        raise SourceError(f"{where}: {error}") from None


def _from_folder(folder: Path) -> Read:
    def read(path: str) -> bytes | None:
        try:
            return (folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise SourceError(f"{folder / path}: cannot be read: {error.strerror}") from None

    return read


def _over_http(prefix: str) -> Read:
    site = Site(seconds=SECONDS, most_bytes=MOST_BYTES, through_proxy=True)

    def read(path: str) -> bytes | None:
        try:
            answer = site.ask("GET", f"{prefix}/{path}")
        except Away as away:
            raise SourceError(f"{prefix}/{path}: cannot be read: {away}") from None
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise SourceError(f"{prefix}/{path}: answers with status {answer.status}")
        return answer.content

    return read
