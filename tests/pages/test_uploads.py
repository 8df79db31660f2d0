"""A file is taken only for what it is, kept where nobody stumbles on it, and shown without a right to run."""

import os
import socket
import struct
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.casework.walk import Walk
from tests.pages.every_kind import CODE, add_every_kind
from tests.pages.files import EICAR, pdf, picture, picture_with_place
from tests.pages.test_portal import PASSWORD, page
from tests.services.shipped import copy_shipped
from tongban.node.casework import catalogue, drafts
from tongban.node.casework.models import Draft
from tongban.node.people.access import accesses_of
from tongban.node.people.models import Account, Officer
from tongban.node.people.register import create_citizen
from tongban.node.portal.models import Upload
from tongban.node.portal.uploads import contents, limit, scanning, store
from tongban.node.portal.uploads import first_page as first_page_of
from tongban.node.portal.uploads.refusals import FileRefused
from tongban.services.question import FILE_BYTES, Question

pytestmark = pytest.mark.usefixtures("own_uploads")


@pytest.fixture
def draft(client: Client, citizen: Account, tmp_path: Path) -> Draft:
    root = copy_shipped(tmp_path / "services")
    add_every_kind(root)
    catalogue.publish(root)
    client.force_login(citizen)
    assert citizen.person is not None
    return drafts.begin(citizen.person, CODE)


def address(draft: Draft) -> str:
    return f"/applications/{draft.pk}/questions/card/"


def send(
    client: Client, draft: Draft, content: bytes, name: str = "card.jpg", kind: str = "image/jpeg"
) -> HttpResponseBase:
    return client.post(address(draft), {"answer": SimpleUploadedFile(name, content, kind)})


def kept() -> dict[str, object]:
    found: dict[str, object] = Draft.objects.get(service__code=CODE).answers.get("card", {})
    return found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "media_type"),
    [(picture(), "image/jpeg"), (picture("PNG"), "image/png"), (pdf(), "application/pdf")],
)
def test_a_file_is_kept_as_what_it_is_whatever_it_is_called(
    client: Client, draft: Draft, content: bytes, media_type: str
) -> None:
    assert send(client, draft, content, "../../etc/passwd.exe", "text/html").status_code == 302
    assert kept()["type"] == media_type
    assert str(kept()["name"]).startswith("passwd.")
    upload = Upload.objects.get()
    assert "passwd" not in upload.stored
    assert (store.folder() / upload.stored).stat().st_mode & 0o077 == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-missing"),
        (b"<html><script>alert(1)</script>", "file-type"),
        (b"GIF89a" + b"\0" * 20, "file-type"),
        (b"MZ\x90\0", "file-virus"),
        (EICAR, "file-virus"),
        (picture() + EICAR, "file-virus"),
        (picture() + b"<script>alert(1)</script>", "file-script"),
        (picture()[:200], "file-broken"),
        (b"\xff\xd8\xff" + b"\0" * 100, "file-broken"),
        (b"%PDF-1.7\nnothing", "file-broken"),
        (pdf(script=True), "file-script"),
        (pdf(attachment=True), "file-script"),
        (pdf(password="secret"), "file-protected"),
        (b"\0" * (FILE_BYTES + 1), "file-too-large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
def test_a_file_that_must_not_be_is_refused_with_its_reason(
    client: Client, draft: Draft, content: bytes, code: str
) -> None:
    question = drafts.service_of(draft).form.question("card")
    assert question is not None
    with pytest.raises(FileRefused) as refused:
        store.keep(draft, question, SimpleUploadedFile("card.jpg", content))
    assert refused.value.code == code
    shown = send(client, draft, content)
    assert isinstance(shown, HttpResponse)
    assert shown.status_code == 422
    assert refused.value.text.zh in shown.content.decode()
    assert not Upload.objects.exists()


@pytest.mark.django_db
def test_a_picture_forgets_where_it_was_taken(client: Client, draft: Draft) -> None:
    assert Image.open(BytesIO(picture_with_place())).getexif()
    send(client, draft, picture_with_place())
    assert not Image.open(store.folder() / Upload.objects.get().stored).getexif()


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n"]))
def test_no_content_whatever_does_more_than_be_refused(rest: bytes, start: bytes) -> None:
    with pytest.raises(FileRefused):
        contents.cleaned(start + rest, ("pdf", "jpeg", "png"))


@pytest.mark.django_db
def test_a_kept_file_is_shown_without_any_right_to_run(client: Client, draft: Draft) -> None:
    send(client, draft, picture())
    assert f'src="/applications/{draft.pk}/files/{kept()["id"]}/"' in page(client, address(draft))
    shown = client.get(f"/applications/{draft.pk}/files/{kept()['id']}/")
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert shown.headers["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
def test_the_first_page_of_a_pdf_is_shown_as_a_picture_of_bounded_size(client: Client, draft: Draft) -> None:
    send(client, draft, pdf(), "card.pdf")
    first_page = f"/applications/{draft.pk}/files/{kept()['id']}/first-page/"
    assert f'src="{first_page}"' in page(client, address(draft))
    shown = client.get(first_page)
    assert (shown.headers["Content-Type"], shown.headers["Cache-Control"]) == (
        "image/png",
        "private, no-store",
    )
    assert Image.open(BytesIO(shown.content)).size == (first_page_of.WIDTH, first_page_of.WIDTH)


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\nnothing", picture()], ids=["empty", "broken", "picture"]
)
def test_what_is_no_pdf_gives_no_first_page(content: bytes) -> None:
    assert first_page_of.drawn(content) is None


def test_a_page_that_would_take_too_much_gives_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_page_of, "WALL_SECONDS", 0.001)
    assert first_page_of.drawn(pdf()) is None


