"""What all that travels between nodes has in common: signed, to one node's gateway, from whose key it is.

Asking side: `seal` → (network) → `open_response`. Other side: `open_delivery` → (the body is read) →
`check_parties` → `seal_response`.
"""

from datetime import datetime
from typing import Protocol

from tongban.protocol.directory import Directory
from tongban.protocol.http import HttpRequest, HttpResponse
from tongban.protocol.model import Strict
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.signature import (
    CONTENT_TYPE,
    Verified,
    sign_request,
    sign_response,
    verify_request,
    verify_response,
)
from tongban.suites import SigningKey


class Addressed(Protocol):
    """A message that names the node it is from and the node it is for."""

    @property
    def sender(self) -> str:
        """The node that says it."""

    @property
    def receiver(self) -> str:
        """The node that is told."""


def encode(message: Strict) -> bytes:
    """The bytes that travel; they are stored and sent again unchanged."""
    return message.__pydantic_serializer__.to_json(message)


def seal(
    body: bytes, path: str, receiver: str, directory: Directory, key: SigningKey, *, now: datetime, nonce: str
) -> HttpRequest:
    """One delivery of `body` to `receiver`'s gateway, signed with a fresh nonce."""
    authority = directory.node(receiver).authority
    unsigned = HttpRequest("POST", authority, path, (("content-type", CONTENT_TYPE),), body)
    return sign_request(unsigned, key, now=now, nonce=nonce)


def open_delivery(request: HttpRequest, directory: Directory, me: str, *, now: datetime) -> Verified:
    """Whose signature the delivery bears; Refused when it went to another gateway or bears no good one."""
    if request.authority != directory.node(me).authority:
        raise Refused(Code.WRONG_RECEIVER, "header host")
    return verify_request(request, directory.key_at, now=now)


def check_parties(message: Addressed, verified: Verified, directory: Directory, me: str) -> None:
    """Refuse a message that another key than its sender's delivered, or that is not for `me`."""
    directory.check_owner(verified.keyid, directory.node(message.sender).id)
    if message.receiver != me:
        raise Refused(Code.WRONG_RECEIVER, "receiver")


def response_with(body: bytes, status: int = 200) -> HttpResponse:
    """An unsigned response whose JSON is written already."""
    return HttpResponse(status, (("content-type", CONTENT_TYPE),), body)


def seal_response(
    body: bytes, request: HttpRequest, key: SigningKey, *, now: datetime, status: int = 200
) -> HttpResponse:
    """The response to `request`, bound to it; Refused when the request bears no signature."""
    return sign_response(response_with(body, status), request, key, now=now)


def open_response(
    response: HttpResponse, delivery: HttpRequest, receiver: str, directory: Directory, *, now: datetime
) -> None:
    """Refuse a response that is not `receiver`'s, or not to this very delivery."""
    verified = verify_response(response, delivery, directory.key_at, now=now)
    directory.check_owner(verified.keyid, directory.node(receiver).id)
