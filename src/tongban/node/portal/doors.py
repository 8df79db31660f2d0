"""Who may open a page: citizens for their own things, officers for the workbench.

Promises: nobody signed in is led to the sign-in page and back; the wrong kind of account gets a clear page.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from tongban.node.casework.refusals import Refused
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Officer, Person
from tongban.node.people.rights import officer_of, person_of
from tongban.node.portal import acting_for
from tongban.node.sign_in import second_factor

P = ParamSpec("P")


def for_citizens(
    view: Callable[Concatenate[HttpRequest, Person, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view gets the person who is signed in; what is not theirs is not found."""

    @wraps(view)
    def opened(request: HttpRequest, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
        person = person_of(request.user)
        if person is None:
            raise PermissionDenied
        return found_or_404(lambda: view(request, person, *arguments, **named))

    return login_required(opened)


def for_applicants(
    view: Callable[Concatenate[HttpRequest, Applicant, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view gets in whose name the person acts; whose mandate has ended is told, and nothing is done."""

    @wraps(view)
    def opened(request: HttpRequest, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
        person = person_of(request.user)
        if person is None:
            raise PermissionDenied
        applicant = acting_for.present(request, person)
        if applicant is None:
            return redirect(acting_for.OVER)
        return found_or_404(lambda: view(request, applicant, *arguments, **named))

    return login_required(opened)


def for_officers(
    view: Callable[Concatenate[HttpRequest, Officer, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view gets the officer in office who is signed in; who owes a second factor is led to it first."""

    @wraps(view)
    def opened(request: HttpRequest, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
        officer = officer_of(request.user)
        if officer is None:
            raise PermissionDenied
        if second_factor.is_owed(officer.account):
            return redirect("security")
        return found_or_404(lambda: view(request, officer, *arguments, **named))

    return login_required(opened)


def found_or_404(answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer; what casework does not find, the browser does not find."""
    try:
        return answer()
    except Refused as refused:
        if refused.code in {"not-found", "service-unknown"}:
            raise Http404(refused.code) from refused
        raise
