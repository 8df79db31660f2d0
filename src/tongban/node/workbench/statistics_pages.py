"""Figures of one agency or several: a chart, the tables behind it, and the same as CSV."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tongban.node.casework import figures
from tongban.node.casework.figures import Statistics
from tongban.node.people import permissions
from tongban.node.people.models import Officer
from tongban.node.people.permissions import Act
from tongban.node.portal.doors import for_officers_who
from tongban.node.portal.names import agency_name, service_names
from tongban.node.theme.wording import spoken
from tongban.node.workbench.charts import Bars, bars
from tongban.node.workbench.tables import csv_table


@require_safe
@for_officers_who(Act.SUPERVISE, Act.OVERSEE)
def statistics(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The figures of twelve months: of `?agency=`, or of all agencies that the officer's grants reach."""
    found = _asked(request, officer)
    chart = bars(
        [month.first.strftime("%Y-%m") for month in found.months],
        [
            Bars(str(_("收到")), [month.opened for month in found.months]),
            Bars(str(_("办完")), [month.ended for month in found.months]),
        ],
    )
    names = service_names(one.service for one in found.outcomes)
    choices = [(code, agency_name(code)) for code in sorted(figures.reached(officer))]
    context = {
        "found": found,
        "agencies": [(agency_name(one.code), one) for one in found.agencies],
        "choices": choices,
        "chosen": request.GET.get("agency", ""),
        "outcomes": [(names[one.service], one) for one in found.outcomes],
        "chart": chart,
        "supervises": permissions.may(officer, Act.SUPERVISE),
        "officer": officer,
        "tab": "statistics",
    }
    return render(request, "workbench/statistics.html", context)


@require_safe
@never_cache
@for_officers_who(Act.SUPERVISE, Act.OVERSEE)
def statistics_csv(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The services' figures as a table for other programs; of several agencies, together."""
    head = ["service", "name", "opened", "ended", "in_time", "mean_days", "rating", "from_here", "from_there"]
    rows: list[list[object]] = [list(head)]
    for one in _asked(request, officer).services:
        days = "" if one.mean_days is None else f"{one.mean_days:.1f}"
        sides = ["" if count is None else count for count in (one.from_here, one.from_there)]
        told = [one.code, spoken(one.name), one.opened, one.ended, one.in_time, days, one.rating]
        rows.append([*told, *sides])
    return csv_table("statistics.csv", rows)


@require_safe
@never_cache
@for_officers_who(Act.SUPERVISE, Act.OVERSEE)
def agencies_csv(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The agencies' figures as a table; the row without a code is their sum."""
    found = _asked(request, officer)
    rows: list[list[object]] = [["agency", "name", "opened", "ended", "in_time"]]
    for one in (*found.agencies, found.total):
        name = agency_name(one.code) if one.code else str(_("合计"))
        rows.append([one.code, name, one.opened, one.ended, one.in_time])
    return csv_table("agencies.csv", rows)


@require_safe
@never_cache
@for_officers_who(Act.SUPERVISE, Act.OVERSEE)
def outcomes_csv(request: HttpRequest, officer: Officer) -> HttpResponse:
    """How cases ended, by service; a count that is left out is empty."""
    rows: list[list[object]] = [["service", "name", "outcome", "title", "count"]]
    outcomes = _asked(request, officer).outcomes
    names = service_names(one.service for one in outcomes)
    for one in outcomes:
        count = "" if one.count is None else one.count
        rows.append([one.service, names[one.service], one.status, spoken(one.text), count])
    return csv_table("outcomes.csv", rows)


def _asked(request: HttpRequest, officer: Officer) -> Statistics:
    return figures.statistics(officer, request.GET.get("agency", ""))
