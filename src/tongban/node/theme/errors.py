"""Pages for what went wrong. Each says what happened, that nothing was lost, and what to do next.

Promises: none of these pages needs the database.
"""

import sys
from collections.abc import Callable
from http import HTTPStatus

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token

from tongban.node.translog.api import LogUnavailable

_RETRY_AFTER_SECONDS = "30"


@requires_csrf_token
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such page, or nothing that this person may see."""
    return render(request, "theme/404.html", status=404)


@requires_csrf_token
def not_permitted(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Signed in, but not as somebody who may do this."""
    return render(request, "theme/403.html", status=403)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The browser sent what no page of ours sends."""
    return render(request, "theme/400.html", status=400)


def expired_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's token does not fit the session: it lay open too long, or cookies are off."""
    return render(request, "theme/expired.html", status=403)


def unavailable(request: HttpRequest, page: str = "theme/503.html") -> HttpResponse:
    """The database cannot be reached, or whatever else `page` tells; it passes by itself."""
    response = render(request, page, status=503)
    response.headers["Retry-After"] = _RETRY_AFTER_SECONDS
    return response


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """Somebody asks more often than one address may; in so many seconds it is their turn again."""
    return render(request, "theme/429.html", {"seconds": seconds}, status=429)


def failed(request: HttpRequest) -> HttpResponse:
    """Anything unforeseen; an unreachable database or a log that takes no records has its own page."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return unavailable(request)
    if isinstance(error, LogUnavailable):
        return unavailable(request, "theme/503_log.html")
    return render(request, "theme/500.html", status=500)


class WrongMethod:
    """Middleware: an address that only takes a form, opened by itself, gets a page that leads on (405)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with a page where Django leaves it blank."""
        response = self._get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
            return response
        page = render(request, "theme/405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)
        page.headers["Allow"] = response.headers["Allow"]
        return page
