"""Large bodies between nodes: offered and asked for by signed messages, named by their SHA-256.

The bytes travel unsigned beside the messages: whoever has them checks them against the name that was signed.
"""

from datetime import datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import Field

from tongban.protocol import deliveries
from tongban.protocol.deliveries import check_parties, encode, open_delivery, open_response, seal_response
from tongban.protocol.directory import Directory
from tongban.protocol.http import HttpRequest, HttpResponse
from tongban.protocol.messages import Refusal, parse_reply, read_document
from tongban.protocol.model import LARGEST_ATTACHMENT, CaseReference, Moment, Name, Sha256, Strict
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.signature import (
    Verified,
)
from tongban.suites import SigningKey

ATTACHMENTS_PATH = "/exchange/v1/attachments"
FETCH_PATH = "/exchange/v1/attachments/fetch"


class Offer(Strict):
    """A node has an attachment for another: its name, how long it is, which case it belongs to."""

    version: Literal["1"] = "1"
    kind: Literal["attachment-offer"] = "attachment-offer"
    id: UUID
    sender: Name
    receiver: Name
    created: Moment
    case_ref: CaseReference
    sha256: Sha256
    size: Annotated[int, Field(ge=1, le=LARGEST_ATTACHMENT)]


class Fetch(Strict):
    """A node asks for an attachment that crossed between the two, from `offset` on."""

    version: Literal["1"] = "1"
    kind: Literal["attachment-fetch"] = "attachment-fetch"
    id: UUID
    sender: Name
    receiver: Name
    created: Moment
    sha256: Sha256
    offset: Annotated[int, Field(ge=0, le=LARGEST_ATTACHMENT)] = 0


class Held(Strict):
    """The reply to an offer: how many bytes are held already, from the first on."""

    version: Literal["1"] = "1"
    kind: Literal["attachment-held"] = "attachment-held"
    sender: Name
    in_reply_to: UUID
    held: Annotated[int, Field(ge=0, le=LARGEST_ATTACHMENT)]
    complete: bool


Asked = TypeVar("Asked", Offer, Fetch)


def seal(
    message: Offer | Fetch, directory: Directory, key: SigningKey, *, now: datetime, nonce: str
) -> HttpRequest:
    """The message as a signed request to its receiver's gateway."""
    path = ATTACHMENTS_PATH if isinstance(message, Offer) else FETCH_PATH
    return deliveries.seal(encode(message), path, message.receiver, directory, key, now=now, nonce=nonce)


def authenticate(
    request: HttpRequest, model: type[Asked], directory: Directory, me: str, *, now: datetime
) -> tuple[Asked, Verified]:
    """The message, which certainly comes from its sender and is for `me`; Refused otherwise."""
    verified = open_delivery(request, directory, me, now=now)
    try:
        message = read_document(model, request.body)
    except Refused as refused:
        if (refused.code, refused.path) == (Code.SCHEMA_VIOLATED, "size"):
            raise Refused(Code.TOO_LARGE, "size", f"1 to {LARGEST_ATTACHMENT} bytes") from None
        raise
    check_parties(message, verified, directory, me)
    return message, verified


def seal_held(reply: Held, request: HttpRequest, key: SigningKey, *, now: datetime) -> HttpResponse:
    """The reply as a signed response bound to `request`."""
    return seal_response(encode(reply), request, key, now=now)


def open_held(
    response: HttpResponse, delivery: HttpRequest, offer: Offer, directory: Directory, *, now: datetime
) -> Held:
    """The receiver's reply to this very offer; Refused with its code, or with what is wrong with it."""
    if response.status != 200:
        refusal = parse_reply(response.body)
        if isinstance(refusal, Refusal):
            raise Refused(refusal.code, refusal.path, refusal.hint)
    open_response(response, delivery, offer.receiver, directory, now=now)
    reply = read_document(Held, response.body)
    if (reply.sender, reply.in_reply_to) != (offer.receiver, offer.id):
        raise Refused(Code.SCHEMA_VIOLATED, "in_reply_to", "the reply is to another offer")
    return reply
