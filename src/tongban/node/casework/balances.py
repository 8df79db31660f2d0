"""The ledger of settlements by month and counterpart: newly owed, paid, and what is left at the month's end.

Promises: amounts are whole fen; what is left is everything owed so far less what was reversed and paid; one
query. What was set off for a reversal counts as paid back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from tongban.node.casework import rights
from tongban.node.casework.models import LedgerEntry
from tongban.node.casework.refusals import Refused
from tongban.node.people import permissions
from tongban.node.people.models import Officer

Kind = LedgerEntry.Kind


@dataclass(frozen=True)
class Booked:
    """What was booked in one kind: how many cases, how many fen."""

    cases: int = 0
    amount: int = 0

    def __add__(self, other: "Booked") -> "Booked":
        return Booked(self.cases + other.cases, self.amount + other.amount)

    def __sub__(self, other: "Booked") -> "Booked":
        return Booked(self.cases - other.cases, self.amount - other.amount)


@dataclass(frozen=True)
class Balance:
    """One pair of agencies in the month that begins on `month`; `left` is open at its end."""

    debtor: str
    creditor: str
    month: date
    owed: Booked
    reversed: Booked
    paid: Booked
    left: Booked


@dataclass(frozen=True)
class Account:
    """One pair of agencies over a period; `left` is open at the period's end."""

    debtor: str
    creditor: str
    months: tuple[Balance, ...]
    owed: Booked
    reversed: Booked
    paid: Booked
    left: Booked


def years(officer: Officer) -> tuple[int, ...]:
    """The years in which something was booked for the officer's agency, the latest first.

    Raises Refused `not-permitted`.
    """
    dates = _visible(officer).dates("month", "year", order="DESC")
    return tuple(first.year for first in dates)


def of_year(officer: Officer, year: int) -> tuple[Account, ...]:
    """The agency's accounts with each counterpart in a year. Raises Refused `not-permitted`."""
    rows = _visible(officer).filter(month__year__lte=year)
    counts = {f"cases_{kind.name}": Count("pk", filter=Q(kind=kind)) for kind in Kind}
    sums = {f"fen_{kind.name}": Sum("amount", filter=Q(kind=kind), default=0) for kind in Kind}
    counted = (
        rows.values("debtor", "creditor", "month")
        .annotate(**counts, **sums)
        .order_by("debtor", "creditor", "month")
    )
    pairs: dict[tuple[str, str], list[Balance]] = {}
    for row in counted:
        booked = {kind: _booked(row, kind) for kind in Kind}
        owed, reversed_ = booked[Kind.OWED], booked[Kind.REVERSED]
        paid = booked[Kind.PAID] - booked[Kind.SET_OFF]
        balances = pairs.setdefault((row["debtor"], row["creditor"]), [])
        before = balances[-1].left if balances else Booked()
        left = before + owed - reversed_ - paid
        months = (row["debtor"], row["creditor"], row["month"])
        balances.append(Balance(*months, owed, reversed_, paid, left))
    return tuple(_account(pair, balances, year) for pair, balances in pairs.items())


def _account(pair: tuple[str, str], balances: list[Balance], year: int) -> Account:
    months = tuple(one for one in balances if one.month.year == year)
    owed, paid = _sum(one.owed for one in months), _sum(one.paid for one in months)
    reversed_ = _sum(one.reversed for one in months)
    return Account(*pair, months, owed, reversed_, paid, balances[-1].left)


def _booked(row: Mapping[str, Any], kind: Kind) -> Booked:
    return Booked(row[f"cases_{kind.name}"], int(row[f"fen_{kind.name}"]))


def _sum(booked: Iterable[Booked]) -> Booked:
    return sum(booked, start=Booked())


def supervised(officer: Officer, of: str = "") -> Q:
    """The cases of the agency that the officer supervises, by service and place; `of` as for rights."""
    return rights.reaching(officer, of=of, acts=(permissions.Act.SUPERVISE,))


def _visible(officer: Officer) -> QuerySet[LedgerEntry]:
    if not permissions.may(officer, permissions.Act.SUPERVISE):
        raise Refused("not-permitted")
    mine = Q(debtor=officer.agency) | Q(creditor=officer.agency)
    return LedgerEntry.objects.filter(mine, supervised(officer, of="event__case__"))
