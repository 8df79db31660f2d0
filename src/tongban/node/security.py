"""What every response and every log line of a node must keep: the content policy and people's numbers.

Promises: no page may load or run anything from elsewhere; no log line carries a resident ID number.
"""

import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tongban.node.config import this_node

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; manifest-src 'self'; "
    "img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'{partners}; base-uri 'none'; frame-ancestors 'none'"
)
HIDDEN = "[id-number]"

_ID_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|\d{15})(?!\d)")
_MAY_BE_ONE = re.compile(r"\d{15}")
"""What every number begins with; looking for it alone takes a third of the time, and few lines have it."""


class ContentSecurityPolicy:
    """Sends the strict policy with every response that has none; forms may lead to partners in sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        origins = (partner.pages_url for partner in this_node().sign_in_partners)
        self.policy = POLICY.format(partners="".join(f" {origin}" for origin in origins))

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request; an answer without a policy gets this one."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


def without_id_numbers(text: str) -> str:
    """The text with everything that looks like a resident ID number (18 or 15 characters) taken out."""
    return _ID_NUMBER.sub(HIDDEN, text) if _MAY_BE_ONE.search(text) else text


class IdentityFilter(logging.Filter):
    """Takes ID numbers out of a record's message and arguments before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record; it is always kept."""
        record.msg = without_id_numbers(record.getMessage())
        record.args = None
        if record.exc_info:
            record.exc_text = without_id_numbers(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True


class StructuredFormatter(logging.Formatter):
    """One JSON object a line: at, level, logger, message and, where there is one, the exception."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_text:
            line["exception"] = record.exc_text
        return without_id_numbers(json.dumps(line, ensure_ascii=False))
