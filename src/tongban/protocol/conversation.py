"""The conversation of question and answer as pure steps; the node puts its database between them.

Asking side: `seal_request` → (network) → `open_reply`. Holding side: `authenticate` → (was it seen?)
→ `authorise` → (department) → `messages.answer` → `seal_reply`. Each step returns a value or raises Refused.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tongban.protocol.consent import Consent, open_consent
from tongban.protocol.deliveries import (
    check_parties,
    encode,
    open_delivery,
    open_response,
    response_with,
    seal,
    seal_response,
)
from tongban.protocol.directory import Directory
from tongban.protocol.directory_entries import Agreement
from tongban.protocol.http import HttpRequest, HttpResponse
from tongban.protocol.messages import (
    ConsentBasis,
    Evidence,
    EvidenceAnswer,
    EvidenceRequest,
    Refusal,
    StatuteBasis,
    parse_reply,
    parse_request,
)
from tongban.protocol.refusals import Code, Refused
from tongban.protocol.signature import CLOCK_SKEW, Verified
from tongban.suites import SigningKey

MESSAGES_PATH = "/exchange/v1/messages"
CIVIL_TIME = ZoneInfo("Asia/Shanghai")
"""Agreements and competence hold by the day, and days are counted in this zone."""


@dataclass(frozen=True)
class Authenticated:
    """A message that certainly comes from its sender and is for this node; not yet that it may be asked."""

    message: EvidenceRequest
    verified: Verified
    body_sha256: bytes = field(repr=False)


def civil_day(moment: datetime) -> date:
    """The calendar day of `moment` in China."""
    return moment.astimezone(CIVIL_TIME).date()


def seal_request(
    body: bytes, receiver: str, directory: Directory, key: SigningKey, *, now: datetime, nonce: str
) -> HttpRequest:
    """One delivery of a stored message to `receiver`'s gateway, signed with a fresh nonce."""
    return seal(body, MESSAGES_PATH, receiver, directory, key, now=now, nonce=nonce)


def authenticate(request: HttpRequest, directory: Directory, me: str, *, now: datetime) -> Authenticated:
    """Who sent this, and is it for `me`? Refused with the code of what is wrong."""
    verified = open_delivery(request, directory, me, now=now)
    return authenticate_body(request.body, verified, directory, me)


def authenticate_body(body: bytes, verified: Verified, directory: Directory, me: str) -> Authenticated:
    """The message in `body`, which a delivery brought that is `verified`; Refused as `authenticate`."""
    message = parse_request(body)
    check_parties(message, verified, directory, me)
    return Authenticated(message, verified, hashlib.sha256(body).digest())


def authorise(message: EvidenceRequest, directory: Directory, *, now: datetime) -> Agreement:
    """Which agreement lets this be asked? Both sides call it: before sending and before answering.

    Raises Refused `expired`, `not-yet-valid`, `not-covered`, `schema-violated` or a consent's code.
    """
    if message.expires <= now:
        raise Refused(Code.EXPIRED, "expires")
    if message.created > now + CLOCK_SKEW:
        raise Refused(Code.NOT_YET_VALID, "created")
    if len(set(message.body.fields)) != len(message.body.fields):
        raise Refused(Code.SCHEMA_VIOLATED, "body.fields", "a field stands twice")
    _check_agency(message.sender_agency, message.sender, "sender_agency", directory)
    _check_agency(message.receiver_agency, message.receiver, "receiver_agency", directory)
    agreement = directory.agreement(
        asking=message.sender_agency,
        holding=message.receiver_agency,
        service=message.service,
        evidence_type=message.body.evidence_type,
        on=civil_day(now),
    )
    uncovered = [n for n, name in enumerate(message.body.fields) if name not in agreement.fields]
    if uncovered:
        raise Refused(Code.NOT_COVERED, f"body.fields[{uncovered[0]}]", "the agreement does not list it")
    _check_basis(message, agreement, directory, now)
    return agreement


def check_own_question(message: EvidenceRequest, directory: Directory) -> None:
    """A question to an agency of the own node needs no agreement; its agencies and fields must exist.

    Raises Refused `not-covered`.
    """
    _check_agency(message.sender_agency, message.sender, "sender_agency", directory)
    kind = directory.evidence_type(message.body.evidence_type)
    for position, name in enumerate(message.body.fields):
        if kind.field(name) is None:
            raise Refused(Code.NOT_COVERED, f"body.fields[{position}]", "the evidence has no such field")


def seal_reply(
    reply: EvidenceAnswer | Refusal, request: HttpRequest, key: SigningKey, *, now: datetime
) -> HttpResponse:
    """The reply as a signed response bound to `request`; Refused when the request bears no signature."""
    return seal_written(reply, encode(reply), request, key, now=now)


