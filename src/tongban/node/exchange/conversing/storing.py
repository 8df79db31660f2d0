"""Steps of conversations as rows: a thread is locked, read, and the step stored whole with its effects.

Everything here runs inside a transaction that locks the thread's row first: steps of one case follow each
other.
"""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from tongban import protocol
from tongban.node.clock import true_now
from tongban.node.exchange.accesses import record_conversation, record_message
from tongban.node.exchange.conversing import handlers, models
from tongban.node.exchange.nonces import count_once
from tongban.protocol import Code, HttpRequest, Refused
from tongban.protocol.conversations import (
    AnyUtterance,
    Conversation,
    Delivered,
    Effect,
    Known,
    Opening,
    Role,
    Step,
    Thread,
    parse_utterance,
)
from tongban.protocol.conversations.memories import Memory, memory
from tongban.protocol.signature import Verified


@dataclass(frozen=True)
class Locked:
    """A thread whose row this transaction holds."""

    row: models.Thread

    @property
    def thread(self) -> Thread:
        """The thread as the library takes it."""
        return Thread(self.row.peer, self.row.case_ref, self.row.said, self.row.heard)


def lock(peer: str, case_ref: str) -> Locked:
    """The thread about a case with a peer, made if it is new, locked until the transaction ends."""
    models.Thread.objects.get_or_create(peer=peer, case_ref=case_ref)
    return Locked(models.Thread.objects.select_for_update().get(peer=peer, case_ref=case_ref))


def lock_conversation(conversation: UUID) -> tuple[Locked, Conversation]:
    """A conversation and its thread, locked; Refused `not-now` when there is none of that id."""
    row = models.Conversation.objects.select_related("thread").filter(pk=conversation).first()
    if row is None:
        raise Refused(Code.NOT_NOW, "conversation", "no such conversation")
    locked = lock(row.thread.peer, row.thread.case_ref)
    found = find(conversation)
    if found is None:
        raise Refused(Code.NOT_NOW, "conversation", "no such conversation")
    return locked, found


def find(conversation: UUID) -> Conversation | None:
    """A conversation as the library takes it, or None."""
    row = models.Conversation.objects.select_related("thread").filter(pk=conversation).first()
    return of_row(row) if row else None


def of_row(row: models.Conversation) -> Conversation:
    """A stored conversation as the library takes it."""
    return Conversation(
        id=row.id,
        kind_name=row.kind,
        role=Role(row.role),
        peer=row.thread.peer,
        own_agency=row.own_agency,
        peer_agency=row.peer_agency,
        service=row.service,
        case_ref=row.thread.case_ref,
        state=row.state,
        expires=row.expires,
        subject=row.subject or None,
        amount=row.amount,
        reference=row.reference or None,
        told=row.told,
    )


def of_case(case_ref: str) -> tuple[Conversation, ...]:
    """All conversations about a case, the oldest first."""
    rows = models.Conversation.objects.select_related("thread").filter(thread__case_ref=case_ref)
    return tuple(of_row(row) for row in rows.order_by("opened_at"))


def known(message: AnyUtterance) -> Known | None:
    """What is stored under the id or the place of a message of a peer."""
    at_its_place = Q(case_ref=message.case_ref, position=message.position)
    row = (
        models.Letter.objects.filter(is_own=False, peer=message.sender)
        .filter(Q(message=message.id) | at_its_place)
        .first()
    )
    return Known(row.message, row.position, bytes(row.body_sha256)) if row else None


class DatabaseStorage:
    """The node's database as the library's steps keep to it, inside the transaction that is going on."""

    def __init__(self) -> None:
        self._locked: Locked | None = None

    def note_delivery(self, verified: Verified) -> None:
        """Remember this delivery; Refused `replayed` when it has been received before."""
        count_once(verified)

    def thread(self, peer: str, case_ref: str) -> Thread:
        """The thread, its row locked until the transaction ends."""
        self._locked = lock(peer, case_ref)
        return self._locked.thread

    def conversation(self, conversation: UUID) -> Conversation | None:
        """The conversation of that id."""
        return find(conversation)

    def known(self, message: AnyUtterance) -> Known | None:
        """What is stored under the id or the place of a message of a peer."""
        return known(message)

    def keep(self, step: Step, heard: tuple[AnyUtterance, Delivered] | None) -> None:
        """Store the step of the locked thread."""
        if self._locked is not None:
            keep(self._locked, step, heard)


