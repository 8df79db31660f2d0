"""Planted mistakes: each breaks the protocol or the way a node keeps to it, and the simulator has to notice.

Each says what is wrong with it and what stands in the place of what.
"""

import hashlib
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from tongban import protocol
from tongban.federation.simulation import books, members
from tongban.federation.simulation.disk import Disk, DiskFull
from tongban.federation.simulation.faults import FaultKind
from tongban.federation.simulation.log_mistakes import LOG_MUTATIONS
from tongban.federation.simulation.node import Node
from tongban.federation.simulation.paper_mistakes import PAPER_MUTATIONS
from tongban.federation.simulation.plan import ANYTHING, Aim
from tongban.federation.simulation.planting import Mutation, table_with
from tongban.federation.simulation.settlement_mistakes import SETTLEMENT_MUTATIONS
from tongban.federation.simulation.storage import DiskStorage, Kept, ThreadKey
from tongban.protocol import HttpRequest, Refusal, Refused, signature
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import (
    AnyUtterance,
    Delivered,
    Known,
    Receipt,
    Step,
    Thread,
    desk,
    kinds,
    sealing,
    steps,
)
from tongban.protocol.directory import Directory
from tongban.suites import VerifyingKey

# what a receiver checks


def _takes_what_is_known(
    thread: Thread, message: AnyUtterance, body_sha256: bytes, known: Known | None
) -> bool:
    return message.position <= thread.heard + 1


def _takes_what_comes(thread: Thread, message: AnyUtterance, body_sha256: bytes, known: Known | None) -> bool:
    return known is None


def _repeats_are_refused(
    thread: Thread, message: AnyUtterance, body_sha256: bytes, known: Known | None
) -> bool:
    if known is not None:
        raise Refused(protocol.Code.ID_REUSED, "id")
    return steps_is_next(thread, message, body_sha256, known)


steps_is_next = steps.is_next


def _no_known(self: DiskStorage, message: AnyUtterance) -> Known | None:
    return None


def _known_by_kind(self: DiskStorage, message: AnyUtterance) -> Known | None:
    for (sender, *_), kept in self._disk.table("heard").items():
        same = (kept.message.case_ref, kept.message.kind) == (message.case_ref, message.kind)
        if sender == message.sender and same:
            return Known(message.id, message.position, _sha256(message))
    return None


def _sha256(message: AnyUtterance) -> bytes:
    return hashlib.sha256(protocol.encode(message)).digest()


def _no_nonce(self: DiskStorage, verified: signature.Verified) -> None:
    pass


def _any_signature(self: VerifyingKey, signature: bytes, data: bytes) -> bool:
    return True


def _any_owner(self: Directory, keyid: str, node: str) -> None:
    pass


def _any_digest(value: str, body: bytes, *rest: object) -> None:
    pass


def _any_receipt(
    response: protocol.HttpResponse,
    delivery: HttpRequest,
    message: AnyUtterance,
    directory: Directory,
    **_: object,
) -> Receipt | Refusal:
    return sealing._parse_receipt(response.body)


# what a node does around it


def _receipt_before_commit(self: Node, request: HttpRequest) -> Receipt:
    delivered = talk.authenticate_utterance(request, self.members.directory, self.name, now=self.moment)
    storage = DiskStorage(self.disk, self.world.now)
    with self.disk.transaction():
        receipt = talk.take_in(delivered, storage, self.members.directory, self.here)
        self.disk._undo, writes = [], self.disk._undo
    self.disk._unsynced.append(writes)
    self.world.later(self.name, 1.0, self.make_durable)
    self.after_commit(storage)
    return receipt


def _no_sync(self: Node) -> None:
    self.point()
    self.world.later(self.name, 5.0, self.disk.sync)
    self.point()


_owed: WeakKeyDictionary[DiskStorage, tuple[Step, tuple[AnyUtterance, Delivered] | None]] = (
    WeakKeyDictionary()
)


def _effects_after_commit(
    self: DiskStorage, step: Step, heard: tuple[AnyUtterance, Delivered] | None
) -> None:
    self.keep_thread(step, heard)
    _owed[self] = step, heard


def _pays_what_it_owes(self: Node, storage: DiskStorage) -> None:
    owed = _owed.pop(storage, None)
    if owed is not None:
        self.point()
        with self.disk.transaction():
            storage.keep_effects(*owed)
        self.make_durable()
    node_after_commit(self, storage)


def _effects_before_commit(
    self: DiskStorage, step: Step, heard: tuple[AnyUtterance, Delivered] | None
) -> None:
    writes, self._disk._undo = self._disk._undo, []
    self.keep_effects(step, heard)
    self._disk._undo = writes
    self.keep_thread(step, heard)


def _no_log(disk: Disk, entry: bytes) -> None:
    pass


def _log_later(disk: Disk, entry: bytes) -> None:
    writes, disk._undo = disk._undo, []
    books_append(disk, entry)
    disk._unsynced.append(disk._undo)
    disk._undo = writes


def _forgets_outbox(self: Node) -> None:
    self.recovery.go_on()


def _sends_once(self: Node, key: ThreadKey) -> None:
    queue = self.queues[key[0]]
    queue.on_their_way -= 1


def _new_id_on_retry(self: Node, key: ThreadKey, kept: Kept) -> None:
    message = kept.message.model_copy(update={"id": self.world.new_id()})
    node_deliver(self, key, Kept(message, protocol.encode(message), kept.kept_at))


