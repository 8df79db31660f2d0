"""A department's files that go along with evidence (随证附件): taken in, checked, named by their digest.

Promises: what is taken in is what people can look at, whole, and no larger than what crosses; what a file is
called at the department, which may tell of a person, is not passed on; nothing outside the declared folder,
and no other server than the declared one, is read.
"""

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from tongban.node.exchange import attachments, department_data
from tongban.node.exchange.connectors import Connector, FilesConnector, HttpConnector, PythonConnector, Row
from tongban.node.exchange.department_data import Fault
from tongban.protocol import Code, EvidenceFile, EvidenceType, Record, Refused
from tongban.protocol.messages import MOST_FILES

BEGINS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
"""What a file begins with, and the ending of its name here."""
_LONGEST_BEGIN = max(map(len, BEGINS))

Keep = Callable[[Iterator[bytes]], str]


def taken_in(connector: Connector, rows: Sequence[Row], names: Sequence[str]) -> list[dict[str, str]]:
    """For each row the digests of the files in the fields `names`, which are kept here from now on.

    A digest is empty where there is no file. Raises Refused `department-data-invalid`, or `try-later` when
    one cannot be read now.
    """
    if sum(1 for row in rows for name in names if _raw(connector, row, name)) > MOST_FILES:
        raise department_data.invalid("records", Fault.TOO_MANY_FILES)
    return [
        {name: _read(connector, row, name, f"records[{n}].{name}", _kept) for name in names}
        for n, row in enumerate(rows)
    ]


def tried(connector: Connector, row: Row, name: str) -> str:
    """The digest of the file in one field; nothing is kept. Raises Refused as `taken_in` does."""
    return _read(connector, row, name, name, lambda pieces: attachments.measured(pieces)[0])


def described(kind: EvidenceType, records: Sequence[Record]) -> tuple[EvidenceFile, ...]:
    """The files that the records name, as an answer tells of them: called after their field, numbered."""
    files: dict[str, EvidenceFile] = {}
    for record in records if kind.file_fields else ():
        for name in kind.file_fields:
            digest = str(record.get(name, ""))
            if digest and digest not in files:
                with attachments.own().path(digest).open("rb") as file:
                    ending = _ending(file.read(_LONGEST_BEGIN))
                    size = file.seek(0, io.SEEK_END)
                files[digest] = EvidenceFile(
                    sha256=digest, size=size, name=f"{name}-{len(files) + 1}.{ending}"
                )
    return tuple(files.values())


def _raw(connector: Connector, row: Row, name: str) -> object:
    return row.get(connector.fields[name].column or "") or None


def _kept(pieces: Iterator[bytes]) -> str:
    return attachments.own().store(pieces)[0]


def _read(connector: Connector, row: Row, name: str, path: str, keep: Keep) -> str:
    raw = _raw(connector, row, name)
    if raw is None:
        return ""
    try:
        return keep(_documents(_pieces(connector, raw, path), path))
    except Refused as refused:
        if refused.code is Code.TOO_LARGE:
            raise department_data.invalid(path, Fault.FILE_TOO_LARGE) from None
        raise
    except OSError as error:
        problem = f"a file of the department cannot be read now ({type(error).__name__})"
        raise Refused(Code.TRY_LATER, "connector", problem) from None


def _documents(pieces: Iterable[bytes], path: str) -> Iterator[bytes]:
    """The pieces, if what they begin with is what people can look at."""
    begin, is_known = b"", False
    for piece in pieces:
        if is_known:
            yield piece
            continue
        begin += piece
        if len(begin) >= _LONGEST_BEGIN:
            _check_begin(begin, path)
            is_known = True
            yield begin
    if not is_known:
        _check_begin(begin, path)
        yield begin


def _check_begin(begin: bytes, path: str) -> None:
    if not _ending(begin):
        raise department_data.invalid(path, Fault.NOT_A_DOCUMENT)


def _ending(begin: bytes) -> str:
    return next((ending for start, ending in BEGINS.items() if begin.startswith(start)), "")


def _pieces(connector: Connector, raw: object, path: str) -> Iterable[bytes]:
    """The file that a value of the department stands for: its bytes, a path, an address, an open file."""
    if isinstance(raw, bytes | bytearray | memoryview):
        return iter((bytes(raw),))
    if isinstance(connector, PythonConnector) and hasattr(raw, "read"):
        return iter(lambda: raw.read(attachments.PIECE), b"")
    if isinstance(connector, PythonConnector) and isinstance(raw, Path):
        return attachments.pieces(_found(raw, path), 0)
    if isinstance(connector, HttpConnector):
        from tongban.node.exchange import department_http  # noqa: PLC0415 - large, loaded when needed

        return department_http.file(connector, str(raw), path)
    folder = connector.files_path or (connector.folder if isinstance(connector, FilesConnector) else None)
    if folder is None or not isinstance(raw, str):
        problem = "files_path is not declared, or the value is neither bytes nor a path"
        raise Refused(Code.TRY_LATER, "connector", problem)
    whole = (folder / raw).resolve()
    if not whole.is_relative_to(folder.resolve()):
        raise department_data.invalid(path, Fault.FILE_MISSING)
    return attachments.pieces(_found(whole, path), 0)


def _found(file: Path, path: str) -> Path:
    if not file.is_file():
        raise department_data.invalid(path, Fault.FILE_MISSING)
    return file
