"""What two sides' funds owe each other for a month, set off: only the difference moves.

Promises: amounts are whole fen; both sides come to the same difference, since both book by the same day; a
month is cleared by whoever owes it, all of it or nothing; what arrived at either side is beside it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from tongban.node.casework import inputs, ledger
from tongban.node.casework.balances import Booked, supervised
from tongban.node.casework.models import LedgerEntry
from tongban.node.casework.procedure import Input
from tongban.node.casework.received import Receipt
from tongban.node.casework.refusals import Refused
from tongban.node.people import permissions
from tongban.node.people.models import Officer
from tongban.services import Text

Kind = LedgerEntry.Kind
_REFERENCE = Input("reference", "reference", Text(zh="清算凭证号", en="Reference of the clearing"))
_NOTHING_BOOKED = Booked()


@dataclass(frozen=True)
class Net:
    """A month with one counterpart: what this agency's fund and the other's owe for it, and what is open.

    What was `reversed` in the month is taken off; `open` counts the cases that the next clearing takes in,
    owed and reversed ones, and the fen that are left of them.
    """

    own: str
    peer: str
    month: date
    owed: Booked
    owed_there: Booked
    open: Booked
    open_there: Booked
    reversed: Booked = _NOTHING_BOOKED
    reversed_there: Booked = _NOTHING_BOOKED
    received: int = 0
    received_there: int = 0

    @property
    def to_pay(self) -> int:
        """The difference in fen that this side pays; negative when it receives."""
        return (self.owed - self.reversed).amount - (self.owed_there - self.reversed_there).amount

    @property
    def to_receive(self) -> int:
        """The difference in fen that this side receives."""
        return -self.to_pay

    @property
    def missing(self) -> int:
        """What has not arrived of the difference that this side receives, in fen; negative for too much."""
        return max(self.to_receive, 0) - self.received

    @property
    def missing_there(self) -> int:
        """The same of what the other side receives, as far as it has told."""
        return max(self.to_pay, 0) - self.received_there


def of_year(officer: Officer, year: int) -> tuple[Net, ...]:
    """The agency's months of a year with each counterpart, the latest first.

    Raises Refused `not-permitted`.
    """
    return _nets(_visible(officer).filter(month__year=year), officer.agency)


def of_month(own: str, peer: str, month: date) -> Net | None:
    """A month with one counterpart, all services; None where nothing was booked."""
    between = Q(debtor=own, creditor=peer) | Q(debtor=peer, creditor=own)
    return next(iter(_nets(LedgerEntry.objects.filter(between, month=month), own)), None)


def check(officer: Officer) -> None:
    """Whether the officer may see the agency's accounts. Raises Refused `not-permitted`."""
    if not permissions.may(officer, permissions.Act.SUPERVISE):
        raise Refused("not-permitted")


def _nets(entries: QuerySet[LedgerEntry], own: str) -> tuple[Net, ...]:
    rows = (
        entries.filter(kind__in=(Kind.OWED, Kind.REVERSED))
        .annotate(is_ended=Exists(_ended(Kind.PAID)), is_set_off=Exists(_ended(Kind.SET_OFF)))
        .values("debtor", "creditor", "month")
        .annotate(
            **_counted("owed", Q(kind=Kind.OWED)),
            **_counted("open", Q(kind=Kind.OWED, is_ended=False)),
            **_counted("reversed", Q(kind=Kind.REVERSED)),
            **_counted("not_set_off", Q(kind=Kind.REVERSED, is_set_off=False)),
        )
    )
    told: dict[tuple[str, date], dict[bool, tuple[Booked, Booked, Booked]]] = {}
    for row in rows:
        is_own = row["debtor"] == own
        peer = row["creditor"] if is_own else row["debtor"]
        names = ("owed", "open", "reversed", "not_set_off")
        owed, left, taken_off, not_set_off = (_booked(row, name) for name in names)
        still = Booked(left.cases + not_set_off.cases, left.amount - not_set_off.amount)
        told.setdefault((peer, row["month"]), {})[is_own] = owed, still, taken_off
    arrived = _arrived(own, {month for _, month in told})
    nothing = Booked(), Booked(), Booked()
    nets = []
    for (peer, month), sides in sorted(told.items(), key=lambda one: (one[0][1], one[0][0]), reverse=True):
        owed, left, taken_off = sides.get(True, nothing)
        there, left_there, taken_off_there = sides.get(False, nothing)
        received, received_there = arrived[own, peer, month], arrived[peer, own, month]
        booked = (owed, there, left, left_there, taken_off, taken_off_there)
        nets.append(Net(own, peer, month, *booked, received, received_there))
    return tuple(nets)


def _arrived(own: str, months: set[date]) -> Counter[tuple[str, str, date]]:
    """Fen that have arrived, by who received and who paid and the month."""
    between = Q(agency=own) | Q(peer=own)
    rows = Receipt.objects.filter(between, month__in=months).values("agency", "peer", "month")
    return Counter(
        {
            (row["agency"], row["peer"], row["month"]): int(row["sum"])
            for row in rows.annotate(sum=Sum("amount"))
        }
    )


def _ended(kind: str) -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(kind=kind, event__case=OuterRef("event__case"))


def _counted(name: str, which: Q) -> dict[str, Count | Sum]:
    return {
        f"{name}_cases": Count("pk", filter=which),
        f"{name}_sum": Sum("amount", filter=which, default=0),
    }


def _booked(row: Mapping[str, Any], name: str) -> Booked:
    return Booked(row[f"{name}_cases"], int(row[f"{name}_sum"]))


def clear(officer: Officer, peer: str, month: date, reference: str) -> ledger.Statement:
    """Clear what the officer's agency owes for a month, as far as the officer supervises it.

    The other side is told case by case.

    Raises Refused `not-permitted`, InputsRefused for a reference that no treasury writes.
    """
    _visible(officer)
    given = inputs.read((_REFERENCE,), {"reference": reference})
    return ledger.clear(officer.agency, peer, month, str(given["reference"]), supervised(officer))


def _visible(officer: Officer) -> QuerySet[LedgerEntry]:
    check(officer)
    mine = Q(debtor=officer.agency) | Q(creditor=officer.agency)
    return LedgerEntry.objects.filter(mine, supervised(officer, of="event__case__"))
