"""Sends a kept file so that it can do nothing in a browser but be looked at."""

from typing import Protocol
from urllib.parse import quote

from django.http import HttpResponse

from tongban.node.casework.refusals import Refused
from tongban.node.portal.uploads.first_page import drawn


class Named(Protocol):
    """A file's name for people, and what it is."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def media_type(self) -> str:
        """What it is."""


_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def shown(upload: Named, content: bytes) -> HttpResponse:
    """The file with its own media type, not sniffed, not cached by others, without any right to run."""
    return _sent(content, upload.media_type, upload.name)


def first_page(upload: Named, content: bytes) -> HttpResponse:
    """What the file looks like: a picture itself, the first page of a PDF. Raises Refused `not-found`."""
    if upload.media_type.startswith("image/"):
        return shown(upload, content)
    png = drawn(content)
    if png is None:
        raise Refused("not-found")
    return _sent(png, "image/png", f"{upload.name}.png")


def _sent(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    sandbox = "; sandbox" if media_type.startswith("image/") else ""
    response.headers["Content-Security-Policy"] = _NOTHING + sandbox
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
