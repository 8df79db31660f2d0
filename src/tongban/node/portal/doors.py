"""Who may open a page: citizens for their own things, officers for the workbench.

Promises: nobody signed in is led to the sign-in page and back; the wrong kind of account gets a clear page;
each view tells its door, so that a table of who may open what is made of the addresses themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Literal, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from tongban.node.casework.refusals import Refused
from tongban.node.people import permissions
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Grant, Officer, Person
from tongban.node.people.rights import officer_of, person_of
from tongban.node.portal import acting_for
from tongban.node.sign_in import second_factor

P = ParamSpec("P")
For = Literal["citizens", "applicants", "officers", "owners-and-officers"]


@dataclass(frozen=True)
class Door:
    """For whom a page is; an officer needs one of `acts`, if any are named."""

    opens_for: For
    acts: tuple[Grant.Act, ...] = ()


_HELD = "acts_of_officer"


def may_open(request: HttpRequest, view: Callable[..., object]) -> bool:
    """Whether the officer who is signed in has an act that the view's door asks for, if it asks for any."""
    door = door_of(view)
    return door is None or not door.acts or not acts_held(request).isdisjoint(door.acts)


def acts_held(request: HttpRequest) -> frozenset[Grant.Act]:
    """The acts of the officer whose page this is, looked up once a page; none of anybody else."""
    held: frozenset[Grant.Act] = vars(request).get(_HELD, frozenset())
    return held


def door_of(view: Callable[..., object]) -> Door | None:
    """The door of a view; None for a page that is open to everybody, or that somebody else made."""
    found = getattr(view, "door", None)
    return found if isinstance(found, Door) else None


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

    return _behind(Door("citizens"), login_required(opened))


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

    return _behind(Door("applicants"), login_required(opened))


def for_officers(
    view: Callable[Concatenate[HttpRequest, Officer, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view gets the officer in office who is signed in; who owes a second factor is led to it first."""
    return for_officers_who()(view)


def for_officers_who(
    *acts: Grant.Act,
) -> Callable[
    [Callable[Concatenate[HttpRequest, Officer, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """As `for_officers`, for those to whom one of these acts was granted."""

    def guard(
        view: Callable[Concatenate[HttpRequest, Officer, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        return _for_officers(view, acts)

    return guard


def for_owners_and_officers(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view is for everybody who is signed in, and itself finds only what is theirs or their agency's."""
    return _behind(Door("owners-and-officers"), login_required(view))


def _for_officers(
    view: Callable[Concatenate[HttpRequest, Officer, P], HttpResponse], acts: tuple[Grant.Act, ...]
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    @wraps(view)
    def opened(request: HttpRequest, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
        officer = officer_of(request.user)
        if officer is None:
            raise PermissionDenied
        if second_factor.is_owed(officer.account):
            return redirect("security")
        held = SimpleLazyObject(lambda: permissions.acts_of(officer))
        if acts and held.isdisjoint(acts):
            raise PermissionDenied
        vars(request)[_HELD] = held
        return found_or_404(lambda: view(request, officer, *arguments, **named))

    return _behind(Door("officers", acts), login_required(opened))


def _behind(
    door: Door, view: Callable[Concatenate[HttpRequest, P], HttpResponse]
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Mark the view; what decorates it further copies the mark, as `functools.wraps` does."""
    vars(view)["door"] = door
    return view


def found_or_404(answer: Callable[[], HttpResponse]) -> HttpResponse:
    """The answer; what casework does not find, the browser does not find."""
    try:
        return answer()
    except Refused as refused:
        if refused.code in {"not-found", "service-unknown"}:
            raise Http404(refused.code) from refused
        raise
