"""Reads the JSON and forms that these protocols send, into frozen checked values.

Promises: unknown members are ignored, as the standards demand; a wrong one is refused by name.
"""

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, ValidationError

from tongban.credentials import jws
from tongban.credentials.limits import DEFAULT_LIMITS, Limits
from tongban.credentials.openid.errors import OpenIdError, OpenIdRefused
from tongban.credentials.refusals import CredentialRefused


class Message(BaseModel):
    """Base of all messages: frozen, strictly typed, open for members of later versions."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True)


M = TypeVar("M", bound=Message)


def read(model: type[M], members: object, error: OpenIdError) -> M:
    """The message that `members` are; refuses the first wrong one by name."""
    try:
        return model.model_validate(members)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_input=False)[0]
        name = ".".join(str(step) for step in first["loc"])
        raise OpenIdRefused(error, f"{name}: {first['msg']}" if name else first["msg"]) from None


def read_json(body: bytes, error: OpenIdError, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
    """The JSON object in a body; refuses anything else, and what is too large."""
    if len(body) > limits.token_bytes:
        raise OpenIdRefused(error, "the body is too large")
    try:
        return jws.load_object(body, "body", limits)
    except CredentialRefused:
        raise OpenIdRefused(error, "expected a JSON object") from None


def read_form(
    body: bytes, error: OpenIdError = OpenIdError.INVALID_REQUEST, limits: Limits = DEFAULT_LIMITS
) -> Mapping[str, str]:
    """The fields of a form (`application/x-www-form-urlencoded`); refuses one that is there twice."""
    if len(body) > limits.token_bytes:
        raise OpenIdRefused(error, "the body is too large")
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, strict_parsing=True, max_num_fields=64
        )
    except ValueError:
        raise OpenIdRefused(error, "expected a form") from None
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise OpenIdRefused(error, "a parameter is there twice")
    return fields
