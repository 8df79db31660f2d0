"""The order of work at a node's door and in its outbox, over any storage: a database, the simulator's.

What is called here runs inside one transaction of the storage; a receipt may leave only once that is durable.
"""

from typing import NamedTuple, Protocol
from uuid import UUID

from tongban.protocol.conversation import check_evidence
from tongban.protocol.conversations.messages import AnyUtterance, EvidenceGiven, Opening, Receipt
from tongban.protocol.conversations.sealing import Delivered, admit, has_forgotten, is_taken, receipt
from tongban.protocol.conversations.state import Conversation, Step, Thread
from tongban.protocol.conversations.steps import Here, Known, hear
from tongban.protocol.directory import Directory
from tongban.protocol.refusals import Refused
from tongban.protocol.signature import Verified


class Storage(Protocol):
    """What a node keeps of its conversations, inside the transaction that is going on."""

    def note_delivery(self, verified: Verified) -> None:
        """Remember this delivery; Refused `replayed` when it has been received before."""

    def thread(self, peer: str, case_ref: str) -> Thread:
        """The thread with a peer about a case, for this transaction alone."""

    def conversation(self, conversation: UUID) -> Conversation | None:
        """The conversation of that id, if it is open here."""

    def known(self, message: AnyUtterance) -> Known | None:
        """What is kept under the message's id or in its place, of those that its sender said."""

    def keep(self, step: Step, heard: tuple[AnyUtterance, Delivered] | None) -> None:
        """Keep thread, conversation, messages, access records and effects of a step, all or nothing."""


def take_in(
    delivered: Delivered,
    storage: Storage,
    directory: Directory,
    here: Here,
    *,
    inadmissible: Refused | None = None,
) -> Receipt:
    """Take in a delivered message; its receipt. Raises Refused and Forgotten as `hear` does.

    With `inadmissible` the node cannot let an opening in for a reason of its own.
    """
    message = delivered.message
    storage.note_delivery(delivered.verified)
    thread = storage.thread(message.sender, message.case_ref)
    step = hear(
        thread,
        storage.conversation(message.conversation),
        message,
        delivered.body_sha256,
        storage.known(message),
        here=here,
        inadmissible=inadmissible or _inadmissible(message, directory, here),
    )
    if step.is_new:
        if isinstance(message, EvidenceGiven):
            check_evidence(message.body, directory)
        storage.keep(step, (message, delivered))
    return receipt(step.thread, message, here.me, here.now)


class Standing(NamedTuple):
    """What a receipt says of a thread: which own messages the peer keeps, and from which on it lacks them.

    `lacks_from` is None when the delivered message is kept. `is_ahead`: the peer has heard more from this
    node than the node remembers.
    """

    kept_before: int
    lacks_from: int | None
    is_ahead: bool


def standing(thread: Thread, message: AnyUtterance, reply: Receipt) -> Standing:
    """Read the receipt that the delivery of `message` got."""
    lacks_from = None if is_taken(message, reply) else reply.next
    return Standing(reply.next, lacks_from, has_forgotten(thread, reply))


def _inadmissible(message: AnyUtterance, directory: Directory, here: Here) -> Refused | None:
    if not isinstance(message, Opening):
        return None
    try:
        admit(message, directory, now=here.now)
    except Refused as refused:
        return refused
    return None
