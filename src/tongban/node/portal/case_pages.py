"""A citizen's cases: list, confirmation, progress, decision with its reasons, who looked, taking back."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tongban.node.casework import acting, actions, cases, drafts, ratings
from tongban.node.casework.models import Notice
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.casework.shown import CaseView
from tongban.node.paging import page_asked
from tongban.node.people.access import accesses_of
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Person
from tongban.node.pictures.passage import Stop, passage_line
from tongban.node.portal.action_forms import action_forms, errors_in, written_in
from tongban.node.portal.doors import for_applicants
from tongban.node.portal.looks import LookLine, look_lines, strip_of
from tongban.node.portal.reasons import reasons_of
from tongban.node.theme.wording import short_moment, side_class, spoken
from tongban.services import Text

STOP_POLLING = 286
MOST_NEWS = 5
MOST_DIGITS = 9


@require_safe
@for_applicants
def my_cases(request: HttpRequest, applicant: Applicant) -> HttpResponse:
    """What is new, what is being filled in, what is on its way, what is decided; `?page=2` and so on."""
    page = cases.of_person(applicant, page_asked(request))
    context = {
        "news": [] if applicant.key else _news(applicant.person),
        "applicant": applicant,
        "drafts": [
            (draft, drafts.service_of(draft).definition, drafts.expires_at(draft))
            for draft in drafts.open_drafts(applicant)
        ]
        if page.number == 1
        else [],
        "page": page,
        "open": [line for line in page.lines if not line.is_final],
        "closed": [line for line in page.lines if line.is_final],
    }
    response = render(request, "portal/my_cases.html", context)
    if not applicant.key:
        cases.mark_read(applicant.person.account)
    return response


@require_safe
@for_applicants
def submitted(request: HttpRequest, applicant: Applicant, number: str) -> HttpResponse:
    """The confirmation with the case number and what happens next."""
    return render(request, "portal/submitted.html", {"case": cases.for_citizen(applicant, number)})


@require_safe
@for_applicants
def case(request: HttpRequest, applicant: Applicant, number: str) -> HttpResponse:
    """Where the case is, or, once decided, the decision."""
    view = cases.for_citizen(applicant, number)
    cases.record_look(applicant, view)
    return _page(request, applicant, view, {})


@require_safe
@for_applicants
def progress(request: HttpRequest, applicant: Applicant, number: str) -> HttpResponse:
    """The part of the progress page that changes by itself; a decision ends the asking.

    A page that shows another status, as whose `status` is given, has other acts too: all of it is shown anew.
    """
    view = cases.for_citizen(applicant, number)
    seen = request.GET.get("status", view.status)
    if view.is_final or (view.procedure.kind == "assisted" and seen != view.status):
        response = HttpResponse(status=STOP_POLLING)
        response.headers["HX-Refresh"] = "true"
        return response
    return render(request, "portal/progress_now.html", _shown(view))


@require_POST
@for_applicants
def withdraw(request: HttpRequest, applicant: Applicant, number: str) -> HttpResponse:
    """Take the application back; refused when the case has changed since the page was opened."""
    try:
        actions.withdraw(applicant, number, _revision(request))
    except Refused as refused:
        if refused.code == "not-found":
            raise
        view = cases.for_citizen(applicant, number)
        return render(request, "portal/progress.html", _shown(view) | {"refused": refused.text}, status=409)
    return redirect("case", number)


@require_POST
@for_applicants
def act(request: HttpRequest, applicant: Applicant, number: str, code: str) -> HttpResponse:
    """Carry out an action that the case's procedure offers the citizen, with what it asks for."""
    written = written_in(request.POST)
    try:
        acting.perform(applicant, number, _revision(request), code, written)
    except InputsRefused as refused:
        view = cases.for_citizen(applicant, number)
        forms = action_forms(view, code, written, refused.fields)
        tried = {"action_forms": forms, "errors": errors_in(forms)}
        return _page(request, applicant, view, tried, status=422)
    except Refused as refused:
        if refused.code == "not-found":
            raise
        view = cases.for_citizen(applicant, number)
        return _page(request, applicant, view, {"refused": refused.text}, status=409)
    return redirect("case", number)


def _page(
    request: HttpRequest,
    applicant: Applicant,
    view: CaseView,
    changed: Mapping[str, object],
    status: int = 200,
) -> HttpResponse:
    """The page of a case: its progress, or the decision."""
    context = _shown(view) | dict(changed)
    if view.decision is None:
        return render(request, "portal/progress.html", context, status=status)
    looks = _looks(applicant, view.number)
    context |= {
        "may_rate": ratings.may_rate(applicant, view.number),
        "rated": ratings.grade_given(applicant, view.number),
    }
    context |= {"reasons": reasons_of(view), "looks": looks, "strip": strip_of(looks)}
    return render(request, "portal/decision.html", context, status=status)


def _news(person: Person) -> list[tuple[Notice, Text]]:
    """The notices that the citizen has not seen yet, the latest first."""
    unread = cases.news(person.account, MOST_NEWS)
    return [(one, Text(zh=one.text_zh, en=one.text_en)) for one in unread]


def _looks(applicant: Applicant, number: str) -> list[LookLine]:
    """Who looked at the case: for the person themselves, not for whoever acts for them."""
    if applicant.key:
        return []
    return look_lines(accesses_of(applicant.person, number))


def _revision(request: HttpRequest) -> int:
    """The revision that was sent, -1 for anything else."""
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else -1


def _shown(view: CaseView) -> dict[str, object]:
    stops = [
        Stop(
            text=spoken(stop.text),
            side=side_class(stop.side),
            state=stop.state,
            note=short_moment(stop.at)
            if stop.at
            else _("等待中")
            if stop.state == "now" and not view.is_final
            else "",
        )
        for stop in view.passage
    ]
    return {
        "case": view,
        "service": view.service.definition,
        "passage": passage_line(stops),
        "delays": [piece for piece in view.evidence if piece.delay],
        "action_forms": action_forms(view),
        "act_url": "citizen-act",
    }
