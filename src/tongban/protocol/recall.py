"""What a node asks its peers after an old backup was put back: what crossed between us since then?

The peer tells which messages it has received, and gives the questions that it got answers to, so that the
node can write down again who saw what. Both are signed like every message.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from tongban.protocol.conversation import encode
from tongban.protocol.directory import Directory
from tongban.protocol.http import HttpRequest, HttpResponse
from tongban.protocol.messages import MOST_FILES, EvidenceRequest, Refusal, parse_reply, read_document
from tongban.protocol.model import Moment, Name, Sha256, Strict
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

RECALL_PATH = "/exchange/v1/recall"
PAGE = 200
"""Messages of each kind that one reply tells of, at most."""


class Recall(Strict):
    """The question: everything since a moment, after the first `skip` of each kind."""

    version: Literal["1"] = "1"
    kind: Literal["recall"] = "recall"
    id: UUID
    sender: Name
    receiver: Name
    created: Moment
    since: Moment
    skip: Annotated[int, Field(ge=0, le=10_000_000)] = 0


class Heard(Strict):
    """A message that the peer received from the node and answered at that moment."""

    id: UUID
    at: Moment


class Answered(Strict):
    """A question of the peer that the node answered; the peer had the answer at that moment.

    `missing` are the files that the answer names and the peer does not hold.
    """

    at: Moment
    question: EvidenceRequest
    missing: Annotated[tuple[Sha256, ...], Field(max_length=MOST_FILES, strict=False)] = ()


class Recalled(Strict):
    """The reply; `more` tells that it goes on after these."""

    version: Literal["1"] = "1"
    kind: Literal["recalled"] = "recalled"
    sender: Name
    receiver: Name
    in_reply_to: UUID
    heard: Annotated[tuple[Heard, ...], Field(max_length=PAGE)]
    answered: Annotated[tuple[Answered, ...], Field(max_length=PAGE)]
    more: bool


@dataclass(frozen=True)
class AuthenticatedRecall:
    """A recall that certainly comes from its sender and is for this node."""

    message: Recall
    verified: Verified


def seal_recall(
    message: Recall, directory: Directory, key: SigningKey, *, now: datetime, nonce: str
) -> HttpRequest:
    """The recall as a signed request to its receiver's gateway."""
    authority = directory.node(message.receiver).authority
    unsigned = HttpRequest("POST", authority, RECALL_PATH, (("content-type", CONTENT_TYPE),), encode(message))
    return sign_request(unsigned, key, now=now, nonce=nonce)


def authenticate_recall(
    request: HttpRequest, directory: Directory, me: str, *, now: datetime
) -> AuthenticatedRecall:
    """Who asks, and is it for `me`? Refused with the code of what is wrong."""
    if request.authority != directory.node(me).authority:
        raise Refused(Code.WRONG_RECEIVER, "header host")
    verified = verify_request(request, directory.key_at, now=now)
    message = read_document(Recall, request.body)
    if verified.keyid not in {key.keyid for key in directory.node(message.sender).keys}:
        raise Refused(Code.UNKNOWN_KEY, "sender", "the key belongs to another node")
    if message.receiver != me:
        raise Refused(Code.WRONG_RECEIVER, "receiver")
    return AuthenticatedRecall(message, verified)


def seal_recalled(reply: Recalled, request: HttpRequest, key: SigningKey, *, now: datetime) -> HttpResponse:
    """The reply as a signed response bound to `request`."""
    unsigned = HttpResponse(200, (("content-type", CONTENT_TYPE),), encode(reply))
    return sign_response(unsigned, request, key, now=now)


def open_recalled(
    response: HttpResponse, delivery: HttpRequest, message: Recall, directory: Directory, *, now: datetime
) -> Recalled:
    """The peer's reply to this very recall.

    Raises Refused with the peer's own code, or with what is wrong when the reply is not the peer's.
    """
    verified = verify_response(response, delivery, directory.key_at, now=now)
    if verified.keyid not in {key.keyid for key in directory.node(message.receiver).keys}:
        raise Refused(Code.UNKNOWN_KEY, "sender", "the key belongs to another node")
    if response.status != 200:
        refusal = parse_reply(response.body)
        if isinstance(refusal, Refusal):
            raise Refused(refusal.code, refusal.path, refusal.hint)
    reply = read_document(Recalled, response.body)
    if (reply.sender, reply.receiver, reply.in_reply_to) != (message.receiver, message.sender, message.id):
        raise Refused(Code.SCHEMA_VIOLATED, "in_reply_to", "the reply is to another recall")
    return reply
