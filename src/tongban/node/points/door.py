"""The door of points of service: JSON over HTTPS with an OAuth 2 bearer token, no cookie and no session.

Promises: every refusal is JSON with a stable code; a body is read up to the limit only; nothing is cached.
"""

import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeVar

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tongban.node.points import billing, openapi, register
from tongban.node.points.models import Bill, Point
from tongban.node.points.refusals import MEANINGS, Refused
from tongban.node.translog.api import LogUnavailable

MOST_BYTES = 262_144
RETRY_SECONDS = {"too-many": 60, "try-later": 10}
PENDING_SECONDS = 2
"""How long a system waits before it asks again for a bill that is not decided yet."""
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_DECIDED = billing.DECIDED | {"withdrawn"}

Given = TypeVar("Given", bound=BaseModel)
View = Callable[[HttpRequest, Point, str], JsonResponse]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class GivenPerson(_Strict):
    """Whose bill it is, as the card says that was shown."""

    resident_id: Annotated[str, Field(min_length=15, max_length=18, repr=False)]
    name: Annotated[str, Field(min_length=1, max_length=80, repr=False)]


class GivenBill(_Strict):
    """What is submitted; the lines are the service's own kind of record, without the bill's number."""

    person: GivenPerson
    lines: Annotated[
        tuple[dict[str, str | int], ...],
        Field(min_length=1, max_length=billing.MOST_LINES, strict=False, repr=False),
    ]


class GivenLine(_Strict):
    """A line that the home side asked about, as the point has it now, without the bill's number."""

    line: Annotated[dict[str, str | int], Field(repr=False)]


def _for_points(view: View) -> Callable[..., JsonResponse]:
    """The view gets the point whose token was shown; what is refused is told in JSON."""

    @csrf_exempt
    @wraps(view)
    def opened(request: HttpRequest, number: str, **_parts: int) -> JsonResponse:
        try:
            response = view(request, _point(request), _readable(number))
        except Refused as refused:
            response = _told(refused)
        except (LogUnavailable, OperationalError, InterfaceError):
            response = _told(Refused("try-later"))
        response["Cache-Control"] = "no-store"
        return response

    return opened


@_for_points
def _bill(request: HttpRequest, point: Point, number: str) -> JsonResponse:
    if request.method == "GET":
        return _answer(billing.bill_of(point, number))
    found, is_new = billing.submit(point, number, _given(request))
    return _answer(found, status=201 if is_new else 200)


@_for_points
def _cancelled(request: HttpRequest, point: Point, number: str) -> JsonResponse:
    return _answer(billing.cancel(point, number))


@_for_points
def _line(request: HttpRequest, point: Point, number: str) -> JsonResponse:
    position = int(request.resolver_match.kwargs["position"]) if request.resolver_match else -1
    return _answer(billing.answer(point, number, position, _read(request, GivenLine).line))


bill = require_http_methods(["GET", "PUT"])(_bill)
cancelled = require_http_methods(["POST"])(_cancelled)
line = require_http_methods(["PUT"])(_line)


def described(request: HttpRequest) -> JsonResponse:
    """The OpenAPI document of these addresses."""
    return JsonResponse(openapi.document())


def _point(request: HttpRequest) -> Point:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    point = register.point_of(token.strip()) if scheme.lower() == "bearer" and token.strip() else None
    if point is None:
        raise Refused("token-unusable")
    return point


def _readable(number: str) -> str:
    if not _NUMBER.fullmatch(number):
        raise Refused("malformed", "number", "letters, digits, . _ - ; at most 60")
    return number


def _given(request: HttpRequest) -> billing.Submitted:
    given = _read(request, GivenBill)
    return billing.Submitted(given.person.resident_id, given.person.name, given.lines)


def _read(request: HttpRequest, form: type[Given]) -> Given:
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdigit() or int(announced) > MOST_BYTES:
        raise Refused("too-large", hint=f"at most {MOST_BYTES} bytes")
    try:
        raw = json.loads(request.read(MOST_BYTES), object_pairs_hook=_without_repeats)
        return form.model_validate(raw)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        raise Refused("malformed", ".".join(map(str, fault["loc"])), fault["msg"]) from None
    except (ValueError, RecursionError):
        raise Refused("malformed", "body", "expected one JSON object") from None


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a member is there twice")
    return named


def _answer(found: Bill, status: int = 200) -> JsonResponse:
    told = billing.shown(found)
    response = JsonResponse(told, status=status)
    if told["state"] not in _DECIDED:
        response["Retry-After"] = str(PENDING_SECONDS)
    return response


def _told(refused: Refused) -> JsonResponse:
    meaning = MEANINGS[refused.code]
    told = {"code": refused.code, "path": refused.path, "hint": refused.hint}
    response = JsonResponse({**told, "sentence": meaning.sentence.to_json()}, status=meaning.status)
    if refused.code in RETRY_SECONDS:
        response["Retry-After"] = str(RETRY_SECONDS[refused.code])
    if meaning.status == 401:
        response["WWW-Authenticate"] = 'Bearer scope="bills"'
    return response
