"""No ID number in a log, no foreign asset in a page."""

import io
import json
import logging
import sys

import pytest
from django.http import HttpRequest, HttpResponse

from tongban.node.security import (
    HIDDEN,
    ContentSecurityPolicy,
    IdentityFilter,
    StructuredFormatter,
    without_id_numbers,
)

ID_NUMBER = "510104197602140020"


@pytest.fixture
def lines() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(lines: io.StringIO) -> logging.Logger:
    handler = logging.StreamHandler(lines)
    handler.setFormatter(StructuredFormatter())
    handler.addFilter(IdentityFilter())
    logger = logging.Logger("tongban.test")
    logger.addHandler(handler)
    return logger


@pytest.mark.parametrize(
    "text", [ID_NUMBER, f"id={ID_NUMBER[:17]}X.", f"/{ID_NUMBER[:17]}x/", ID_NUMBER[:15]]
)
def test_what_looks_like_an_id_number_is_taken_out(text: str) -> None:
    assert HIDDEN in without_id_numbers(text)
    assert ID_NUMBER[:15] not in without_id_numbers(text)


@pytest.mark.parametrize("text", ["SC-2026-0001832", "2026-11-03T09:12", "a" * 18, "1234567890123456"])
def test_other_numbers_stay(text: str) -> None:
    assert without_id_numbers(text) == text


def test_a_log_line_hides_numbers_in_its_arguments(log: logging.Logger, lines: io.StringIO) -> None:
    log.warning("asked for %s", ID_NUMBER)
    assert ID_NUMBER not in lines.getvalue()


def test_a_log_line_hides_numbers_in_an_exception(log: logging.Logger, lines: io.StringIO) -> None:
    try:
        raise ValueError(ID_NUMBER)
    except ValueError:
        log.error("failed", exc_info=sys.exc_info())
    assert ID_NUMBER not in lines.getvalue()
    assert "ValueError" in json.loads(lines.getvalue())["exception"]


def test_a_log_line_is_one_json_object(log: logging.Logger, lines: io.StringIO) -> None:
    log.info("第一行\n第二行")
    (line,) = lines.getvalue().splitlines()
    assert json.loads(line)["message"] == "第一行\n第二行"


def test_every_response_carries_the_policy_without_inline_script() -> None:
    response = ContentSecurityPolicy(lambda request: HttpResponse())(HttpRequest())
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
