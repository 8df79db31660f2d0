"""The steps of a conversation without I/O: open, decide, hear, tick.

Each takes frozen values and gives a Step or raises Refused. What is late, doubled, reordered or lost never
changes where a conversation ends: a message counts once, in its place in the thread, in a state that has
room for it.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from tongban.protocol.conversations.kinds import KIND_OF_MESSAGE, NOT_OPEN, Cause, Move, Role
from tongban.protocol.conversations.messages import (
    MODELS,
    Adjudication,
    Amount,
    AnyUtterance,
    Body,
    Change,
    Clearing,
    Nothing,
    Opening,
    Reason,
    Statement,
)
from tongban.protocol.conversations.state import By, Conversation, Effect, Step, Thread
from tongban.protocol.messages import LegalBasis
from tongban.protocol.model import Strict, Text
from tongban.protocol.refusals import Code, Refused


class Forgotten(Exception):
    """The peer has heard more from this node than the node remembers: its database is an old one.

    Nothing may be said to `peer` until the node has recalled what it lost.
    """

    def __init__(self, peer: str) -> None:
        self.peer = peer
        super().__init__(f"{peer} has heard more from this node than the node remembers")


class Here(NamedTuple):
    """What a step takes from the world: which node this is, the moment, a source of ids never used before."""

    me: str
    now: datetime
    new_id: Callable[[], UUID]


class Known(NamedTuple):
    """What is stored of a message that was heard: its id, its place and the SHA-256 of its body."""

    id: UUID
    position: int
    body_sha256: bytes


class Matter(NamedTuple):
    """What an opening message says besides its body: between whom, for what, on which basis, until when."""

    peer: str
    own_agency: str
    peer_agency: str
    service: str
    case_ref: str
    expires: datetime
    legal_basis: LegalBasis
    purpose: Text


def open_conversation(thread: Thread, matter: Matter, says: str, body: Body, here: Here) -> Step:
    """Open a conversation with the message `says` (`handover-offered`, `transfer-asked`, …).

    Raises ValueError when that message opens nothing.
    """
    kind = KIND_OF_MESSAGE[says]
    if kind.opening.says != says:
        raise ValueError(f"{says} opens no conversation")
    conversation = Conversation(
        id=here.new_id(),
        kind_name=kind.name,
        role=Role.OPENER,
        peer=matter.peer,
        own_agency=matter.own_agency,
        peer_agency=matter.peer_agency,
        service=matter.service,
        case_ref=matter.case_ref,
        state=NOT_OPEN,
        expires=matter.expires,
        subject=getattr(body, "subject", None),
    )
    step = Step(thread, conversation)
    return _say(step, conversation, kind.opening, body, here, of=matter, by=By.DECISION)


def decide(
    thread: Thread,
    conversation: Conversation,
    says: str,
    body: Body,
    here: Here,
    *,
    again: Matter | None = None,
) -> Step:
    """Say something that somebody here has decided; `again` goes with an offer that is made once more.

    Raises Refused `not-now` when the conversation's state has no room for it, `expired` when the partner's
    time is over, `schema-violated` when an amount is another than the one stated.
    """
    move = conversation.kind.move(says)
    if move is None or move.cause is not Cause.DECISION or move.by is not conversation.role:
        raise Refused(Code.NOT_NOW, "kind", "not for this side to say")
    if conversation.state not in move.said:
        raise Refused(Code.NOT_NOW, "kind", f"the conversation is {conversation.state}")
    if _is_late(conversation, move, here.now):
        raise Refused(Code.EXPIRED, "expires", "the time limit that the other side set is over")
    _check_against_memory(conversation, body)
    step = Step(thread, conversation)
    return _say(step, conversation, move, body, here, of=again, by=By.DECISION)


def hear(
    thread: Thread,
    conversation: Conversation | None,
    message: AnyUtterance,
    body_sha256: bytes,
    known: Known | None,
    *,
    here: Here,
    inadmissible: Refused | None = None,
) -> Step:
    """Take in a message of the peer; `known` is what is stored under its id or at its place.

    `inadmissible` says why the node may not let an opening in; it is then declined by itself and takes no
    effect. Raises Refused `id-reused` when another message has this id or place, `schema-violated` when the
    message cannot follow, and Forgotten when this node has lost what it said.
    """
    if not is_next(thread, message, body_sha256, known):
        return Step(thread, conversation, is_new=False)
    step = take_in(thread, conversation, message)
    if inadmissible is not None and isinstance(message, Opening) and step.effects:
        return _decline(step._replace(effects=()), inadmissible, here)
    return _settle(step, here)


def tick(thread: Thread, conversation: Conversation, here: Here) -> Step | None:
    """What the node has to say by itself now: a time limit is over, or an answer that needs no decision.

    None when there is nothing.
    """
    step = _settle(Step(thread, conversation), here)
    if step.says:
        return step
    due = conversation.kind.possible(conversation.state, conversation.role, Cause.DUE)
    if not due or here.now < conversation.expires:
        return None
    return _say(step, conversation, due[0], Nothing(), here, by=By.NODE)


def is_next(thread: Thread, message: AnyUtterance, body_sha256: bytes, known: Known | None) -> bool:
    """Whether the message is the next to be heard in its thread; not if it is known or something is missing.

    Raises Refused `id-reused` and Forgotten as `hear` does.
    """
    if known is not None:
        if (known.id, known.position, known.body_sha256) != (message.id, message.position, body_sha256):
            raise Refused(Code.ID_REUSED, "id" if known.id == message.id else "position")
        return False
    if message.position <= thread.heard:
        raise Refused(Code.ID_REUSED, "position")
    if message.position > thread.heard + 1:
        return False
    if message.after > thread.said:
        raise Forgotten(message.sender)
    return True


def take_in(thread: Thread, conversation: Conversation | None, message: AnyUtterance) -> Step:
    """The message in its place, with its effect; without what the node says to it by itself."""
    move = move_of(message)
    before = _conversation_of(conversation, message, move)
    if before.state not in move.heard:
        raise Refused(Code.SCHEMA_VIOLATED, "kind", "it cannot follow what was said before")
    thread = Thread(thread.peer, thread.case_ref, thread.said, message.position)
    leads_on = move.heard[before.state] != before.state or before.state in move.said
    if not leads_on:
        return Step(thread, before)
    _check_against_memory(before, message.body)
    after = remember(before, move, message, move.heard[before.state])
    return Step(thread, after, effects=(Effect(after, message, By.PEER),))


def _say(
    step: Step,
    before: Conversation,
    move: Move,
    body: Body,
    here: Here,
    *,
    of: Matter | None = None,
    by: By,
) -> Step:
    """Add a message to the step; `of` goes with an opening, else it is as the conversation says."""
    about = of or before
    said = step.thread
    thread = Thread(said.peer, said.case_ref, said.said + 1, said.heard)
    members = {
        "id": here.new_id(),
        "sender": here.me,
        "receiver": about.peer,
        "sender_agency": about.own_agency,
        "receiver_agency": about.peer_agency,
        "service": about.service,
        "case_ref": about.case_ref,
        "created": here.now,
        "expires": about.expires,
        "kind": move.says,
        "conversation": before.id,
        "position": thread.said,
        "after": thread.heard,
        "body": body,
    }
    if of is not None:
        members |= {"legal_basis": of.legal_basis, "purpose": of.purpose}
    message: AnyUtterance = MODELS[move.says].model_validate(members)
    after = remember(before, move, message, move.said[before.state])
    effects = (*step.effects, Effect(after, message, by))
    return Step(thread, after, (*step.says, message), effects)


def _settle(step: Step, here: Here) -> Step:
    """Add what the conversation says by itself in the state that it has come to."""
    conversation = step.conversation
    if conversation is None:
        return step
    automatic = conversation.kind.possible(conversation.state, conversation.role, Cause.AUTOMATIC)
    if not automatic:
        return step
    return _say(step, conversation, automatic[0], Nothing(), here, by=By.NODE)


def _decline(step: Step, refused: Refused, here: Here) -> Step:
    conversation = step.conversation
    if conversation is None:
        return step
    moves = conversation.kind.possible(conversation.state, conversation.role, Cause.INADMISSIBLE)
    reason = Reason(reason=refused.sentence, code=refused.code)
    return _say(step, conversation, moves[0], reason, here, by=By.NODE)


def move_of(message: AnyUtterance) -> Move:
    """The row of the table that the message is of."""
    move = KIND_OF_MESSAGE[message.kind].move(message.kind)
    if move is None:
        raise Refused(Code.UNKNOWN_KIND, "kind")
    return move


def new_conversation(message: AnyUtterance, role: Role) -> Conversation:
    """The conversation that an opening message opens, before it is taken in."""
    ours = (message.sender, message.sender_agency)
    theirs = (message.receiver, message.receiver_agency)
    if role is Role.PARTNER:
        ours, theirs = theirs, ours
    return Conversation(
        id=message.conversation,
        kind_name=KIND_OF_MESSAGE[message.kind].name,
        role=role,
        peer=theirs[0],
        own_agency=ours[1],
        peer_agency=theirs[1],
        service=message.service,
        case_ref=message.case_ref,
        state=NOT_OPEN,
        expires=message.expires,
        subject=getattr(message.body, "subject", None),
    )


def remember(conversation: Conversation, move: Move, message: AnyUtterance, state: str) -> Conversation:
    """The conversation in its new state, with what the message says of money, agencies, time limits."""
    changes: dict[str, Any] = {"state": state}
    keeps, told = _KEPT.get(type(message.body), ("", ""))
    if keeps:
        changes[keeps] = getattr(message.body, told)
    if move.renews:
        own, peer = message.sender_agency, message.receiver_agency
        if move.by is not conversation.role:
            own, peer = peer, own
        changes |= {"expires": message.expires, "own_agency": own, "peer_agency": peer}
    return conversation._replace(**changes)


_KEPT: dict[type[Strict], tuple[str, str]] = {
    Statement: ("amount", "amount"),
    Adjudication: ("amount", "amount"),
    Amount: ("reference", "reference"),
    Clearing: ("reference", "reference"),
    Change: ("told", "number"),
}
"""What a conversation keeps of a body: its own field, and the body's."""


