"""Several questions in one delivery: one signature over all of them, a reply to each of its own.

Each message is held as the very bytes that would travel alone, with its own id, consent, digest and answer; a
delivery's nonce, signature and HTTP request are shared. Whoever does not serve it answers 404 and is asked
one by one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from tongban.protocol.deliveries import encode, open_delivery, open_response, seal, seal_response
from tongban.protocol.directory import Directory
from tongban.protocol.http import HttpRequest, HttpResponse
from tongban.protocol.messages import VERSION, Refusal, checked_object, parse_reply, path_of
from tongban.protocol.model import Name, Strict
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.signature import (
    Verified,
)
from tongban.suites import SigningKey

BATCHES_PATH = "/exchange/v1/batches"
MOST_MESSAGES = 128
"""Messages that one delivery brings, at most."""

Document = TypeVar("Document", bound=Strict)
Written = Annotated[str, Field(min_length=2)]
"""The JSON text of a message, as it would travel alone."""


class Batch(Strict):
    """Questions of one node to another, each by itself."""

    version: Literal["1"] = VERSION
    kind: Literal["batch"] = "batch"
    messages: Annotated[tuple[Written, ...], Field(min_length=1, max_length=MOST_MESSAGES)] = Field(
        repr=False
    )


class BatchReplies(Strict):
    """The reply to each message of a batch, in their order: an answer or a refusal."""

    version: Literal["1"] = VERSION
    kind: Literal["batch-replies"] = "batch-replies"
    sender: Name
    replies: Annotated[tuple[Written, ...], Field(min_length=1, max_length=MOST_MESSAGES)] = Field(repr=False)


@dataclass(frozen=True)
class OpenedBatch:
    """A delivery that certainly comes from `sender` and is for this node; its messages are not read yet."""

    sender: str
    verified: Verified
    bodies: tuple[bytes, ...] = field(repr=False)


_NAMES = frozenset({*Batch.model_fields, *BatchReplies.model_fields})


def seal_batch(
    bodies: Sequence[bytes],
    receiver: str,
    directory: Directory,
    key: SigningKey,
    *,
    now: datetime,
    nonce: str,
) -> HttpRequest:
    """One delivery of stored messages to `receiver`'s gateway, signed with a fresh nonce."""
    body = encode(Batch(messages=tuple(body.decode() for body in bodies)))
    return seal(body, BATCHES_PATH, receiver, directory, key, now=now, nonce=nonce)


def open_batch(request: HttpRequest, directory: Directory, me: str, *, now: datetime) -> OpenedBatch:
    """Who sent this, and is it for `me`? Refused with the code of what is wrong with all of it."""
    verified = open_delivery(request, directory, me, now=now)
    checked_object(request.body, ("batch",))
    batch = _read(Batch, request.body)
    if len(set(batch.messages)) != len(batch.messages):
        raise Refused(Code.SCHEMA_VIOLATED, "messages", "a message stands twice")
    bodies = tuple(message.encode() for message in batch.messages)
    return OpenedBatch(directory.owner(verified.keyid), verified, bodies)


def seal_replies(
    replies: Sequence[bytes], sender: str, request: HttpRequest, key: SigningKey, *, now: datetime
) -> HttpResponse:
    """The replies as one signed response, bound to `request`."""
    body = encode(BatchReplies(sender=sender, replies=tuple(reply.decode() for reply in replies)))
    return seal_response(body, request, key, now=now)


def open_replies(
    response: HttpResponse,
    delivery: HttpRequest,
    receiver: str,
    messages: int,
    directory: Directory,
    *,
    now: datetime,
) -> tuple[bytes, ...] | Refusal:
    """The receiver's reply to each of so many messages of this delivery, not read yet, or its refusal of all.

    Raises Refused when the response is not theirs or not to this delivery.
    """
    open_response(response, delivery, receiver, directory, now=now)
    if checked_object(response.body, ("batch-replies", "refusal")) == "refusal":
        refusal = parse_reply(response.body)
        if not isinstance(refusal, Refusal) or refusal.sender != receiver:
            raise Refused(Code.UNKNOWN_SENDER, "sender", "not the node that was asked")
        return refusal
    replies = _read(BatchReplies, response.body)
    if replies.sender != receiver:
        raise Refused(Code.UNKNOWN_SENDER, "sender", "not the node that was asked")
    if len(replies.replies) != messages:
        raise Refused(Code.SCHEMA_VIOLATED, "replies", "one reply to each message is expected")
    return tuple(reply.encode() for reply in replies.replies)


def _read(model: type[Document], body: bytes) -> Document:
    try:
        return model.model_validate_json(body)
    except ValidationError as invalid:
        raise Refused(Code.SCHEMA_VIOLATED, path_of(invalid, _NAMES)) from None
