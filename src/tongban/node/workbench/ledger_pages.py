"""The ledger of settlements for who supervises: by counterpart, set off by month, cleared; and as CSV."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.node.casework import arrivals, balances, netting
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.clock import today
from tongban.node.people.models import Officer
from tongban.node.people.permissions import Act
from tongban.node.portal.doors import for_officers_who
from tongban.node.portal.names import agency_name
from tongban.node.theme.wording import spoken, yuan_plain
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
    "cases_reversed",
    "reversed_yuan",
)


_NET_HEAD = (
    "month",
    "counterpart",
    "counterpart_name",
    "cases_owed",
    "owed_yuan",
    "cases_owed_there",
    "owed_there_yuan",
    "to_pay_yuan",
    "open_yuan",
    "open_there_yuan",
    "reversed_yuan",
    "reversed_there_yuan",
    "arrived_yuan",
    "arrived_there_yuan",
)

_MOST_DIGITS = 18


@require_safe
@for_officers_who(Act.SUPERVISE)
def ledger(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What the agency's fund owes and has paid, by counterpart and month; `?year=` another year."""
    return _page(request, officer)


@require_POST
@for_officers_who(Act.SUPERVISE)
def clear(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Clear what the agency owes a counterpart for a month, under the treasury's reference."""
    peer, month = request.POST.get("peer", ""), _month(request.POST.get("month", ""))
    if month is None:
        return _page(request, officer, status=422)
    reference = request.POST.get("reference", "")
    try:
        netting.clear(officer, peer, month, reference)
    except InputsRefused as refused:
        wrong = {"peer": peer, "month": month, "text": spoken(refused.fields["reference"]), "was": reference}
        return _page(request, officer, wrong, status=422)
    return redirect("ledger")


@require_POST
@for_officers_who(Act.SUPERVISE)
def explain(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Note why other money arrived for a month than was set off."""
    number, finding = request.POST.get("difference", ""), request.POST.get("finding", "")
    try:
        if not number.isdecimal() or len(number) > _MOST_DIGITS:
            raise Refused("not-found")
        arrivals.explain(officer, int(number), finding)
    except Refused as refused:
        if refused.code != "reason-missing":
            raise
        wrong: dict[str, object] = {"difference": int(number), "text": spoken(refused.text), "was": finding}
        return _page(request, officer, wrong, status=422)
    return redirect("ledger")


@require_POST
@for_officers_who(Act.SUPERVISE)
def receive(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Record that a counterpart's money has arrived for a month, under the treasury's reference."""
    peer, month = request.POST.get("peer", ""), _month(request.POST.get("month", ""))
    if month is None:
        return _page(request, officer, status=422)
    given = {name: request.POST.get(name, "") for name in ("reference", "amount", "on")}
    try:
        arrivals.receive(officer, peer, month, given)
    except Refused as refused:
        is_input = isinstance(refused, InputsRefused)
        said = refused.fields.values() if isinstance(refused, InputsRefused) else (refused.text,)
        text = " · ".join(spoken(one) for one in said)
        wrong = {"peer": peer, "month": month, "text": text, "was": given["reference"], **given}
        return _page(request, officer, wrong, status=422 if is_input else 409)
    return redirect("ledger")


def _page(
    request: HttpRequest, officer: Officer, wrong: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    years = balances.years(officer)
    year = _year(request, years)
    accounts = [
        (agency_name(one.debtor), agency_name(one.creditor), one) for one in balances.of_year(officer, year)
    ]
    nets = [(agency_name(one.peer), one) for one in netting.of_year(officer, year)]
    differences = [(agency_name(one.peer), one) for one in arrivals.differences(officer)]
    context = {"accounts": accounts, "nets": nets, "wrong": wrong, "years": years, "year": year}
    context |= {"officer": officer, "tab": "ledger", "differences": differences, "today": today()}
    return render(request, "workbench/ledger.html", context, status=status)


@require_safe
@never_cache
@for_officers_who(Act.SUPERVISE)
def netting_csv(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What is set off by month and counterpart, amounts in yuan; what is to be received is negative."""
    year = _year(request, balances.years(officer))
    rows: list[tuple[object, ...]] = [_NET_HEAD]
    for one in netting.of_year(officer, year):
        booked = [
            part for each in (one.owed, one.owed_there) for part in (each.cases, yuan_plain(each.amount))
        ]
        taken_off = (one.reversed.amount, one.reversed_there.amount)
        arrived = (one.received, one.received_there)
        others = (one.to_pay, one.open.amount, one.open_there.amount, *taken_off, *arrived)
        amounts = [yuan_plain(amount) for amount in others]
        rows.append((f"{one.month:%Y-%m}", one.peer, agency_name(one.peer), *booked, *amounts))
    return csv_table(f"netting-{year}.csv", rows)


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
                for each in (one.owed, one.paid, one.left, one.reversed)
                for part in (each.cases, yuan_plain(each.amount))
            ]
            rows.append((f"{one.month:%Y-%m}", *names, *booked))
    return csv_table(f"ledger-{year}.csv", rows)


def _month(text: str) -> date | None:
    """The month that was sent, like `2026-11`; None for anything else."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _year(request: HttpRequest, years: tuple[int, ...]) -> int:
    """The year asked for, if something was booked in it; else the latest with entries, else this one."""
    latest = years[0] if years else today().year
    return next((one for one in years if str(one) == request.GET.get("year")), latest)
