"""Shows the files of an application: to the citizen, and to the officers who may see the case."""

from pathlib import Path
from typing import get_args
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongban.node.casework import drafts, enclosures, rights
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import Refused
from tongban.node.people import access
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Officer
from tongban.node.people.rights import officer_of, person_of
from tongban.node.portal import acting_for
from tongban.node.portal.doors import for_applicants, for_owners_and_officers, found_or_404
from tongban.node.portal.uploads import contents, scanning, serving, store
from tongban.node.portal.uploads.refusals import FileRefused
from tongban.services import Text
from tongban.services.question import FileKind

_READING = Text(zh="查看申请材料", en="Looking at a file of the application")
_DUTY = Text(zh="承办部门依职责办理本办件", en="The agency in charge handles this case")
_UNSHOWN = 422


@require_safe
@for_applicants
def of_draft(request: HttpRequest, applicant: Applicant, draft_id: UUID, upload_id: UUID) -> HttpResponse:
    """A file of the citizen's own application, submitted or not."""
    return serving.shown(*store.of_draft(drafts.find(applicant, draft_id).pk, upload_id))


@require_safe
@for_applicants
def first_page_of_draft(
    request: HttpRequest, applicant: Applicant, draft_id: UUID, upload_id: UUID
) -> HttpResponse:
    """What a file of the citizen's own application looks like, as a picture."""
    return serving.first_page(*store.of_draft(drafts.find(applicant, draft_id).pk, upload_id))


@require_safe
@for_owners_and_officers
def of_case(request: HttpRequest, number: str, upload_id: UUID) -> HttpResponse:
    """A file of a case; an officer's look at it is recorded before it is sent."""
    person, officer = person_of(request.user), officer_of(request.user)
    if person is None and officer is None:
        raise PermissionDenied
    applicant = acting_for.present(request, person) if person else None
    return found_or_404(lambda: _sent(number, upload_id, applicant, officer))


@require_safe
@for_owners_and_officers
def received(request: HttpRequest, number: str, sha256: str) -> HttpResponse:
    """A file that came with a case from the other side; an officer's look is recorded before it is sent.

    It is scanned and cleaned here like one that was uploaded here; one that must not be is told why.
    """
    person, officer = person_of(request.user), officer_of(request.user)
    if person is None and officer is None:
        raise PermissionDenied
    applicant = acting_for.present(request, person) if person else None
    try:
        return found_or_404(lambda: _received(number, sha256, applicant, officer))
    except FileRefused as refused:
        context = {"refused": refused.text, "officer": officer}
        return render(request, "portal/file_unshown.html", context, status=_UNSHOWN)


def _received(number: str, sha256: str, applicant: Applicant | None, officer: Officer | None) -> HttpResponse:
    own = rights.of_citizen(applicant).filter(number=number).first() if applicant else None
    case = own or _officers_case(number, officer)
    opened = enclosures.content(case, sha256)
    if opened is None:
        raise Refused("not-found")
    if own is None:
        assert officer is not None
        with transaction.atomic():
            _record(case, officer, opened.of)
    scanning.hold_clean(opened.content)
    content, media_type = contents.cleaned(opened.content, get_args(FileKind))
    return serving.shown(enclosures.File(opened.file.name, media_type, Path()), content)


def _sent(number: str, upload_id: UUID, applicant: Applicant | None, officer: Officer | None) -> HttpResponse:
    own = rights.of_citizen(applicant).filter(number=number).first() if applicant else None
    if own is not None:
        return serving.shown(*store.of_draft(own.draft_id, upload_id))
    case = _officers_case(number, officer)
    assert officer is not None
    with transaction.atomic():
        _record(case, officer, enclosures.FILES)
        upload, content = store.of_draft(case.draft_id, upload_id)
    return serving.shown(upload, content)


def _officers_case(number: str, officer: Officer | None) -> Case:
    visible = rights.of_officer(officer).select_related("person", "service") if officer else None
    case = visible.filter(number=number).first() if visible is not None else None
    if case is None:
        raise Refused("not-found")
    return case


def _record(case: Case, officer: Officer, seen: str) -> None:
    access.record_reading(
        person=case.person,
        officer=officer,
        service=case.service.code,
        case_ref=case.number,
        basis=_DUTY,
        purpose=_READING,
        fields=[seen],
    )
