"""What a node asks its peers after an old backup was put back: what crossed between us since then?

The peer tells which messages it has received, and gives the questions that it got answers to, so that the
node can write down again who saw what. Both are signed like every message.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from tongban.protocol.deliveries import (
    check_parties,
    encode,
    open_delivery,
    open_response,
    seal,
    seal_response,
)
from tongban.protocol.directory import Directory
from tongban.protocol.http import HttpRequest, HttpResponse
from tongban.protocol.messages import MOST_FILES, EvidenceRequest, Refusal, parse_reply, read_document
from tongban.protocol.model import Moment, Name, Sha256, Strict
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.signature import (
    Verified,
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


def seal_recall(
    message: Recall, directory: Directory, key: SigningKey, *, now: datetime, nonce: str
) -> HttpRequest:
    """The recall as a signed request to its receiver's gateway."""
    return seal(encode(message), RECALL_PATH, message.receiver, directory, key, now=now, nonce=nonce)


def authenticate_recall(
    request: HttpRequest, directory: Directory, me: str, *, now: datetime
) -> tuple[Recall, Verified]:
    """The recall, which certainly comes from its sender and is for `me`; Refused otherwise."""
    verified = open_delivery(request, directory, me, now=now)
    message = read_document(Recall, request.body)
    check_parties(message, verified, directory, me)
    return message, verified


def seal_recalled(reply: Recalled, request: HttpRequest, key: SigningKey, *, now: datetime) -> HttpResponse:
    """The reply as a signed response bound to `request`."""
    return seal_response(encode(reply), request, key, now=now)


def open_recalled(
    response: HttpResponse, delivery: HttpRequest, message: Recall, directory: Directory, *, now: datetime
) -> Recalled:
    """The peer's reply to this very recall.

    Raises Refused with the peer's own code, or with what is wrong when the reply is not the peer's.
    """
    open_response(response, delivery, message.receiver, directory, now=now)
    if response.status != 200:
        refusal = parse_reply(response.body)
        if isinstance(refusal, Refusal):
            raise Refused(refusal.code, refusal.path, refusal.hint)
    reply = read_document(Recalled, response.body)
    if (reply.sender, reply.receiver, reply.in_reply_to) != (message.receiver, message.sender, message.id):
        raise Refused(Code.SCHEMA_VIOLATED, "in_reply_to", "the reply is to another recall")
    return reply
