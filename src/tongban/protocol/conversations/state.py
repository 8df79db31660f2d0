"""What one side remembers of its conversations: frozen values that `steps` takes and gives.

A thread is everything that two nodes say to each other about one case, in order; a conversation is one
matter in it. Both are folds of the messages said and heard, so that they can be made anew from those.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from tongban.protocol.conversations.kinds import KINDS, Kind, Role
from tongban.protocol.conversations.messages import AnyUtterance


class Thread(NamedTuple):
    """How much has been said to `peer` and heard from it about the case `case_ref`, in messages."""

    peer: str
    case_ref: str
    said: int = 0
    heard: int = 0


class Conversation(NamedTuple):
    """One conversation as one side sees it.

    `state` is one of the kind's table, `expires` the moment until which the partner may decide. `amount`
    (fen) and `reference` are a transfer's, `told` counts a subscription's changes.
    """

    id: UUID
    kind_name: str
    role: Role
    peer: str
    own_agency: str
    peer_agency: str
    service: str
    case_ref: str
    state: str
    expires: datetime
    subject: str | None = None
    amount: int | None = None
    reference: str | None = None
    told: int = 0

    def __repr__(self) -> str:
        about = f"{self.role} {self.kind_name} {self.case_ref} with {self.peer}"
        return f"Conversation({self.id}: {about}, {self.state})"

    @property
    def kind(self) -> Kind:
        """Its kind with the moves."""
        return KINDS[self.kind_name]

    @property
    def has_ended(self) -> bool:
        """Whether nothing is to be said any more."""
        return self.state in self.kind.final


class By(StrEnum):
    """How a message came about, seen from this side."""

    PEER = "peer"
    DECISION = "decision"
    NODE = "node"

    __hash__ = str.__hash__


class Effect(NamedTuple):
    """A message that took effect here: it changed a state, once.

    `message` is what was said or heard; `by` tells whether the peer said it, somebody here decided it, or the
    node said it by itself (a time limit, a withdrawal let go). `is_recalled`: this node had forgotten it
    (an old backup was restored) and learnt it from its peer again.
    """

    conversation: Conversation
    message: AnyUtterance
    by: By
    is_recalled: bool = False

    @property
    def key(self) -> tuple[str, UUID]:
        """What makes it one: the message. A place where effects are kept refuses the second of a key."""
        return self.message.kind, self.message.id


class Step(NamedTuple):
    """What a step leads to; store all of it in one transaction, then send `says`.

    `is_new` is False when the message had been heard before or comes before one that is still missing:
    nothing is to be stored then, and the receipt says which message is expected.
    """

    thread: Thread
    conversation: Conversation | None
    says: tuple[AnyUtterance, ...] = ()
    effects: tuple[Effect, ...] = ()
    is_new: bool = True
