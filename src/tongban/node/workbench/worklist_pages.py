"""The officer's lists: tasks by due date with filters, many at once; search; the way through by pages.

Promises: names and numbers that are searched for stand in no address; what is done to many is done to all of
them or to none.
"""

from typing import get_args
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.node.casework import arrivals, assigning, team, worklist
from tongban.node.casework.refusals import Refused
from tongban.node.casework.worklist import Origin, Wanted, Which, Whose
from tongban.node.people import permissions
from tongban.node.people.models import Officer
from tongban.node.portal import complaints
from tongban.node.portal.doors import for_officers
from tongban.node.theme.wording import spoken

_MOST_CHARACTERS = 40


@require_safe
@for_officers
def inbox(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What is to be done, by due date; `?status=done` what was done."""
    return _list(request, officer, wanted_of(request))


@require_POST
@never_cache
@for_officers
def search(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Cases by number, by the applicant's name or the last four digits of the ID number."""
    words = request.POST.get("words", "").strip()[:_MOST_CHARACTERS]
    context = {
        "officer": officer,
        "words": words,
        "found": worklist.search(officer, words),
        "is_short": len(words) < worklist.SHORTEST_WORDS,
    }
    return render(request, "workbench/search.html", context)


@require_POST
@for_officers
def many(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Take, give back or assign the ticked tasks."""
    wanted = wanted_of(request)
    ticked = [int(one) for one in request.POST.getlist("task") if one.isdigit() and len(one) < 19]
    if not ticked:
        return _list(request, officer, wanted, problem=_("请先勾选任务"), status=422)
    try:
        match request.POST.get("do"):
            case "take":
                count = assigning.take(officer, ticked)
            case "give-back":
                count = assigning.give_back(officer, ticked)
            case _:
                count = assigning.assign(officer, ticked, _colleague(request, officer))
    except Refused as refused:
        return _list(request, officer, wanted, problem=spoken(refused.text), status=409)
    request.session["done_to_many"] = count
    return redirect(f"{reverse('inbox')}?{_query(wanted)}")


def wanted_of(request: HttpRequest) -> Wanted:
    """The filters in the address or in the form; what is unknown is left at its default."""
    given = request.GET if request.method != "POST" else request.POST
    which, whose, origin = (given.get(name, "") for name in ("status", "whose", "origin"))
    known: tuple[Which, ...] = get_args(Which)
    persons: tuple[Whose, ...] = get_args(Whose)
    origins: tuple[Origin, ...] = get_args(Origin)
    return Wanted(
        which=next((one for one in known if one == which), "open"),
        service=given.get("service", "")[:60],
        whose=next((one for one in persons if one == whose), "all"),
        origin=next((one for one in origins if one == origin), "all"),
        after=given.get("after", "")[:80],
    )


def _list(
    request: HttpRequest, officer: Officer, wanted: Wanted, *, problem: str = "", status: int = 200
) -> HttpResponse:
    listed = worklist.page(officer, wanted)
    done = request.session.pop("done_to_many", None)
    context = {
        "lines": listed.lines,
        "next": _query(wanted, after=listed.next) if listed.next else "",
        "first": _query(wanted, after="") if wanted.after else "",
        "wanted": wanted,
        "is_done": wanted.which == "done",
        "is_paused": wanted.which == "paused",
        "tabs": [(which, title, _query(wanted, which=which, after="")) for which, title in _tabs()],
        "services": worklist.services_of(officer),
        "may_assign": permissions.may(officer, permissions.Act.ASSIGN),
        "colleagues": team.colleagues(officer),
        "waiting": complaints.waiting(officer),
        "differences": arrivals.waiting(officer),
        "officer": officer,
        "tab": "inbox",
        "problem": problem,
        "done_to_many": _("已转手的任务：%(count)s") % {"count": done} if done is not None else "",
    }
    return render(request, "workbench/inbox.html", context, status=status)


def _tabs() -> list[tuple[Which, str]]:
    return [
        ("open", _("全部待办")),
        ("due", _("期限内")),
        ("overdue", _("已超期")),
        ("paused", _("等待他方")),
        ("done", _("已办")),
    ]


def _query(wanted: Wanted, *, which: Which | None = None, after: str | None = None) -> str:
    members = {
        "status": which or wanted.which,
        "service": wanted.service,
        "whose": wanted.whose if wanted.whose != "all" else "",
        "origin": wanted.origin if wanted.origin != "all" else "",
        "after": wanted.after if after is None else after,
    }
    return urlencode({name: value for name, value in members.items() if value})


def _colleague(request: HttpRequest, officer: Officer) -> Officer:
    chosen = request.POST.get("to", "")
    found = next((one for one in team.colleagues(officer) if str(one.pk) == chosen), None)
    if found is None:
        raise Refused("not-permitted")
    return found