def _conversation_of(conversation: Conversation | None, message: AnyUtterance, move: Move) -> Conversation:
    """The conversation that the message belongs to, or a new one that it opens."""
    if conversation is None:
        if NOT_OPEN not in move.heard:
            raise Refused(Code.SCHEMA_VIOLATED, "conversation", "no such conversation is open")
        return new_conversation(message, Role.PARTNER)
    expected = (conversation.peer, conversation.case_ref, conversation.kind_name, conversation.role.other)
    if (message.sender, message.case_ref, KIND_OF_MESSAGE[message.kind].name, move.by) != expected:
        raise Refused(Code.SCHEMA_VIOLATED, "conversation", "the message is of another conversation")
    return conversation


def _check_against_memory(conversation: Conversation, body: object) -> None:
    """Refuse money that was not stated, a reference that was not given, a change out of turn."""
    if isinstance(body, Amount):
        if body.amount != conversation.amount:
            raise Refused(Code.SCHEMA_VIOLATED, "body.amount", "the amount that was stated is expected")
        if conversation.reference not in {None, body.reference}:
            raise Refused(Code.SCHEMA_VIOLATED, "body.reference", "the instruction's reference is expected")
    if type(body) is Change and body.number != conversation.told + 1:
        raise Refused(Code.SCHEMA_VIOLATED, "body.number", f"{conversation.told + 1} is expected")


def _is_late(conversation: Conversation, move: Move, now: datetime) -> bool:
    """Whether the partner's time for this is over; what was accepted has no limit of the protocol's."""
    due = conversation.kind.possible(conversation.state, move.by, Cause.DUE)
    return bool(due) and now >= conversation.expires