def keep(locked: Locked, step: Step, heard: tuple[AnyUtterance, Delivered] | None = None) -> None:
    """Store a step with what was `heard`, put what it says on its way, record accesses, tell the handlers."""
    conversation = step.conversation
    if conversation is None:
        return
    locked.row.said, locked.row.heard = step.thread.said, step.thread.heard
    locked.row.save(update_fields=["said", "heard"])
    _keep_conversation(locked, conversation, heard[0] if heard else step.says[0])
    if heard is not None:
        _keep_letter(heard[0], heard[1].request.body, is_own=False, proof=memory(heard[1].request))
    for message in step.says:
        _keep_letter(message, protocol.encode(message), is_own=True)
    for effect in step.effects:
        _record_access(effect)
    handlers.tell(step.effects)


def keep_recalled(locked: Locked, step: Step, message: AnyUtterance, delivery: HttpRequest) -> None:
    """Store a message that this node had forgotten, and what follows from it; its peer has it already."""
    if step.conversation is None:
        return
    locked.row.said, locked.row.heard = step.thread.said, step.thread.heard
    locked.row.save(update_fields=["said", "heard"])
    _keep_conversation(locked, step.conversation, message)
    is_own = message.sender != locked.row.peer
    _keep_letter(message, delivery.body, is_own=is_own, proof=memory(delivery))
    for effect in step.effects:
        _record_access(effect)
    handlers.tell(step.effects)


def letters(conversation: UUID) -> tuple[AnyUtterance, ...]:
    """All messages of a conversation in the order in which they were stored here; none once it is emptied."""
    rows = models.Letter.objects.filter(conversation=conversation).exclude(body=b"").order_by("pk")
    return tuple(parse_utterance(bytes(row.body)) for row in rows)


def _keep_conversation(locked: Locked, conversation: Conversation, message: AnyUtterance) -> None:
    kept = {
        "own_agency": conversation.own_agency,
        "peer_agency": conversation.peer_agency,
        "state": conversation.state,
        "has_ended": conversation.has_ended,
        "ended_at": true_now() if conversation.has_ended else None,
        "expires": conversation.expires,
        "amount": conversation.amount,
        "reference": conversation.reference or "",
        "told": conversation.told,
    }
    if models.Conversation.objects.filter(pk=conversation.id).update(**kept) or not isinstance(
        message, Opening
    ):
        return
    models.Conversation.objects.create(
        id=conversation.id,
        thread=locked.row,
        kind=conversation.kind_name,
        role=conversation.role,
        service=conversation.service,
        subject=conversation.subject or "",
        basis=message.legal_basis.model_dump(mode="json"),
        purpose=message.purpose.model_dump(),
        opened_at=true_now(),
        **kept,
    )


def _keep_letter(message: AnyUtterance, body: bytes, *, is_own: bool, proof: Memory | None = None) -> None:
    """Store a message; without the proof of a delivery it is an own one that waits to be delivered."""
    stored_at, is_waiting = true_now(), proof is None
    models.Letter.objects.create(
        message=message.id,
        is_own=is_own,
        peer=message.receiver if is_own else message.sender,
        case_ref=message.case_ref,
        position=message.position,
        conversation_id=message.conversation,
        kind=message.kind,
        body=body,
        body_sha256=hashlib.sha256(body).digest(),
        stored_at=stored_at,
        kept_at=None if is_waiting else stored_at,
        proof=proof.headers if proof is not None and not is_own else None,
        is_waiting=is_waiting,
        next_try=Now() if is_waiting else None,
    )
    record_message(message, body, is_own=is_own)


def _record_access(effect: Effect) -> None:
    row = models.Conversation.objects.get(pk=effect.conversation.id)
    record_conversation(effect, row.basis, row.purpose)
