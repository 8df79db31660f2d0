"""In whose name the person at the browser acts: chosen on the page of mandates, kept with the session.

Promises: what was chosen is looked up anew at every request; when it holds no longer nothing is done in that
name, and the person is told.
"""

from django.http import HttpRequest

from tongban.node.people import applicants
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Person

OVER = "/mandates/?over"
"""Where somebody is led whose mandate has ended since they chose it."""
_KEPT = "acting_for"


def switch(request: HttpRequest, applicant: Applicant) -> None:
    """Act in this name from now on; the name is kept for the line at the top of every page."""
    if applicant.key:
        request.session[_KEPT] = {"key": applicant.key, "name": applicant.name}
    else:
        request.session.pop(_KEPT, None)


def present(request: HttpRequest, person: Person) -> Applicant | None:
    """In whose name the person acts now; None when what they chose holds no longer, which ends it."""
    kept = request.session.get(_KEPT)
    if kept is None:
        return Applicant(person)
    applicant = applicants.chosen(person, kept["key"])
    if applicant is None:
        del request.session[_KEPT]
    return applicant
