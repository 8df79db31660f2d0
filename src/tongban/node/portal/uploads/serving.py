"""Sends a kept file so that it can do nothing in a browser but be looked at."""

from urllib.parse import quote

from django.http import HttpResponse

from tongban.node.portal.models import Upload

_NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def shown(upload: Upload, content: bytes) -> HttpResponse:
    """The file with its own media type, not sniffed, not cached by others, without any right to run."""
    response = HttpResponse(content, content_type=upload.media_type)
    sandbox = "; sandbox" if upload.media_type.startswith("image/") else ""
    response.headers["Content-Security-Policy"] = _NOTHING + sandbox
    response.headers["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(upload.name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response
