"""Asking a peer for what it kept of the messages between it and this node, after an old backup was restored.

Each message comes with the signature of a delivery by its speaker, so that nobody can put words into
another's mouth, and whoever recalls it can prove it in turn.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from tongban.protocol.conversations.messages import AnyUtterance, parse_utterance
from tongban.protocol.conversations.sealing import CONVERSATIONS_PATH
from tongban.protocol.deliveries import (
    check_parties,
    encode,
    open_delivery,
    open_response,
    seal,
    seal_response,
)
from tongban.protocol.directory import Directory
from tongban.protocol.http import HttpRequest, HttpResponse, the_field
from tongban.protocol.messages import read_document
from tongban.protocol.model import Moment, Name, Strict
from tongban.protocol.recall import RECALL_PATH
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.signature import (
    CONTENT_TYPE,
    REQUEST_COVER,
    Verified,
    moment_of,
    verify_request,
)
from tongban.protocol.signature_input import read_claim
from tongban.suites import SigningKey

AT_ONCE = 200
"""Messages that one response holds at most."""


class RecallAsked(Strict):
    """What did we say to each other that has been kept on both sides since then?

    `since` is before the moment of the backup; `after` is the `next` of the response before, 0 at first.
    """

    version: Literal["1"] = "1"
    kind: Literal["recall-asked"] = "recall-asked"
    sender: Name
    receiver: Name
    since: Moment
    after: Annotated[int, Field(ge=0)]
    created: Moment


class Memory(Strict):
    """One message as it was delivered once: body and the headers of the signature."""

    body: str = Field(repr=False)
    headers: dict[str, str]


class Remembered(Strict):
    """What the peer kept, in its order; `next` is None when there is no more."""

    version: Literal["1"] = "1"
    kind: Literal["remembered"] = "remembered"
    sender: Name
    memories: Annotated[tuple[Memory, ...], Field(max_length=AT_ONCE)]
    next: int | None


_KEPT = ("content-digest", "signature-input", "signature")


def memory(delivery: HttpRequest) -> Memory:
    """A message by its delivery: one that was heard, or one of this node's own, sealed anew."""
    headers = {name: the_field(delivery.headers, name) for name in _KEPT}
    return Memory(body=delivery.body.decode(), headers=headers)


def seal_recall(asked: RecallAsked, directory: Directory, key: SigningKey, nonce: str) -> HttpRequest:
    """The question as a signed request."""
    return seal(encode(asked), RECALL_PATH, asked.receiver, directory, key, now=asked.created, nonce=nonce)


def open_recall(
    request: HttpRequest, directory: Directory, me: str, *, now: datetime
) -> tuple[RecallAsked, Verified]:
    """The question of another node, with its signature; Refused when it is not theirs or not for `me`."""
    verified = open_delivery(request, directory, me, now=now)
    asked = read_document(RecallAsked, request.body)
    check_parties(asked, verified, directory, me)
    return asked, verified


def seal_memories(reply: Remembered, request: HttpRequest, key: SigningKey, *, now: datetime) -> HttpResponse:
    """The answer as a signed response bound to `request`."""
    return seal_response(encode(reply), request, key, now=now)


def open_memories(
    response: HttpResponse, delivery: HttpRequest, asked: RecallAsked, directory: Directory, *, now: datetime
) -> tuple[tuple[tuple[AnyUtterance, HttpRequest], ...], int | None]:
    """The messages that the peer kept, each with the delivery that proves it, and where to go on.

    Raises Refused when the response is not the peer's or holds what nobody said.
    """
    open_response(response, delivery, asked.receiver, directory, now=now)
    reply = read_document(Remembered, response.body)
    return tuple(_proved(one, asked, directory) for one in reply.memories), reply.next


def _proved(kept: Memory, asked: RecallAsked, directory: Directory) -> tuple[AnyUtterance, HttpRequest]:
    body = kept.body.encode()
    message = parse_utterance(body)
    if {message.sender, message.receiver} != {asked.sender, asked.receiver}:
        raise Refused(Code.SCHEMA_VIOLATED, "memories", "a message between other nodes")
    headers = (("content-type", CONTENT_TYPE), *kept.headers.items())
    authority = directory.node(message.receiver).authority
    delivery = HttpRequest("POST", authority, CONVERSATIONS_PATH, headers, body)
    said_at = moment_of(read_claim(headers, REQUEST_COVER).created, "created")
    verified = verify_request(delivery, directory.key_at, now=said_at)
    directory.check_owner(verified.keyid, message.sender)
    return message, delivery
