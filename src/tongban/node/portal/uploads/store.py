"""Keeps the files of applications: in the node's own folder, under random names, not where pages are served.

Promises: only a file that was held clean is kept; it is on the disk before its row is; a file whose row is
gone, or says that it was purged, is removed by the sweep.
"""

import hashlib
import os
import secrets
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tongban.node.casework.enclosures import File
from tongban.node.casework.models import Case, Draft
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, true_now
from tongban.node.config import this_node
from tongban.node.portal.models import Upload
from tongban.node.portal.uploads import contents, scanning
from tongban.node.portal.uploads.refusals import FileRefused
from tongban.services import FileAnswer, Question
from tongban.services.question import FILE_BYTES, FILE_NAME_CHARACTERS

SWEEP_SECONDS = 3600
_LEFT_ALONE = timedelta(days=1)
_FILE_MODE = 0o600


def folder() -> Path:
    """Where the files lie."""
    return this_node().home / "uploads"


def keep(draft: Draft, question: Question, sent: "UploadedFile[bytes] | None") -> FileAnswer:
    """Hold a file against what the question accepts, scan it and keep it. Raises FileRefused."""
    if sent is None or not sent.size:
        raise FileRefused("file-missing")
    if sent.size > FILE_BYTES:
        raise FileRefused("file-too-large")
    sent_bytes = sent.read()
    scanning.hold_clean(sent_bytes)
    content, media_type = contents.cleaned(sent_bytes, question.accepts)
    if len(content) > FILE_BYTES:
        raise FileRefused("file-too-large")
    stored = _write(content)
    upload = Upload.objects.create(
        draft=draft,
        name=_shown_name(sent.name or "", media_type),
        media_type=media_type,
        size=len(content),
        stored=stored,
        at=now(),
    )
    return {"id": str(upload.pk), "name": upload.name, "type": media_type, "size": upload.size}


def of_draft(draft_id: UUID | None, upload_id: UUID) -> tuple[Upload, bytes]:
    """One file of a draft with its content. Raises Refused `not-found`."""
    upload = Upload.objects.filter(draft_id=draft_id, pk=upload_id).first() if draft_id else None
    try:
        if upload is not None:
            return upload, (folder() / upload.stored).read_bytes()
    except OSError as error:
        raise Refused("not-found") from error
    raise Refused("not-found")


def listed(draft_id: UUID) -> list[Upload]:
    """The files of a draft or of the case that it became, in the order in which they came."""
    return list(Upload.objects.filter(draft_id=draft_id).select_related("purge").order_by("at"))


def files_of(case: Case) -> list[File]:
    """The files of the application that a case came from, where they lie."""
    uploads = listed(case.draft_id) if case.draft_id else []
    return [
        File(one.name, one.media_type, folder() / one.stored, str(one.pk))
        for one in uploads
        if not is_purged(one)
    ]


def is_purged(upload: Upload) -> bool:
    """Whether the bytes of one that `listed` gave were purged."""
    return hasattr(upload, "purge")


def digest(upload: Upload) -> str:
    """The SHA-256 of a file's content; empty for one that is lost."""
    try:
        return hashlib.sha256((folder() / upload.stored).read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def drop(draft: Draft, upload_id: object) -> None:
    """Forget one file of a draft that is not submitted yet."""
    row = Upload.objects.filter(draft=draft, draft__case=None, pk=str(upload_id)).first()
    if row is not None:
        row.delete()
        transaction.on_commit((folder() / row.stored).unlink)


def sweep() -> int:
    """Remove files that no row names, and those that were purged, once they are a day old; how many."""
    known = set(Upload.objects.filter(purge=None).values_list("stored", flat=True))
    limit = (true_now() - _LEFT_ALONE).timestamp()
    lost = [
        path
        for path in folder().glob("*/*")
        if path.relative_to(folder()).as_posix() not in known and path.stat().st_mtime < limit
    ]
    for path in lost:
        path.unlink(missing_ok=True)
    return len(lost)


def _write(content: bytes) -> str:
    name = secrets.token_hex(16)
    path = folder() / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path.relative_to(folder()).as_posix()


def _shown_name(sent: str, media_type: str) -> str:
    """The name for people, without folders and control characters, ending as the content is."""
    ending = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}[media_type]
    last = sent.replace("\\", "/").rsplit("/", 1)[-1]
    stem = "".join(letter for letter in last.rsplit(".", 1)[0] if letter.isprintable()).strip(". ")
    return (stem or "file")[: FILE_NAME_CHARACTERS - len(ending)] + ending