def plain_reply(reply: EvidenceAnswer | Refusal) -> HttpResponse:
    """The reply without a signature: for requests that have none to bind it to. Nobody relies on it."""
    return response_with(encode(reply), _status(reply))


def seal_written(
    reply: EvidenceAnswer | Refusal, body: bytes, request: HttpRequest, key: SigningKey, *, now: datetime
) -> HttpResponse:
    """As `seal_reply`, where `body` is the reply as it was written before."""
    return seal_response(body, request, key, now=now, status=_status(reply))


def _status(reply: EvidenceAnswer | Refusal) -> int:
    return Refused(reply.code).meaning.status if isinstance(reply, Refusal) else 200


def open_reply(
    response: HttpResponse,
    delivery: HttpRequest,
    message: EvidenceRequest,
    directory: Directory,
    *,
    now: datetime,
) -> EvidenceAnswer | Refusal:
    """The receiver's reply to this very delivery of `message`.

    Raises Refused when the response is not theirs, not to this delivery, or not what was asked.
    """
    open_response(response, delivery, message.receiver, directory, now=now)
    return read_reply(response.body, message, directory)


def read_reply(body: bytes, message: EvidenceRequest, directory: Directory) -> EvidenceAnswer | Refusal:
    """The reply to `message` in `body`, whose signature was checked before; Refused as `open_reply`."""
    reply = parse_reply(body)
    if reply.sender != message.receiver:
        raise Refused(Code.UNKNOWN_SENDER, "sender", "not the node that was asked")
    if isinstance(reply, EvidenceAnswer):
        check_answer(reply, message, directory)
    elif reply.in_reply_to not in {message.id, None}:
        raise Refused(Code.SCHEMA_VIOLATED, "in_reply_to", "the refusal is of another message")
    return reply


def check_answer(reply: EvidenceAnswer, message: EvidenceRequest, directory: Directory) -> None:
    """Refuse an answer to another question, or one that holds other fields than were asked."""
    expected = (
        message.id,
        message.sender,
        message.case_ref,
        message.body.evidence_type,
        message.body.fields,
    )
    given = (reply.in_reply_to, reply.receiver, reply.case_ref, reply.body.evidence_type, reply.body.fields)
    if given != expected:
        raise Refused(Code.SCHEMA_VIOLATED, "in_reply_to", "the answer is to another question")
    check_evidence(reply.body, directory)


def check_evidence(evidence: Evidence, directory: Directory) -> None:
    """Refuse `schema-violated` what is not of its type, or describes other files than its records name."""
    kind = directory.evidence_type(evidence.evidence_type)
    kind.check_records(evidence.records, evidence.fields, "body.records")
    kind.check_files(evidence.records, [file.sha256 for file in evidence.files], "body.files")


def _check_agency(code: str, node: str, path: str, directory: Directory) -> None:
    if directory.agency(code).node != node:
        raise Refused(Code.NOT_COVERED, path, "the agency belongs to another node")


def _check_basis(message: EvidenceRequest, agreement: Agreement, directory: Directory, now: datetime) -> None:
    basis = message.legal_basis
    if basis.kind not in agreement.legal_bases:
        if isinstance(basis, StatuteBasis) and "consent" in agreement.legal_bases:
            raise Refused(Code.CONSENT_MISSING, "legal_basis")
        raise Refused(Code.NOT_COVERED, "legal_basis.kind", "the agreement names other bases")
    if isinstance(basis, StatuteBasis) and basis.citation not in agreement.statutes:
        raise Refused(Code.NOT_COVERED, "legal_basis.citation", "the agreement names other statutes")
    if isinstance(basis, ConsentBasis):
        consent = open_consent(basis.consent, directory.node(message.sender).keys, now)
        _check_consent(consent, message)


def _check_consent(consent: Consent, message: EvidenceRequest) -> None:
    scope: Sequence[tuple[str, object, object]] = (
        ("subject", consent.subject, message.body.subject),
        ("asking_agency", consent.asking_agency, message.sender_agency),
        ("holding_agency", consent.holding_agency, message.receiver_agency),
        ("service", consent.service, message.service),
        ("case_ref", consent.case_ref, message.case_ref),
        ("evidence_type", consent.evidence_type, message.body.evidence_type),
    )
    for name, agreed, asked in scope:
        if agreed != asked:
            raise Refused(Code.CONSENT_MISMATCH, f"legal_basis.consent.{name}")
    if not set(message.body.fields) <= set(consent.fields):
        raise Refused(Code.CONSENT_MISMATCH, "legal_basis.consent.fields")
