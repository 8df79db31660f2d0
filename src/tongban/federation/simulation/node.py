"""A simulated node: a door, an outbox, time limits, and recovery, around the library's own steps.

Between any two durable steps stands a `point`, at which the power may be cut.
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol
from uuid import UUID

from tongban import protocol
from tongban.federation.simulation.disk import Disk, DiskFull
from tongban.federation.simulation.ledger import Ledger
from tongban.federation.simulation.members import EPOCH, Members
from tongban.federation.simulation.papers import Carrier
from tongban.federation.simulation.recovery import Recovery
from tongban.federation.simulation.storage import DiskStorage, Kept, ThreadKey
from tongban.federation.simulation.treasury import Treasury
from tongban.federation.simulation.witness import witness
from tongban.protocol import Code, HttpRequest, HttpResponse, Refusal, Refused
from tongban.protocol import conversations as talk
from tongban.protocol.attachments import ATTACHMENTS_PATH
from tongban.protocol.conversations import AnyUtterance, Conversation, Forgotten, Here, Receipt, Step
from tongban.protocol.recall import RECALL_PATH
from tongban.protocol.signature import Verified
from tongban.protocol.tlog.witnessing import ADD_CHECKPOINT_PATH

TIMEOUT = 15.0
"""Seconds until a delivery without a reply counts as not arrived."""
WINDOW = 8
"""Deliveries to one peer that are on their way at the same time."""


class PowerCut(Exception):
    """The machine stopped at this point."""


class World(Protocol):
    """What a node uses of the world around it."""

    now: float

    def new_id(self) -> UUID:
        """An id never used before."""

    def new_nonce(self) -> str:
        """What a delivery is told apart by, never used before."""

    def chance(self) -> float:
        """A number from 0 to 1."""

    def send(self, sender: str, receiver: str, request: HttpRequest, nonce: str) -> None:
        """Put a delivery on the network; its reply comes back by the nonce that it is signed with."""

    def later(self, node: str, seconds: float, work: Callable[[], None]) -> None:
        """Do some work of the node in so many seconds, unless it stops before."""

    def changed(self, node: str, conversation: Conversation) -> None:
        """A conversation has come to another state at the node, for good."""


@dataclass
class Queue:
    """What waits for one peer: threads in their order; how often it did not reply in a row."""

    threads: deque[ThreadKey] = field(default_factory=deque)
    waiting: set[ThreadKey] = field(default_factory=set)
    on_their_way: int = 0
    failures: int = 0
    rests_until: float = 0.0


class Node:
    """One node; what is not on its disk is lost when it stops."""

    def __init__(self, name: str, members: Members, world: World, disk: Disk) -> None:
        self.name = name
        self.members = members
        self.world = world
        self.disk = disk
        self.skew = 0.0
        self.is_eager = members.names.index(name) % 2 == 1
        self.points = 0
        self.cut_at: set[int] = set()
        self.recovery = Recovery(self)
        self.ledger = Ledger(self)
        self.papers = Carrier(self)
        self.treasury = Treasury(self)
        self._seconds, self._moment = 0.0, EPOCH
        self.forget()

    def forget(self) -> None:
        """Lose everything that is not on the disk."""
        self.queues: defaultdict[str, Queue] = defaultdict(Queue)
        self.in_flight: dict[str, tuple[ThreadKey, AnyUtterance, HttpRequest]] = {}
        self.looks: dict[UUID, datetime] = {}
        self.ledger.forget()
        self.papers.forget()
        self.treasury.forget()
        self.is_up = True

    @property
    def moment(self) -> datetime:
        """What the node's clock says."""
        seconds = self.world.now + self.skew
        if seconds != self._seconds:
            self._seconds, self._moment = seconds, EPOCH + timedelta(seconds=seconds)
        return self._moment

    @property
    def here(self) -> Here:
        """What steps take from this node."""
        return Here(self.name, self.moment, self.world.new_id)

    def point(self) -> None:
        """A moment between two durable steps; PowerCut if the power is cut here."""
        self.points += 1
        if self.points in self.cut_at:
            raise PowerCut

    def start(self) -> None:
        """Take up what is on the disk after a stop."""
        for key in self.disk.table("first"):
            self.enqueue(key)
        for conversation in list(self.disk.table("conversations").values()):
            if not conversation.has_ended:
                self.world.changed(self.name, conversation)
        self.recovery.go_on()
        self.ledger.look()
        self.papers.look()

    def door(self, request: HttpRequest) -> HttpResponse:
        """The reply to a request of another node."""
        self.point()
        reply: Receipt | Refusal
        if request.path == ADD_CHECKPOINT_PATH:
            return witness(self, request)
        if request.path.startswith(ATTACHMENTS_PATH):
            return self.papers.door(request)
        try:
            if request.path == RECALL_PATH:
                return self.recovery.answer(request)
            reply = self.take_in(request)
        except Refused as refused:
            reply = protocol.refusal(refused, self.name, None, self.moment)
        except Forgotten as forgotten:
            self.recovery.ask_once_more(forgotten.peer)
            reply = protocol.refusal(Refused(Code.TRY_LATER), self.name, None, self.moment)
        except DiskFull:
            reply = protocol.refusal(Refused(Code.TRY_LATER), self.name, None, self.moment)
        self.point()
        return talk.seal_receipt(reply, request, self.members.keys[self.name], now=self.moment)

    def take_in(self, request: HttpRequest) -> Receipt:
        """Check a message and take it in; the receipt is given only when all is durable."""
        delivered = talk.authenticate_utterance(request, self.members.directory, self.name, now=self.moment)
        if delivered.message.sender in self.recovery.peers or self.ledger.halted:
            raise Refused(Code.TRY_LATER)
        storage = DiskStorage(self.disk, self.world.now)
        with self.disk.transaction():
            receipt = talk.take_in(delivered, storage, self.members.directory, self.here)
            self.point()
        self.make_durable()
        self.after_commit(storage)
        return receipt

    def note_delivery(self, verified: Verified) -> None:
        """Remember a delivery inside the transaction; Refused `replayed` when it has been received before."""
        DiskStorage(self.disk, self.world.now).note_delivery(verified)

    def make_durable(self) -> None:
        """Wait for the disk."""
        self.point()
        self.disk.sync()
        self.point()

    def act(self, step_of: Callable[[], Step | None]) -> bool:
        """Store a step of the node's own (a decision, a time limit); whether there was one."""
        storage = DiskStorage(self.disk, self.world.now)
        try:
            with self.disk.transaction():
                step = step_of()
                if step is None or self.ledger.halted or (step.thread.peer in self.recovery.peers):
                    return False
                storage.keep(step, None)
                self.point()
            self.make_durable()
        except DiskFull:
            return False
        self.after_commit(storage)
        return True

    def after_commit(self, storage: DiskStorage) -> None:
        """Start what follows from a durable step."""
        for key in storage.to_send:
            self.enqueue(key)
        for conversation in storage.changed:
            self.world.changed(self.name, conversation)
        self.ledger.look()
        self.papers.look()

    def enqueue(self, key: ThreadKey) -> None:
        """Let a thread wait for its peer, unless it does already."""
        queue = self.queues[key[0]]
        if key not in queue.waiting:
            queue.waiting.add(key)
            queue.threads.append(key)
        self.pump(key[0])

    def pump(self, peer: str) -> None:
        """Send to a peer what may go now."""
        queue = self.queues[peer]
        window = 1 if queue.failures else WINDOW
        while queue.threads and queue.on_their_way < window and self.world.now >= queue.rests_until:
            if peer in self.recovery.peers:
                return
            key = queue.threads.popleft()
            queue.waiting.discard(key)
            kept = self.first_waiting(key)
            if kept is not None:
                queue.on_their_way += 1
                self.deliver(key, kept)
                if self.is_eager:
                    self.send_ahead(key, kept)

    def first_waiting(self, key: ThreadKey) -> Kept | None:
        """The first message of the thread that the peer does not have."""
        first = self.disk.get("first", key)
        found: Kept | None = self.disk.get("own", (*key, first))
        return found

    def deliver(self, key: ThreadKey, kept: Kept) -> None:
        """Send one delivery and see to it that something happens if no reply comes."""
        self.point()
        nonce = self.world.new_nonce()
        keys, directory = self.members.keys, self.members.directory
        request = talk.seal_utterance(
            kept.body, key[0], directory, keys[self.name], now=self.moment, nonce=nonce
        )
        self.in_flight[nonce] = (key, kept.message, request)
        self.world.send(self.name, key[0], request, nonce)
        self.world.later(self.name, TIMEOUT, partial(self.time_out, nonce))
        self.point()

    def send_ahead(self, key: ThreadKey, first: Kept) -> None:
        """Send what comes after the first message too, the last before the others: a peer need not wait."""
        directory, signs = self.members.directory, self.members.keys[self.name]
        position = first.message.position + 1
        while (kept := self.disk.get("own", (*key, position))) is not None:
            nonce = self.world.new_nonce()
            request = talk.seal_utterance(kept.body, key[0], directory, signs, now=self.moment, nonce=nonce)
            self.world.send(self.name, key[0], request, nonce)
            position += 1

    def time_out(self, nonce: str) -> None:
        """No reply came: the peer rests, the message is delivered again after that."""
        flight = self.in_flight.pop(nonce, None)
        if flight is not None:
            self.retry(flight[0])

    def retry(self, key: ThreadKey) -> None:
        """Let the peer rest for a while and try again."""
        peer = key[0]
        queue = self.queues[peer]
        queue.on_their_way -= 1
        queue.failures += 1
        wait = talk.pause(queue.failures, self.world.chance()).total_seconds()
        queue.rests_until = self.world.now + wait
        if key not in queue.waiting:
            queue.waiting.add(key)
            queue.threads.append(key)
        self.world.later(self.name, wait, partial(self.pump, peer))

    def hear_reply(self, nonce: str, response: HttpResponse) -> None:
        """A reply to a delivery has come back."""
        flight = self.in_flight.get(nonce)
        if flight is None:
            if not self.ledger.hear(nonce, response) and not self.papers.hear(nonce, response):
                self.recovery.hear(nonce, response)
            return
        key, message, request = flight
        try:
            reply = talk.open_receipt(response, request, message, self.members.directory, now=self.moment)
        except Refused:
            return  # nobody's word: as if no reply had come
        del self.in_flight[nonce]
        if reply.kind == "refusal":
            self.retry(key)
            return
        try:
            self.note_receipt(key, message, reply)
        except DiskFull:
            self.retry(key)
            return
        queue = self.queues[key[0]]
        queue.on_their_way -= 1
        queue.failures, queue.rests_until = 0, 0.0
        if self.disk.get("first", key) is not None:
            self.enqueue(key)
        self.pump(key[0])

    def note_receipt(self, key: ThreadKey, message: AnyUtterance, reply: Receipt) -> None:
        """Note what the peer keeps, and which of this node's messages it lacks."""
        self.point()
        with self.disk.transaction():
            thread = DiskStorage(self.disk, self.world.now).thread(*key)
            found = talk.standing(thread, message, reply)
            first: int | None = self.disk.get("first", key)
            if found.lacks_from is not None:
                self.disk.put("first", key, found.lacks_from)
            elif first is not None:
                for position in range(first, min(found.kept_before, thread.said + 1)):
                    self.note_kept(key, position)
                if found.kept_before > thread.said:
                    self.disk.remove("first", key)
                else:
                    self.disk.put("first", key, max(first, found.kept_before))
            self.point()
        self.make_durable()

    def note_kept(self, key: ThreadKey, position: int) -> None:
        """Note that the peer has a message of this node."""
        kept: Kept = self.disk.get("own", (*key, position))
        self.disk.put("own", (*key, position), Kept(kept.message, kept.body, self.world.now, kept.proof))

    def watch_time_limit(self, conversation: Conversation) -> None:
        """Look at a conversation when its time is over, unless that is planned already."""
        if self.looks.get(conversation.id) != conversation.expires:
            self.looks[conversation.id] = conversation.expires
            left = (conversation.expires - self.moment).total_seconds() + 1.0
            self.world.later(self.name, max(left, 0.0), partial(self.look_at_time_limit, conversation.id))

    def look_at_time_limit(self, conversation: UUID) -> None:
        """Say what a time limit calls for, if it does; else look again: clocks go wrong, disks get full."""
        self.looks.pop(conversation, None)
        current: Conversation | None = self.disk.get("conversations", conversation.int)
        if current is None or current.has_ended or not self.is_pressing(current):
            return
        storage = DiskStorage(self.disk, self.world.now)
        thread = storage.thread(current.peer, current.case_ref)
        if not self.act(lambda: talk.tick(thread, current, self.here)):
            left = (current.expires - self.moment).total_seconds() + 1.0
            self.world.later(self.name, max(60.0, left), partial(self.look_at_time_limit, conversation))

    def is_pressing(self, conversation: Conversation) -> bool:
        """Whether the node may have something to say by itself in this conversation."""
        possible, state, role = conversation.kind.possible, conversation.state, conversation.role
        return bool(possible(state, role, talk.Cause.DUE) or possible(state, role, talk.Cause.AUTOMATIC))
