"""What takes effect at a simulated node, and where: register, money, cases, the log of accesses.

Everything is written in the transaction of the message that brings it about.
"""

from typing import NamedTuple
from uuid import UUID

from tongban.federation.simulation import settlements
from tongban.federation.simulation.disk import Disk
from tongban.federation.simulation.settlements import OWED, PAID, Debt
from tongban.protocol import Evidence
from tongban.protocol.conversations import (
    Adjudication,
    Amount,
    AnyUtterance,
    By,
    CaseAnswer,
    CaseContents,
    Change,
    Claim,
    Clearing,
    ContactLetter,
    Effect,
    Reoffer,
    Statement,
    Told,
)
from tongban.protocol.tlog.records import SALT_BYTES, Opening

_WITH_CONTENTS = frozenset(
    {CaseContents, Reoffer, CaseAnswer, ContactLetter, Statement, Told, Change, Claim, Adjudication}
)
FUNDS = 10_000_000
"""Fen on each node's account at the start."""


class Done(NamedTuple):
    """An effect as it is kept: what, how often, by whom, in which conversation, the message's digest."""

    kind: str
    times: int
    by: By
    conversation: UUID
    digest: bytes


def take_effect(disk: Disk, effect: Effect, digest: bytes) -> None:
    """Write an effect into the node's books and, where it carries a person's data, into its log.

    `digest` is the SHA-256 of the message's body.
    """
    message = effect.message
    before = disk.get("done", message.id.int)
    times = before.times + 1 if before else 1
    disk.put("done", message.id.int, Done(message.kind, times, effect.by, message.conversation, digest))
    if carries_data(message):
        append_entry(disk, access_entry(message.id, digest, is_recalled=effect.is_recalled))
    BOOKS.get((message.kind, effect.by is By.PEER), _nothing)(disk, effect)


def balance(disk: Disk) -> int:
    """Fen on the node's account."""
    return int(disk.get("money", "balance", FUNDS))


def access_entry(message: UUID, digest: bytes, *, is_recalled: bool) -> bytes:
    """What an access leaves in the log; its salt follows from it, so that a run is repeated to the byte."""
    content = message.bytes + digest + bytes((is_recalled,))
    return Opening("access", digest, content).leaf.encode()


def restored_entry(before: int, shown: int) -> bytes:
    """What the log says of a backup that had `before` records when `shown` had been shown."""
    content = f"{before} of {shown}".encode()
    return Opening("restored", bytes(SALT_BYTES), content).leaf.encode()


def log_size(disk: Disk) -> int:
    """How many entries the node's log has."""
    return int(disk.get("log", "size", 0))


def append_entry(disk: Disk, entry: bytes) -> None:
    """Put an entry at the end of the log."""
    size = log_size(disk)
    disk.put("log", size, entry)
    disk.put("log", "size", size + 1)


def carries_data(message: AnyUtterance) -> bool:
    """Whether a message tells something about its subject, so that it has to be in the log."""
    kind = type(message.body)
    return kind is Evidence or (kind in _WITH_CONTENTS and bool(getattr(message.body, "contents", None)))


def _nothing(disk: Disk, effect: Effect) -> None:
    """Most messages change nothing but their conversation."""


def _money_leaves(disk: Disk, effect: Effect) -> None:
    body, person = effect.message.body, effect.conversation.subject
    assert isinstance(body, Amount)
    disk.remove("register", person)
    disk.put("money", "balance", balance(disk) - body.amount)
    disk.put("instructed", body.reference, body.amount)


def _relation_comes(disk: Disk, effect: Effect) -> None:
    disk.put("register", effect.conversation.subject, effect.conversation.id)


def _money_comes(disk: Disk, effect: Effect) -> None:
    body = effect.message.body
    assert isinstance(body, Amount)
    disk.put("money", "balance", balance(disk) + body.amount)


def _money_arrived(disk: Disk, effect: Effect) -> None:
    body = effect.message.body
    assert isinstance(body, Amount)
    disk.put("instructed", body.reference, 0)


def _case_taken(disk: Disk, effect: Effect) -> None:
    disk.put("case", effect.conversation.id, "held")


def _case_given(disk: Disk, effect: Effect) -> None:
    disk.put("case", effect.conversation.id, "given")


def claim_made(disk: Disk, effect: Effect) -> None:
    """A bill is claimed: both sides know what it is about."""
    body = effect.message.body
    assert isinstance(body, Claim)
    settlements.note_claim(disk, effect.conversation.id, body)


def note_debt(disk: Disk, table: str, effect: Effect, amount: int) -> None:
    """Note what the home side of a settlement owes or has paid the place of care."""
    conversation, message = effect.conversation, effect.message
    parties = message.sender, message.receiver
    if message.kind == "settlement-claimed":
        parties = message.receiver, message.sender
    bill = disk.get("bills", conversation.id).number
    key = conversation.id if table == OWED else message.id
    disk.put(table, key, Debt(*parties, bill, amount))


def _bill_owed(disk: Disk, effect: Effect) -> None:
    body = effect.message.body
    assert isinstance(body, Adjudication)
    note_debt(disk, OWED, effect, body.amount)


def _bill_paid(disk: Disk, effect: Effect) -> None:
    body = effect.message.body
    assert isinstance(body, Clearing)
    note_debt(disk, PAID, effect, body.amount)
    sign = 1 if effect.by is By.PEER else -1
    disk.put("money", "balance", balance(disk) + sign * body.amount)


BOOKS = {
    ("transfer-instructed", False): _money_leaves,
    ("transfer-instructed", True): _relation_comes,
    ("transfer-confirmed", False): _money_comes,
    ("transfer-confirmed", True): _money_arrived,
    ("handover-offered", False): _case_taken,
    ("handover-accepted", False): _case_taken,
    ("handover-accepted", True): _case_given,
    ("settlement-claimed", False): claim_made,
    ("settlement-claimed", True): claim_made,
    ("settlement-adjudicated", False): _bill_owed,
    ("settlement-adjudicated", True): _bill_owed,
    ("settlement-cleared", False): _bill_paid,
    ("settlement-cleared", True): _bill_paid,
}
"""What is written when a message of the node (False) or of its peer (True) takes effect."""
