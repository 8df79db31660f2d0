"""Messages of conversations as signed requests, receipts as signed responses, and who may open what.

The forms are those of evidence questions: RFC 9421 signatures, a nonce for each delivery, the response bound
to its request; only the address and the bodies are others.
"""

import hashlib
from datetime import datetime
from typing import NamedTuple

from pydantic import ValidationError

from tongban.protocol.consent import open_consent
from tongban.protocol.conversation import authorise
from tongban.protocol.conversations.kinds import KIND_OF_MESSAGE
from tongban.protocol.conversations.messages import (
    AnyUtterance,
    EvidenceAsked,
    Opening,
    Receipt,
    parse_utterance,
)
from tongban.protocol.conversations.state import Thread
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
from tongban.protocol.messages import (
    ConsentBasis,
    EvidenceRequest,
    Refusal,
    checked_object,
    parse_reply,
    path_of,
)
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.signature import (
    Verified,
)
from tongban.suites import SigningKey

CONVERSATIONS_PATH = "/exchange/v1/conversations"


class Delivered(NamedTuple):
    """A message that certainly comes from its sender and is for this node.

    `request` proves it: a node keeps it, so that a sender that forgets gets its own words back.
    """

    message: AnyUtterance
    verified: Verified
    request: HttpRequest
    body_sha256: bytes

    def __repr__(self) -> str:
        return f"Delivered({self.message!r}, {self.verified!r})"


def seal_utterance(
    body: bytes, receiver: str, directory: Directory, key: SigningKey, *, now: datetime, nonce: str
) -> HttpRequest:
    """One delivery of a stored message to `receiver`'s gateway, signed with a fresh nonce."""
    return seal(body, CONVERSATIONS_PATH, receiver, directory, key, now=now, nonce=nonce)


def authenticate_utterance(
    request: HttpRequest, directory: Directory, me: str, *, now: datetime
) -> Delivered:
    """Who said this, and is it for `me`? Refused with the code of what is wrong."""
    verified = open_delivery(request, directory, me, now=now)
    message = parse_utterance(request.body)
    check_parties(message, verified, directory, me)
    return Delivered(message, verified, request, hashlib.sha256(request.body).digest())


def admit(message: AnyUtterance, directory: Directory, *, now: datetime) -> None:
    """Refuse an opening that its sender may not make; both sides call it, before sending and on hearing.

    The agencies must belong to the two nodes, a consent must be for exactly this, and evidence needs an
    agreement. Raises Refused `not-covered`, `schema-violated` or a consent's code.
    """
    if isinstance(message, EvidenceAsked):
        authorise(_as_request(message), directory, now=now)
        return
    for path, agency, node in (
        ("sender_agency", message.sender_agency, message.sender),
        ("receiver_agency", message.receiver_agency, message.receiver),
    ):
        if directory.agency(agency).node != node:
            raise Refused(Code.NOT_COVERED, path, "the agency belongs to another node")
    basis = message.legal_basis if isinstance(message, Opening) else None
    if isinstance(basis, ConsentBasis):
        _check_consent(message, basis, directory, now)


def receipt(thread: Thread, message: AnyUtterance, me: str, now: datetime) -> Receipt:
    """The receipt for a message that was taken in, was known, or comes too early."""
    return Receipt(sender=me, in_reply_to=message.id, next=thread.heard + 1, created=now)


def seal_receipt(
    reply: Receipt | Refusal, request: HttpRequest, key: SigningKey, *, now: datetime
) -> HttpResponse:
    """The reply as a signed response bound to `request`; Refused when the request bears no signature."""
    status = Refused(reply.code).meaning.status if reply.kind == "refusal" else 200
    return seal_response(encode(reply), request, key, now=now, status=status)


def open_receipt(
    response: HttpResponse,
    delivery: HttpRequest,
    message: AnyUtterance,
    directory: Directory,
    *,
    now: datetime,
) -> Receipt | Refusal:
    """The receiver's reply to this very delivery of `message`; Refused when it is anybody else's."""
    open_response(response, delivery, message.receiver, directory, now=now)
    reply = _parse_receipt(response.body)
    if reply.sender != message.receiver:
        raise Refused(Code.UNKNOWN_SENDER, "sender", "not the node that was told")
    if reply.in_reply_to != message.id and not (isinstance(reply, Refusal) and reply.in_reply_to is None):
        raise Refused(Code.SCHEMA_VIOLATED, "in_reply_to", "the reply is to another message")
    return reply


def is_taken(message: AnyUtterance, reply: Receipt) -> bool:
    """Whether the receiver keeps `message` for good, so that it need not be sent again."""
    return reply.next > message.position


def has_forgotten(thread: Thread, reply: Receipt) -> bool:
    """Whether the receiver has heard more than this node remembers: its database is an old one."""
    return reply.next > thread.said + 1


def _parse_receipt(body: bytes) -> Receipt | Refusal:
    if checked_object(body, ("receipt", "refusal")) == "refusal":
        reply = parse_reply(body)
        if isinstance(reply, Refusal):
            return reply
    try:
        return Receipt.model_validate_json(body)
    except ValidationError as invalid:
        raise Refused(Code.SCHEMA_VIOLATED, path_of(invalid, Receipt.model_fields)) from None


def _as_request(message: EvidenceAsked) -> EvidenceRequest:
    """The question as one that is answered at once, so that the same rules let it be asked."""
    members = {name: getattr(message, name) for name in EvidenceRequest.model_fields if name != "kind"}
    return EvidenceRequest(**members)


def _check_consent(message: AnyUtterance, basis: ConsentBasis, directory: Directory, now: datetime) -> None:
    consent = open_consent(basis.consent, directory.node(message.sender).keys, now)
    for name, agreed, asked in (
        ("subject", consent.subject, getattr(message.body, "subject", consent.subject)),
        ("asking_agency", consent.asking_agency, message.sender_agency),
        ("holding_agency", consent.holding_agency, message.receiver_agency),
        ("service", consent.service, message.service),
        ("case_ref", consent.case_ref, message.case_ref),
        ("evidence_type", consent.evidence_type, KIND_OF_MESSAGE[message.kind].name),
    ):
        if agreed != asked:
            raise Refused(Code.CONSENT_MISMATCH, f"legal_basis.consent.{name}")
