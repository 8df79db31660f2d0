"""Planted mistakes about bills that one side settles for the other, and about their clearing."""

from uuid import UUID

from tongban.federation.simulation import books, settlements
from tongban.federation.simulation.disk import Disk
from tongban.federation.simulation.plan import Aim
from tongban.federation.simulation.planting import Mutation, table_with
from tongban.federation.simulation.settlements import Bill
from tongban.federation.simulation.treasury import Treasury
from tongban.protocol.conversations import Claim, Conversation, Effect, kinds

_ALONE = Aim(("settlement",))


def _is_new(disk: Disk, creditor: str, bill: Bill) -> bool:
    return False


def _cleared_or_not(self: Treasury, peer: str) -> list[Conversation]:
    return list(self.ever_owed(peer))


def _counts_what_it_claims(disk: Disk, effect: Effect) -> None:
    books.claim_made(disk, effect)
    bill: Bill = disk.get("bills", effect.conversation.id)
    books.note_debt(disk, settlements.OWED, effect, settlements.home_pays(bill.billed))


def _keeps_the_first(disk: Disk, conversation: UUID, body: Claim) -> None:
    settlements_note_claim(disk, conversation, body)
    bills = disk.table("bills").values()
    first = next(bill for bill in bills if bill.number == body.bill)
    disk.put("bills", conversation, first)


settlements_note_claim = settlements.note_claim

SETTLEMENT_MUTATIONS = (
    Mutation(
        "bill-owed-twice",
        "the home side does not look whether a bill was settled before",
        ((settlements, "was_settled", _is_new),),
        _ALONE,
    ),
    Mutation(
        "cleared-twice",
        "a month's clearing takes what earlier ones have cleared",
        (
            (Treasury, "still_owed", _cleared_or_not),
            *table_with(
                kinds.SETTLEMENT,
                "settlement-cleared",
                said={"cleared": "cleared"},
                heard={"cleared": "cleared"},
            ),
        ),
        _ALONE,
    ),
    Mutation(
        "unconfirmed-bill-netted",
        "the place of care counts as owed what it has claimed, before the home side has said so",
        ((books.BOOKS, ("settlement-claimed", False), _counts_what_it_claims),),
        _ALONE,
    ),
    Mutation(
        "correction-forgotten",
        "a bill that is claimed anew, corrected, is settled as it was claimed first",
        ((settlements, "note_claim", _keeps_the_first),),
        _ALONE,
    ),
    Mutation(
        "withdrawal-undoes-debt",
        "a bill that is owed is taken back by a withdrawal that crosses the adjudication",
        table_with(kinds.SETTLEMENT, "settlement-withdrawn", heard={"adjudicated": "letting-go"}),
        _ALONE,
    ),
)
"""They are among all planted mistakes."""
