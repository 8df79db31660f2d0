"""The ledger of settlements: what a fund owes once a case is adjudicated, and what was paid when it cleared.

Promises: an event is booked once, in its own transaction; entries are only added; amounts are whole fen, and
what is paid is what was owed.
"""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from tongban.node.casework import catalogue, log, partner, procedures
from tongban.node.casework.models import Case, Event, LedgerEntry
from tongban.node.clock import LOCAL_ZONE, today

AMOUNT = "fund_pays"
"""Under which name an event tells the fen that the fund pays."""
_ALL = Q()


@dataclass(frozen=True)
class Statement:
    """What one agency's fund still owes another's for the cases adjudicated in a month; `amount` is fen."""

    debtor: str
    creditor: str
    month: date
    cases: int
    amount: int


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
    owed = LedgerEntry.objects.get(event__case=case, kind=LedgerEntry.Kind.OWED)
    kind = LedgerEntry.Kind.PAID
    _book(event, kind=kind, debtor=owed.debtor, creditor=owed.creditor, amount=owed.amount)


def _owe(case: Case, event: Event, debtor: str, creditor: str) -> None:
    claim = str(log.state_of(case).facts.get("bill", ""))
    amount = int(event.data[AMOUNT])
    _book(event, kind=LedgerEntry.Kind.OWED, debtor=debtor, creditor=creditor, amount=amount, claim=claim)


def statement(debtor: str, creditor: str, month: date, among: Q = _ALL) -> Statement:
    """What is still owed for a month, named by any of its days, for cases `among` these."""
    rows = _still_owed(debtor, creditor, month, among)
    told = LedgerEntry.objects.filter(event__case__in=rows, kind=LedgerEntry.Kind.OWED).aggregate(
        cases=Count("pk"), amount=Sum("amount", default=0)
    )
    return Statement(debtor, creditor, month.replace(day=1), told["cases"], int(told["amount"]))


def clear(debtor: str, creditor: str, month: date, reference: str, among: Q = _ALL) -> Statement:
    """Clear a month: every case `among` these that is owed gets its event, all or none; what was cleared.

    A case whose clearing is disputed stays as it is until that is settled. Run again, it clears what is left.
    """
    with transaction.atomic():
        told = statement(debtor, creditor, month, among)
        told_of = {"reference": reference, "booked_on": today().isoformat()}
        owed = _still_owed(debtor, creditor, month, among)
        for case in owed.select_for_update(of=("self",)).order_by("number"):
            entry = log.Entry("cleared", "cleared", log.NODE, told_of)
            log.append(case, procedures.of(case), entry)
    return told


def _still_owed(debtor: str, creditor: str, month: date, among: Q) -> QuerySet[Case]:
    first = month.replace(day=1)
    owed = LedgerEntry.objects.filter(
        kind=LedgerEntry.Kind.OWED, debtor=debtor, creditor=creditor, month=first
    )
    return Case.objects.filter(among, pk__in=owed.values("event__case"), status="owed")


def _book(event: Event, **entry: str | int) -> None:
    """Book an entry in the month of the day that both sides book by, so that their months agree."""
    told = event.data.get("booked_on")
    day = date.fromisoformat(told) if told else event.at.astimezone(LOCAL_ZONE).date()
    LedgerEntry.objects.create(event=event, month=day.replace(day=1), **entry)
