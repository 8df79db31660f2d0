"""One case at the workbench: everything it rests on, and what may be done with it.

Promises: opening a case is recorded before it is shown; an act counts only on the revision that was seen.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.node.casework import acting, actions, cases, reworking
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.people.models import Officer
from tongban.node.portal.action_forms import ActionForm, action_forms, errors_in, written_in
from tongban.node.portal.case_pages import STOP_POLLING
from tongban.node.portal.doors import for_officers
from tongban.node.portal.reasons import reasons_of
from tongban.node.theme.wording import spoken
from tongban.node.workbench.forms import ActForm, AskAgainForm, ConfirmForm, RefuseForm

_NOTHING_NEW = 204


@require_safe
@for_officers
def case(request: HttpRequest, officer: Officer, number: str) -> HttpResponse:
    """One case."""
    return _page(request, officer, number)


@require_safe
@never_cache
@for_officers
def news(request: HttpRequest, officer: Officer, number: str) -> HttpResponse:
    """Whether a case has gone on since the revision that a page shows: no person, and so no access record.

    What is new ends the asking; to see it is to open the case.
    """
    if request.GET.get("seen", "") == str(cases.revision_for_officer(officer, number)):
        return HttpResponse(status=_NOTHING_NEW)
    return render(request, "workbench/news.html", {"number": number}, status=STOP_POLLING)


@require_POST
@for_officers
def confirm(request: HttpRequest, officer: Officer, number: str) -> HttpResponse:
    """Make the proposal the decision."""
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        return _page(request, officer, number, confirm=form)
    return _act(request, officer, number, lambda: actions.confirm(officer, number, form.seen))


@require_POST
@for_officers
def refuse(request: HttpRequest, officer: Officer, number: str) -> HttpResponse:
    """Refuse, with the reason that the applicant will read."""
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _page(request, officer, number, refuse=form)
    reason = str(form.cleaned_data["reason"])
    return _act(request, officer, number, lambda: actions.refuse(officer, number, form.seen, reason))


@require_POST
@for_officers
def ask_again(request: HttpRequest, officer: Officer, number: str) -> HttpResponse:
    """Ask the holding agency once more."""
    form = AskAgainForm(request.POST)
    if not form.is_valid():
        return _page(request, officer, number)
    key = str(form.cleaned_data["evidence"])
    return _act(request, officer, number, lambda: actions.ask_again(officer, number, form.seen, key))


@require_POST
@for_officers
def act(request: HttpRequest, officer: Officer, number: str, code: str) -> HttpResponse:
    """Carry out any action that the case's procedure offers, with what it asks for."""
    form = ActForm(request.POST)
    if not form.is_valid():
        return _page(request, officer, number)
    written = written_in(request.POST)
    try:
        return _act(
            request, officer, number, lambda: acting.perform(officer, number, form.seen, code, written)
        )
    except InputsRefused as refused:
        tried = action_forms(cases.for_officer(officer, number), code, written, refused.fields)
        return _page(request, officer, number, tried=tried)


def _act(request: HttpRequest, officer: Officer, number: str, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        if refused.code == "not-found" or isinstance(refused, InputsRefused):
            raise
        return _page(request, officer, number, problem=spoken(refused.text))
    return redirect("officer-case", number)


def _page(
    request: HttpRequest,
    officer: Officer,
    number: str,
    *,
    confirm: ConfirmForm | None = None,
    refuse: RefuseForm | None = None,
    tried: tuple[ActionForm, ...] = (),
    problem: str = "",
) -> HttpResponse:
    view = cases.for_officer(officer, number)
    available = {action.code for action in view.actions}
    context = {
        "case": view,
        "service": view.service.definition,
        "officer": officer,
        "is_live": view.procedure.kind == "assisted" and not view.is_final,
        "reasons": reasons_of(view),
        "later_bills": reworking.of_reversal(officer, view),
        "may_confirm": "confirm" in available,
        "may_refuse": "refuse" in available,
        "may_ask_again": "ask-again" in available,
        "confirm_form": confirm or ConfirmForm(),
        "refuse_form": refuse or RefuseForm(),
        "action_forms": tried or action_forms(view),
        "errors": [*_errors_of(confirm), *_errors_of(refuse), *errors_in(tried)],
        "act_url": "act",
        "problem": problem,
    }
    status = 409 if problem else 422 if confirm or refuse or tried else 200
    return render(request, "workbench/case.html", context, status=status)


def _errors_of(form: ActForm | None) -> list[tuple[str, str]]:
    """What is wrong in a form of the page's own, by the id of the field; its fields are named as they are."""
    if form is None:
        return []
    told = [(name, str(one)) for name, every in form.errors.items() for one in every]
    return [(name, one) for name, one in told if name != "revision"]
