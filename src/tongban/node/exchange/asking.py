"""Putting a question on its way, inside the transaction of the case that asks.

What no agreement covers is refused before anything is stored; what is stored will be delivered.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models.functions import Now
from pydantic import ValidationError

from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange import identity
from tongban.node.exchange.accesses import record_message
from tongban.node.exchange.basis import ByConsent, ByStatute, legal_basis
from tongban.node.exchange.models import Consent, Outbox
from tongban.protocol import Code, Refused, Text


@dataclass(frozen=True)
class Question:
    """Which evidence a case needs: about whom, from which place, which fields, why and on what basis."""

    case_ref: str
    service: str
    asking_agency: str
    evidence_type: str
    place: str
    subject: str = field(repr=False)
    fields: tuple[str, ...]
    purpose: Text
    basis: ByConsent | ByStatute
    answer_within: timedelta = timedelta(days=30)


def give_consent(
    *,
    subject: str,
    service: str,
    case_ref: str,
    from_agency: str,
    to_agency: str,
    evidence_type: str,
    fields: tuple[str, ...],
    purpose: Text,
    days: int = 30,
) -> UUID:
    """Sign and store the signed-in person's consent that `from_agency` asks `to_agency`.

    Raises Refused `schema-violated` when a value is not of its form.
    """
    given_at = true_now()
    try:
        consent = protocol.Consent(
            id=uuid4(),
            subject=subject,
            asking_agency=from_agency,
            holding_agency=to_agency,
            service=service,
            case_ref=case_ref,
            evidence_type=evidence_type,
            fields=fields,
            purpose=purpose,
            given_at=given_at,
            expires=given_at + timedelta(days=days),
        )
    except ValidationError:
        raise Refused(Code.SCHEMA_VIOLATED, "consent") from None
    document = protocol.sign_consent(consent, identity.current().key)
    Consent.objects.create(
        id=consent.id,
        case_ref=case_ref,
        document=document.to_json().decode(),
        given_at=given_at,
        expires=consent.expires,
    )
    return consent.id


def ask(question: Question) -> UUID:
    """Store the question so that the worker delivers it; the id under which its outcome will be told.

    Call it inside the case's transaction. Raises Refused when nobody holds the evidence, no agreement
    covers the question, or the consent is missing, expired or for something else.
    """
    node = identity.current()
    now = true_now()
    holder = node.directory.holder(question.evidence_type, question.place, protocol.civil_day(now))
    try:
        message = protocol.EvidenceRequest(
            id=uuid4(),
            sender=node.me,
            receiver=holder.node,
            sender_agency=question.asking_agency,
            receiver_agency=holder.code,
            service=question.service,
            case_ref=question.case_ref,
            created=now,
            expires=now + question.answer_within,
            legal_basis=legal_basis(question.basis, question.case_ref),
            purpose=question.purpose,
            body=protocol.Question(
                subject=question.subject, evidence_type=question.evidence_type, fields=question.fields
            ),
        )
    except ValidationError:
        raise Refused(Code.SCHEMA_VIOLATED, "question") from None
    if holder.node == node.me:
        protocol.check_own_question(message, node.directory)
    else:
        protocol.authorise(message, node.directory, now=now)
    body = protocol.encode(message)
    Outbox.objects.create(
        id=message.id,
        receiver=message.receiver,
        receiver_agency=message.receiver_agency,
        case_ref=message.case_ref,
        evidence_type=question.evidence_type,
        place=question.place,
        body=body,
        created=now,
        expires=message.expires,
        next_try=Now(),
    )
    record_message(message, body, is_own=True)
    return message.id


def stop_asking(case_ref: str) -> int:
    """Stop all questions of a case that still wait (it was withdrawn); how many were stopped.

    Call it inside the case's transaction. A question that is being settled this very moment is left
    to that: it waits for the case's lock, and the case then decides that it comes too late.
    """
    waiting = Outbox.objects.filter(case_ref=case_ref, state=Outbox.State.WAITING)
    with transaction.atomic():
        free = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
        return Outbox.objects.filter(pk__in=free).update(state=Outbox.State.STOPPED, settled_at=true_now())
