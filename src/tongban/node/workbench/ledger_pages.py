"""The ledger of settlements for who supervises: with whom, how much, what is left, by month; and as CSV."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.node.casework import balances
from tongban.node.clock import today
from tongban.node.people.models import Officer
from tongban.node.people.permissions import Act
from tongban.node.portal.doors import for_officers_who
from tongban.node.portal.names import agency_name
from tongban.node.theme.wording import yuan_plain
from tongban.node.workbench.tables import csv_table

_HEAD = (
    "month",
    "debtor",
    "debtor_name",
    "creditor",
    "creditor_name",
    "cases_owed",
    "owed_yuan",
    "cases_paid",
    "paid_yuan",
    "cases_left",
    "left_yuan",
)


@require_safe
@for_officers_who(Act.SUPERVISE)
def ledger(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What the agency's fund owes and has paid, by counterpart and month; `?year=` another year."""
    years = balances.years(officer)
    year = _year(request, years)
    accounts = [
        (agency_name(one.debtor), agency_name(one.creditor), one) for one in balances.of_year(officer, year)
    ]
    context = {"accounts": accounts, "years": years, "year": year, "officer": officer, "tab": "ledger"}
    return render(request, "workbench/ledger.html", context)


@require_safe
@never_cache
@for_officers_who(Act.SUPERVISE)
def ledger_csv(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The same as a table for other programs, amounts in yuan with two decimals."""
    year = _year(request, balances.years(officer))
    rows: list[tuple[object, ...]] = [_HEAD]
    for account in balances.of_year(officer, year):
        names = (account.debtor, agency_name(account.debtor), account.creditor, agency_name(account.creditor))
        for one in account.months:
            booked = [
                part
                for each in (one.owed, one.paid, one.left)
                for part in (each.cases, yuan_plain(each.amount))
            ]
            rows.append((f"{one.month:%Y-%m}", *names, *booked))
    return csv_table(f"ledger-{year}.csv", rows)


def _year(request: HttpRequest, years: tuple[int, ...]) -> int:
    """The year asked for, if something was booked in it; else the latest with entries, else this one."""
    latest = years[0] if years else today().year
    return next((one for one in years if str(one) == request.GET.get("year")), latest)