def _ignores_full_disk(self: Node, request: HttpRequest) -> Receipt:
    try:
        return node_take_in(self, request)
    except DiskFull:
        delivered = talk.authenticate_utterance(request, self.members.directory, self.name, now=self.moment)
        heard = Thread(delivered.message.sender, "", heard=delivered.message.position)
        return talk.receipt(heard, delivered.message, self.name, self.moment)


def _off_by_one(thread: Thread, message: AnyUtterance, me: str, now: Any) -> Receipt:
    return Receipt(sender=me, in_reply_to=message.id, next=thread.heard + 2, created=now)


def _no_time_limit(self: Node, conversation: UUID) -> None:
    pass


node_after_commit = Node.after_commit
node_deliver = Node.deliver
node_take_in = Node.take_in
books_append = books.append_entry


def _of(name: str, says: str, *places: tuple[Any, str, Any], aim: Aim = ANYTHING) -> Mutation:
    return Mutation(name, says, places, aim)


MUTATIONS: tuple[Mutation, ...] = (
    _of(
        "no-dedup",
        "a message that is known takes effect again",
        (steps, "is_next", _takes_what_is_known),
        (DiskStorage, "known", _no_known),
    ),
    _of(
        "no-order-check",
        "messages are taken in the order of their arrival",
        (steps, "is_next", _takes_what_comes),
    ),
    _of(
        "repeat-refused",
        "a repeated message is refused instead of receipted",
        (steps, "is_next", _repeats_are_refused),
    ),
    _of(
        "wrong-idempotency-key",
        "case and kind count as a message's identity",
        (DiskStorage, "known", _known_by_kind),
    ),
    _of("no-nonce-check", "the same delivery is taken twice", (DiskStorage, "note_delivery", _no_nonce)),
    _of(
        "signature-not-checked",
        "any signature is good",
        (VerifyingKey, "verifies", _any_signature),
        (members._HashKey, "verifies", _any_signature),
        aim=Aim(fault=FaultKind.FORGER),
    ),
    _of(
        "body-not-bound",
        "the digest in the signature is not that of the body",
        (signature, "check_digest", _any_digest),
        aim=Aim(fault=FaultKind.FORGER),
    ),
    _of(
        "key-of-anybody",
        "a node may speak in another's name",
        (Directory, "check_owner", _any_owner),
        aim=Aim(fault=FaultKind.LIAR),
    ),
    _of(
        "receipt-not-checked",
        "a receipt is believed without its signature",
        (talk, "open_receipt", _any_receipt),
        aim=Aim(fault=FaultKind.FORGER),
    ),
    _of(
        "receipt-before-commit",
        "the receipt leaves before the disk has the message",
        (Node, "take_in", _receipt_before_commit),
    ),
    _of("no-sync", "nobody waits for the disk", (Node, "make_durable", _no_sync)),
    _of(
        "effects-after-commit",
        "effects are written in a transaction of their own afterwards",
        (DiskStorage, "keep", _effects_after_commit),
        (Node, "after_commit", _pays_what_it_owes),
    ),
    _of(
        "effects-before-commit",
        "effects stay when the transaction is undone",
        (DiskStorage, "keep", _effects_before_commit),
    ),
    _of("no-access-record", "an access is not logged", (books, "append_entry", _no_log)),
    _of(
        "access-record-outside",
        "the log is written outside the transaction",
        (books, "append_entry", _log_later),
    ),
    _of("outbox-forgotten", "what waits is kept in memory only", (Node, "start", _forgets_outbox)),
    _of("no-retry", "a delivery without a reply is not repeated", (Node, "retry", _sends_once)),
    _of("retry-makes-new-id", "each delivery has a new message id", (Node, "deliver", _new_id_on_retry)),
    _of(
        "full-disk-ignored",
        "a receipt leaves though the disk was full",
        (Node, "take_in", _ignores_full_disk),
    ),
    _of("receipt-off-by-one", "a receipt names one message too many", (desk, "receipt", _off_by_one)),
    _of("no-time-limit", "nothing ever lapses", (Node, "look_at_time_limit", _no_time_limit)),
    Mutation(
        "accept-after-return",
        "a case that was returned may be accepted",
        table_with(kinds.HANDOVER, "handover-accepted", said={"returned": "accepted"}),
        Aim(("handover",)),
    ),
    Mutation(
        "two-arbiters",
        "the opener lets an offer lapse by its own clock",
        table_with(kinds.HANDOVER, "handover-lapsed", by=kinds.Role.OPENER),
        Aim(("handover",)),
    ),
    Mutation(
        "withdrawal-undoes-instruction",
        "money that was instructed is taken back by a withdrawal that crosses it",
        table_with(kinds.TRANSFER, "transfer-withdrawn", heard={"moved": "letting-go"}),
        Aim(("transfer",)),
    ),
    Mutation(
        "withdrawal-at-once",
        "the opener is out as soon as it says so, whatever the partner has done",
        table_with(kinds.TRANSFER, "transfer-withdrawn", said={"agreed": "withdrawn", "stated": "withdrawn"}),
        Aim(("transfer",)),
    ),
    *LOG_MUTATIONS,
    *PAPER_MUTATIONS,
    *SETTLEMENT_MUTATIONS,
)
"""All planted mistakes."""
