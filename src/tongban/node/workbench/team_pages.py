"""The team: who has how much, who is away, figures with a chart, poor ratings to look into."""

from datetime import date

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.node.casework import assigning, ratings, team
from tongban.node.casework.models import Absence
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.paging import page_asked
from tongban.node.people.models import Officer
from tongban.node.people.permissions import Act
from tongban.node.portal import complaints
from tongban.node.portal.doors import for_officers, for_officers_who
from tongban.node.portal.names import service_names
from tongban.node.theme.wording import spoken

_DATE = {"required": _("请填写日期"), "invalid": _("请按 2026-10-01 这样填写日期")}


class AbsenceForm(forms.Form):
    """From when to when, and who stands in."""

    first = forms.DateField(error_messages=_DATE)
    last = forms.DateField(error_messages=_DATE)
    substitute = forms.IntegerField(
        error_messages={"required": _("请选择代办人"), "invalid": _("请选择代办人")}
    )


@require_safe
@for_officers_who(Act.ASSIGN, Act.SUPERVISE)
def spread(request: HttpRequest, officer: Officer) -> HttpResponse:
    """How the open tasks are spread."""
    waiting = complaints.waiting(officer)
    context = {"loads": team.team(officer), "waiting": waiting, "officer": officer, "tab": "team"}
    return render(request, "workbench/team.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@for_officers
def absence(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Say when one is away, and who stands in."""
    form = AbsenceForm(request.POST) if request.method == "POST" else AbsenceForm()
    others = [one for one in team.colleagues(officer) if one.pk != officer.pk]
    problem = ""
    if form.is_bound and form.is_valid():
        chosen = next((one for one in others if one.pk == form.cleaned_data["substitute"]), None)
        first: date = form.cleaned_data["first"]
        try:
            if chosen is None or first < today():
                raise Refused("not-permitted")
            assigning.be_absent(officer, first, form.cleaned_data["last"], chosen)
            return redirect("absence")
        except Refused:
            problem = spoken_problem()
    ahead = Absence.objects.filter(last__gte=today(), cancelled=False)
    mine = ahead.filter(officer=officer).select_related("substitute")
    standing = ahead.filter(substitute=officer).select_related("officer")
    context = {
        "form": form,
        "others": others,
        "mine": mine.order_by("first"),
        "standing": standing.order_by("first"),
        "problem": problem,
        "officer": officer,
        "tab": "absence",
    }
    return render(request, "workbench/absence.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_officers
def come_back(request: HttpRequest, officer: Officer, absence: int) -> HttpResponse:
    """End one's absence early."""
    assigning.come_back(officer, absence)
    return redirect("absence")


def spoken_problem() -> str:
    """Why an absence cannot be noted."""
    return str(_("开始不能早于今天，结束不能早于开始，代办人要在同一部门在岗。"))


@require_http_methods(["GET", "POST"])
@never_cache
@for_officers
def follow_ups(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Poor ratings, and what was found."""
    problem, status = "", 200
    if request.method == "POST":
        number = request.POST.get("follow_up", "")
        try:
            if not number.isdigit():
                raise Refused("inputs-unusable")
            ratings.close_follow_up(officer, int(number), request.POST.get("finding", ""))
            return redirect("follow-ups")
        except Refused as refused:
            if refused.code == "not-found":
                raise
            problem, status = spoken(refused.text), 409
    page = ratings.follow_ups(officer, page_asked(request))
    names = service_names(line.service for line in page.lines)
    lines = [(line, names[line.service]) for line in page.lines]
    context = {"follow_ups": lines, "page": page, "problem": problem, "officer": officer, "tab": "follow-ups"}
    return render(request, "workbench/follow_ups.html", context, status=status)


@require_safe
@for_officers
def shortcuts(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The keys, and how to switch them off."""
    return render(request, "workbench/shortcuts.html", {"officer": officer, "tab": "shortcuts"})
