"""What messages of other nodes are told: the stored answer, a new one, or why not.

Promises: whatever the replies are, they leave only after the delivery that brought the messages counts, and
an answer only after its access record is stored.
"""

import logging
from collections.abc import Sequence
from typing import NamedTuple

from tongban import protocol
from tongban.node.clock import today, true_now
from tongban.node.exchange import answers, department, papers
from tongban.node.exchange.answers import Delivered, Given
from tongban.node.exchange.connectors import connector_for
from tongban.node.exchange.department import Asked, Records
from tongban.node.exchange.identity import Identity
from tongban.node.metrics import DEPARTMENT_SECONDS
from tongban.node.translog.api import check_available
from tongban.protocol import Authenticated, EvidenceAnswer, EvidenceRequest, Refusal, Refused
from tongban.protocol.signature import Verified

log = logging.getLogger(__name__)


class Brought(NamedTuple):
    """One delivery with the messages that it brought."""

    verified: Verified
    messages: Sequence[Authenticated]


def told(verified: Verified, messages: Sequence[Authenticated], node: Identity) -> list[Given | Refused]:
    """What each message of one delivery is told. Raises Refused `replayed`, LogUnavailable."""
    try:
        before, made = _outcomes(messages, node)
    except Exception:
        answers.note(verified)
        raise
    (one,) = _stored([Brought(verified, messages)], before, made)
    if isinstance(one, Refused):
        raise one
    return one


def told_each(deliveries: Sequence[Brought], node: Identity) -> list[list[Given | Refused] | Refused]:
    """What each message of several deliveries is told; Refused `replayed` for one that has arrived before.

    Raises whatever goes wrong with any of them; then it does not count that they arrived.
    """
    before, made = _outcomes([one for delivery in deliveries for one in delivery.messages], node)
    return _stored(deliveries, before, made)


_Outcomes = dict[int, Given | Refused]
"""What messages are told, by their ids as Python objects."""


def _outcomes(messages: Sequence[Authenticated], node: Identity) -> tuple[_Outcomes, _Outcomes]:
    """What messages were answered before, and what the others are answered now, which is not stored yet."""
    known = answers.stored_replies(messages)
    before = {id(one): stored for one, stored in zip(messages, known, strict=True) if stored is not None}
    new = [one for one in messages if id(one) not in before]
    return before, dict(zip(map(id, new), _made(new, node), strict=True))


def _stored(
    deliveries: Sequence[Brought], before: _Outcomes, made: _Outcomes
) -> list[list[Given | Refused] | Refused]:
    """Count the deliveries and store their new answers; what each message is told, or why not even that."""
    delivered = [Delivered(one.verified, _final(one.messages, made)) for one in deliveries]
    told: list[list[Given | Refused] | Refused] = []
    for one, stored, kept in zip(deliveries, delivered, answers.store(delivered), strict=True):
        if isinstance(kept, Refused):
            told.append(kept)
            continue
        now = dict(zip((id(new.received) for new in stored.given), kept, strict=True))
        told.append([_first(id(received), before, now, made) for received in one.messages])
    return told


def _first(message: int, *outcomes: _Outcomes) -> Given | Refused:
    return next(known[message] for known in outcomes if message in known)


def _final(messages: Sequence[Authenticated], made: _Outcomes) -> tuple[Given, ...]:
    """The new answers to these messages that are to be stored."""
    new = [made.get(id(received)) for received in messages]
    return tuple(one for one in new if isinstance(one, Given))


def _made(messages: Sequence[Authenticated], node: Identity) -> list[Given | Refused]:
    """The answer to each, or the refusal that stands for faulty data of the department: both are final.

    Refused is what the sender may mend or try again; it is not stored.
    """
    may: dict[int, Refused | None] = {id(received): _refused(received.message, node) for received in messages}
    asked = [received for received in messages if may[id(received)] is None]
    read: dict[int, Records | Refused] = {}
    if asked:
        check_available()
        read = dict(zip(map(id, asked), read_each([one.message for one in asked], node), strict=True))
    return [may[id(received)] or _answer(received, read[id(received)], node) for received in messages]


def _refused(message: EvidenceRequest, node: Identity) -> Refused | None:
    """Why the message may not be asked; None when it may."""
    try:
        protocol.authorise(message, node.directory, now=true_now())
    except Refused as refused:
        return refused
    return None


def _answer(received: Authenticated, read: Records | Refused, node: Identity) -> Given | Refused:
    message = received.message
    reply: EvidenceAnswer | Refusal
    try:
        if isinstance(read, Refused):
            raise read
        kind = node.directory.evidence_type(message.body.evidence_type)
        reply = protocol.answer(message, read, true_now(), papers.described(kind, read))
    except Refused as refused:
        if refused.retry:
            return refused
        reply = protocol.refusal(refused, node.me, message.id, true_now())
    return answers.given(received, reply)


def read_each(messages: Sequence[EvidenceRequest], node: Identity) -> list[Records | Refused]:
    """What the own agencies that are asked hold, in their order.

    Refused is `try-later`, `department-data-invalid`, or `not-covered` where the evidence is not known.
    """
    results: list[Records | Refused | None] = []
    asked: list[Asked] = []
    for message in messages:
        try:
            kind = node.directory.evidence_type(message.body.evidence_type)
            connector = connector_for(message.receiver_agency, kind.name, node.directory)
        except Refused as refused:
            results.append(refused)
            continue
        results.append(None)
        asked.append(Asked(connector, kind, message.body.subject, message.body.fields))
    if not asked:
        return [one for one in results if one is not None]
    first = asked[0]
    with DEPARTMENT_SECONDS.labels(first.connector.agency, first.kind.name).time():
        read = iter(department.read_each(asked, today()))
    return [one if one is not None else next(read) for one in results]
