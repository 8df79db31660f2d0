"""The draft behind a page of an application: the citizen's own, and not submitted yet."""

from uuid import UUID

from django.http import Http404

from tongban.node.casework import drafts
from tongban.node.casework.models import Draft
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Person


def case_number(draft: Draft) -> str | None:
    """The number of the case that the draft became."""
    return draft.case.number if hasattr(draft, "case") else None


def open_draft(who: Person | Applicant, draft_id: UUID) -> Draft:
    """The citizen's draft while its answers may change. Not found once it is submitted."""
    draft = drafts.find(who, draft_id)
    if case_number(draft):
        raise Http404("submitted")
    return draft
