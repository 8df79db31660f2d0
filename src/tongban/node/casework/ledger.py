"""The ledger of settlements: what a fund owes once a case is adjudicated, and what was paid when it cleared.

Promises: an event is booked once, in its own transaction; entries are only added; amounts are whole fen, and
what is paid is what was owed. What is reversed is taken off what is owed for the month of its reversal.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tongban.node.casework import catalogue, log, partner, procedures
from tongban.node.casework.models import Case, Event, LedgerEntry
from tongban.node.clock import LOCAL_ZONE, today

AMOUNT = "fund_pays"
"""Under which name an event tells the fen that the fund pays."""
Kind = LedgerEntry.Kind
_ALL = Q()
_CLEARABLE = ("owed", "reversed")
_CLEARING = (("cleared", Kind.OWED, Kind.PAID), ("reversal-cleared", Kind.REVERSED, Kind.SET_OFF))
"""Which event ends which entry by which, when a month is cleared."""


@dataclass(frozen=True)
class Statement:
    """What one agency's fund still owes another's for the cases adjudicated in a month; amounts are fen.

    `set_off` of `reversals` cases that were reversed in the month is taken off `amount`.
    """

    debtor: str
    creditor: str
    month: date
    cases: int
    amount: int
    reversals: int = 0
    set_off: int = 0


def owe(case: Case, event: Event) -> None:
    """Book what the home scheme's fund owes the side at which it was charged."""
    side = partner.other_side(catalogue.of(case).definition)
    _owe(case, event, case.agency, side.agency_code)


def owed_here(case: Case, event: Event) -> None:
    """Book what the other side's fund owes this side, at which it was charged."""
    side = partner.other_side(catalogue.of(case).definition)
    _owe(case, event, side.agency_code, case.agency)


def pay(case: Case, event: Event) -> None:
    """Book that what was owed for the case has been paid."""
    _again(case, event, Kind.PAID)


def reverse(case: Case, event: Event) -> None:
    """Book that what was owed for the case is owed no more, in the month of the reversal."""
    _again(case, event, Kind.REVERSED)


def set_off(case: Case, event: Event) -> None:
    """Book that the clearing of a month has taken the reversal into account."""
    _again(case, event, Kind.SET_OFF)


def _again(case: Case, event: Event, kind: Kind) -> None:
    owed = LedgerEntry.objects.get(event__case=case, kind=Kind.OWED)
    _book(event, kind=kind, debtor=owed.debtor, creditor=owed.creditor, amount=owed.amount)


def _owe(case: Case, event: Event, debtor: str, creditor: str) -> None:
    claim = str(log.state_of(case).facts.get("bill", ""))
    amount = int(event.data[AMOUNT])
    _book(event, kind=Kind.OWED, debtor=debtor, creditor=creditor, amount=amount, claim=claim)


def statement(debtor: str, creditor: str, month: date, among: Q = _ALL) -> Statement:
    """What is still owed for a month, named by any of its days, for cases `among` these."""
    entries = _of_month(debtor, creditor, month, among)
    owed, taken_off = (
        list(_open(entries, booked, ends).values_list("amount", flat=True)) for _, booked, ends in _CLEARING
    )
    first, amount = month.replace(day=1), sum(owed) - sum(taken_off)
    return Statement(debtor, creditor, first, len(owed), amount, len(taken_off), sum(taken_off))


def clear(debtor: str, creditor: str, month: date, reference: str, among: Q = _ALL) -> Statement:
    """Clear a month: every case `among` these that is owed gets its event, all or none; what was cleared.

    What was reversed in the month is set off in the same way. A case whose clearing is disputed, or about
    whose reversal nobody has decided yet, stays as it is until then. Run again, it clears what is left.
    """
    with transaction.atomic():
        told = statement(debtor, creditor, month, among)
        told_of = {"reference": reference, "booked_on": today().isoformat()}
        entries = _of_month(debtor, creditor, month, among)
        for happening, booked, ends in _CLEARING:
            cases = Case.objects.filter(pk__in=_open(entries, booked, ends).values("event__case"))
            for case in cases.select_for_update(of=("self",)).order_by("number"):
                procedure = procedures.of(case)
                status = procedure.target(happening, case.status)
                log.append(case, procedure, log.Entry(happening, status, log.NODE, told_of))
    return told


def _of_month(debtor: str, creditor: str, month: date, among: Q) -> QuerySet[LedgerEntry]:
    """What was booked for a month, in cases that can be cleared."""
    reached = Case.objects.filter(among, status__in=_CLEARABLE)
    first = month.replace(day=1)
    return LedgerEntry.objects.filter(debtor=debtor, creditor=creditor, month=first, event__case__in=reached)


def _open(entries: QuerySet[LedgerEntry], booked: str, ends: str) -> QuerySet[LedgerEntry]:
    """Of these what was booked and has not been ended by a second entry of its case."""
    ended = LedgerEntry.objects.filter(kind=ends, event__case=OuterRef("event__case"))
    return entries.filter(~Exists(ended), kind=booked)


def _book(event: Event, **entry: str | int) -> None:
    """Book an entry in the month of the day that both sides book by, so that their months agree."""
    told = event.data.get("booked_on")
    day = date.fromisoformat(told) if told else event.at.astimezone(LOCAL_ZONE).date()
    LedgerEntry.objects.create(event=event, month=day.replace(day=1), **entry)
