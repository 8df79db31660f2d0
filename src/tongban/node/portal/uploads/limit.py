"""Refuses a request that is larger than any page of ours sends, before a byte of it is read."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

MOST_BYTES = 32 * 1024 * 1024


class RequestSize:
    """Middleware: more than `MOST_BYTES` announced gets a page that says what to do (413)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page for a request that is too large, else the answer."""
        announced = request.META.get("CONTENT_LENGTH") or "0"
        if announced.isdigit() and int(announced) > MOST_BYTES:
            return render(request, "theme/413.html", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self._get_response(request)
