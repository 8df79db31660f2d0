"""A simulated node's clearing of what it owes: a month at once, peer by peer, in one transaction."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from tongban.federation.simulation.disk import DiskFull
from tongban.federation.simulation.settlements import OWED
from tongban.federation.simulation.storage import DiskStorage
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import Conversation, Role

if TYPE_CHECKING:
    from tongban.federation.simulation.node import Node

MONTH = 600.0
"""Virtual seconds after which a node clears what it owes."""
AGAIN = 45.0
"""Seconds after which a clearing that could not be written is tried again."""


class Treasury:
    """One node's clearing; which months and peers are still to come follows from its books."""

    def __init__(self, node: "Node") -> None:
        self._node = node
        self.forget()

    def forget(self) -> None:
        """Lose what is only in memory."""
        self._planned: set[str] = set()

    def watch(self, conversation: Conversation) -> None:
        """See to it that what is owed in a conversation is cleared when the month is over."""
        is_owed = (conversation.kind_name, conversation.role) == ("settlement", Role.PARTNER)
        if is_owed and conversation.state == "adjudicated":
            self._plan(conversation.peer, MONTH - self._node.world.now % MONTH)

    def _plan(self, peer: str, seconds: float) -> None:
        if peer not in self._planned:
            self._planned.add(peer)
            self._node.world.later(self._node.name, seconds, partial(self._clear, peer))

    def _clear(self, peer: str) -> None:
        self._planned.discard(peer)
        node = self._node
        if peer in node.recovery.peers or node.ledger.halted:
            self._plan(peer, AGAIN)
            return
        storage = DiskStorage(node.disk, node.world.now)
        try:
            with node.disk.transaction():
                for conversation in self.still_owed(peer):
                    storage.keep(self._cleared(storage, conversation), None)
                node.point()
            node.make_durable()
        except DiskFull:
            self._plan(peer, AGAIN)
            return
        node.after_commit(storage)

    def still_owed(self, peer: str) -> list[Conversation]:
        """The conversations in which something is owed to the peer and not cleared."""
        return [one for one in self.ever_owed(peer) if one.state == "adjudicated"]

    def ever_owed(self, peer: str) -> Iterator[Conversation]:
        """The conversations in which something was ever owed to the peer."""
        disk = self._node.disk
        for conversation, debt in disk.table(OWED).items():
            if (debt.debtor, debt.creditor) == (self._node.name, peer):
                yield disk.get("conversations", conversation.int)

    def _cleared(self, storage: DiskStorage, conversation: Conversation) -> talk.Step:
        node = self._node
        month = int(node.world.now // MONTH)
        reference = conversation.reference or f"CL-{node.name}-{conversation.peer}-{month}"
        body = talk.Clearing(amount=conversation.amount or 0, reference=reference, on=node.moment.date())
        thread = storage.thread(conversation.peer, conversation.case_ref)
        return talk.decide(thread, conversation, "settlement-cleared", body, node.here)
