"""Bills that one simulated node settles for another: what is claimed, and what the home side says to it.

The place of care claims; from its adjudication on the home side owes. A bill that was refused may be claimed
anew, corrected; one that is owed is refused the second time.
"""

from typing import NamedTuple
from uuid import UUID

from tongban.federation.simulation.disk import Disk
from tongban.protocol import Text
from tongban.protocol import conversations as talk
from tongban.protocol.conversations import Conversation

OWED = "owed"
PAID = "paid"
"""Tables of debts: by conversation what is owed in it, by message what was paid."""


class Bill(NamedTuple):
    """A bill as it was claimed: its number at the place of care, and its fen."""

    number: str
    billed: int


class Debt(NamedTuple):
    """What one node's fund owes or has paid another for a bill, in fen."""

    debtor: str
    creditor: str
    bill: str
    amount: int


def home_pays(billed: int) -> int:
    """What the home rules give of a bill, in fen."""
    return billed * 7 // 10


def claim(subject: str, bill: Bill) -> talk.Claim:
    """A bill as the home side is charged for it."""
    line: dict[str, str | int] = {"item": "simulated", "amount": bill.billed}
    return talk.Claim(subject=subject, bill=bill.number, contents={"name": "simulated"}, lines=(line,))


def note_claim(disk: Disk, conversation: UUID, body: talk.Claim) -> None:
    """Note what is claimed in a conversation."""
    billed = sum(int(line["amount"]) for line in body.lines)
    disk.put("bills", conversation, Bill(body.bill, billed))


def was_settled(disk: Disk, creditor: str, bill: Bill) -> bool:
    """Whether the bill is owed to that node already, under whichever claim."""
    return any((debt.creditor, debt.bill) == (creditor, bill.number) for debt in disk.table(OWED).values())


def adjudication(disk: Disk, conversation: Conversation) -> tuple[str, talk.Body]:
    """What the home side says to a claim: what its fund owes, or that the bill was settled before."""
    bill: Bill = disk.get("bills", conversation.id)
    if was_settled(disk, conversation.peer, bill):
        words = Text(zh="模拟：已结算", en="simulated: settled before")
        return "settlement-refused", talk.Reason(reason=words)
    contents: dict[str, str | int] = {"scheme": "simulated"}
    return "settlement-adjudicated", talk.Adjudication(
        amount=home_pays(bill.billed), on=conversation.expires.date(), contents=contents
    )