@pytest.mark.django_db
def test_somebody_elses_file_is_not_found(client: Client, draft: Draft) -> None:
    send(client, draft, picture())
    own = f"/applications/{draft.pk}/files/{kept()['id']}/"
    account = create_citizen("other", PASSWORD, "11010519491231002X", "别人")
    assert account.person is not None
    client.force_login(account)
    other = drafts.begin(account.person, CODE)
    assert client.get(own).status_code == 404
    assert client.get(own.replace(str(draft.pk), str(other.pk))).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_another_file_takes_the_place_of_the_first_and_a_removed_one_is_gone(
    client: Client, draft: Draft
) -> None:
    send(client, draft, picture())
    first = store.folder() / Upload.objects.get().stored
    send(client, draft, pdf(), "card.pdf")
    assert not first.exists()
    second = store.folder() / Upload.objects.get().stored
    client.post(address(draft) + "remove/")
    assert (kept(), Upload.objects.count(), second.exists()) == ({}, 0, False)


@pytest.mark.django_db
def test_a_file_is_not_answered_by_a_made_up_text(client: Client, draft: Draft) -> None:
    assert client.post(address(draft), {"answer": '{"id": "x"}'}).status_code == 422
    assert kept() == {}


CARD = Question.model_validate(
    {"key": "card", "type": "file", "accepts": ["jpeg"], "label": {"zh": "卡", "en": "Card"}}
)


@pytest.mark.django_db
def test_an_officers_look_at_a_file_is_recorded_and_a_strangers_finds_nothing(
    client: Client, walk: Walk, officer: Officer, stranger: Officer
) -> None:
    case = walk.submitted()
    assert case.draft is not None
    card = store.keep(case.draft, CARD, SimpleUploadedFile("card.jpg", picture()))
    seen = f"/cases/{case.number}/files/{card['id']}/"
    client.force_login(stranger.account)
    assert client.get(seen).status_code == 404
    client.force_login(officer.account)
    assert seen in page(client, f"/workbench/cases/{case.number}/")
    assert client.get(seen).status_code == 200
    assert ("files",) in [access.fields for access in accesses_of(walk.person)]


@pytest.mark.django_db
def test_a_file_whose_row_is_gone_is_swept_once_it_is_a_day_old(client: Client, draft: Draft) -> None:
    send(client, draft, picture())
    named, lost = store.folder() / Upload.objects.get().stored, store.folder() / "00" / "lost"
    lost.parent.mkdir(exist_ok=True)
    lost.write_bytes(b"x")
    assert store.sweep() == 0
    for path in (named, lost):
        os.utime(path, (0, 0))
    assert (store.sweep(), named.exists(), lost.exists()) == (1, True, False)


def test_a_request_that_is_far_too_large_is_refused_unread(client: Client) -> None:
    shown = client.post("/sign-in/", CONTENT_LENGTH=str(limit.MOST_BYTES + 1))
    assert shown.status_code == 413
    assert "一个文件最大 10 MB" in shown.content.decode()


class Clamd(threading.Thread):
    """Answers INSTREAM as clamd does."""

    def __init__(self, answer: str) -> None:
        super().__init__(daemon=True)
        self.answer = answer
        self.received = b""
        self.listening = socket.create_server(("127.0.0.1", 0))

    def run(self) -> None:
        connection, _ = self.listening.accept()
        with connection, connection.makefile("rb") as stream:
            assert stream.read(10) == b"zINSTREAM\0"
            while length := struct.unpack(">I", stream.read(4))[0]:
                self.received += stream.read(length)
            connection.sendall(f"stream: {self.answer}\0".encode())


@pytest.fixture
def clamd(request: pytest.FixtureRequest) -> Iterator[Clamd]:
    daemon = Clamd(request.param)
    daemon.start()
    yield daemon
    daemon.listening.close()


@pytest.mark.parametrize(
    ("clamd", "found"),
    [("OK", ""), ("Win.Test.EICAR_HDB-1 FOUND", "Win.Test.EICAR_HDB-1")],
    indirect=["clamd"],
)
def test_clamd_is_asked_with_the_whole_file(clamd: Clamd, found: str) -> None:
    content = bytes(range(256)) * 1000
    assert scanning.ClamdScanner(clamd.listening.getsockname()).find(content) == found
    assert clamd.received == content


@pytest.mark.parametrize("clamd", ["INSTREAM size limit exceeded. ERROR"], indirect=True)
def test_a_scanner_that_cannot_scan_has_found_nothing_out(clamd: Clamd) -> None:
    with pytest.raises(OSError, match="size limit"):
        scanning.ClamdScanner(clamd.listening.getsockname()).find(b"x")


def test_what_cannot_be_scanned_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    address = silent.getsockname()
    silent.close()
    monkeypatch.setattr(scanning, "scanner", lambda: scanning.ClamdScanner(address))
    with pytest.raises(FileRefused) as refused:
        scanning.hold_clean(picture())
    assert refused.value.code == "file-unscanned"
