"""What every crossing of personal data leaves: who looked (数据访问记录), and which messages went.

A question that was answered leaves one record that says both; its digests say what was asked and replied.
"""

import hashlib
from itertools import chain
from typing import Any

from tongban.node.clock import now
from tongban.node.people import pseudonym
from tongban.node.people.access import Look, store
from tongban.node.people.models import AccessRecord
from tongban.node.translog import api as translog
from tongban.protocol import Evidence, EvidenceRequest, StatuteBasis, Text
from tongban.protocol.conversations import AnyUtterance, By, Claim, Effect
from tongban.protocol.tlog.records import Json

MESSAGE = "message"
"""The kind of a message's record in the log."""
CONSENT = Text(zh="本人同意", en="The person's consent").model_dump()
"""The basis that is recorded where the person consented."""


def record_access(message: EvidenceRequest, agency: str, direction: AccessRecord.Direction) -> None:
    """Record that `agency` saw the fields that `message` asks for; once a message and node.

    Raises LogUnavailable.
    """
    store([access_record(message, agency, direction)])


def access_record(message: EvidenceRequest, agency: str, direction: AccessRecord.Direction) -> Look:
    """The record, not stored yet, that `agency` saw the fields that `message` asks for."""
    basis = message.legal_basis
    return Look(
        pseudonym=pseudonym(message.body.subject),
        at=now(),
        direction=direction,
        agency=agency,
        asking_node=message.sender,
        service=message.service,
        case_ref=message.case_ref,
        basis=basis.citation.model_dump() if isinstance(basis, StatuteBasis) else CONSENT,
        purpose=message.purpose.model_dump(),
        fields=list(message.body.fields),
        message_id=message.id,
    )


def record_conversation(effect: Effect, basis: dict[str, Any], purpose: dict[str, Any]) -> None:
    """Record the personal data that a message of a conversation carried; `basis` is that of its opening.

    A message about nobody, or one without contents, leaves no record.
    """
    message, subject = effect.message, effect.conversation.subject
    fields = _carried(message)
    if subject is None or not fields:
        return
    record = Look(
        pseudonym=pseudonym(subject),
        at=now(),
        direction=_way(message, is_heard=effect.by is By.PEER),
        agency=message.receiver_agency,
        asking_node=message.receiver,
        service=message.service,
        case_ref=message.case_ref,
        basis=basis.get("citation", CONSENT),
        purpose=purpose,
        fields=fields,
        message_id=message.id,
    )
    store([record])


def _way(message: AnyUtterance, *, is_heard: bool) -> AccessRecord.Direction:
    """Evidence was asked for; what any other message carries came or went along with its case."""
    way = AccessRecord.Direction
    if isinstance(message.body, Evidence):
        return way.IN if is_heard else way.OUT
    return way.TAKEN if is_heard else way.SENT


def _carried(message: AnyUtterance) -> list[str]:
    """The names of the values that the message carries about its subject."""
    body = message.body
    if isinstance(body, Evidence):
        return list(body.fields)
    lines = body.lines if isinstance(body, Claim) else ()
    return sorted({*getattr(body, "contents", ()), *chain.from_iterable(lines)})


def answered_look(message: EvidenceRequest, body_sha256: bytes, reply: bytes) -> Look:
    """The record, not stored yet, that another node saw what this one replied to a question of its."""
    look = access_record(message, message.sender_agency, AccessRecord.Direction.OUT)
    look.question_sha256 = body_sha256
    look.reply_sha256 = hashlib.sha256(reply).digest()
    return look


def record_message(message: EvidenceRequest | AnyUtterance, body: bytes, *, is_own: bool) -> None:
    """Record in the log that a message was put on its way or taken in. Raises LogUnavailable."""
    facts: dict[str, Json] = {
        "message": str(message.id),
        "way": "out" if is_own else "in",
        "kind": message.kind,
        "sender": message.sender,
        "receiver": message.receiver,
        "service": message.service,
        "case": message.case_ref,
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    translog.record(MESSAGE, message.id, facts)
