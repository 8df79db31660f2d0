"""An application from its beginning to its submission: where it was left, check, consent, giving it up."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.node.casework import competence, drafts, submission
from tongban.node.casework.models import Draft
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.people.applicants import Applicant
from tongban.node.portal.consent import CONSENT_DAYS, ConsentForm
from tongban.node.portal.doors import for_applicants
from tongban.node.portal.open_drafts import case_number, open_draft

_GET_POST = ["GET", "HEAD", "POST"]


@require_safe
@for_applicants
def application(request: HttpRequest, applicant: Applicant, draft_id: UUID) -> HttpResponse:
    """Where the application was left: the first question without an answer, or the check."""
    draft = drafts.find(applicant, draft_id)
    submitted = case_number(draft)
    if submitted:
        return redirect("case", submitted)
    open_questions = drafts.missing(draft)
    if open_questions:
        return redirect("question", draft.pk, open_questions[0].key)
    return redirect("check", draft.pk)


@require_safe
@for_applicants
def check(request: HttpRequest, applicant: Applicant, draft_id: UUID) -> HttpResponse:
    """All answers before consent, each with a way back to change it."""
    draft = open_draft(applicant, draft_id)
    if drafts.missing(draft):
        return redirect("application", draft.pk)
    context = {
        "draft": draft,
        "applicant": applicant,
        "service": drafts.service_of(draft).definition,
        "answers": drafts.answered(draft),
        **_deciding(draft),
    }
    return render(request, "portal/check.html", context)


@require_http_methods(_GET_POST)
@for_applicants
def consent(request: HttpRequest, applicant: Applicant, draft_id: UUID) -> HttpResponse:
    """What will be asked, from whom, which fields, why and until when; agreeing submits."""
    draft = drafts.find(applicant, draft_id)
    submitted = case_number(draft)
    if submitted:
        return redirect("submitted", submitted)
    if drafts.missing(draft):
        return redirect("application", draft.pk)
    form = ConsentForm(drafts.consents_needed(draft), request.POST if request.method == "POST" else None)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("submitted", submission.submit(applicant, draft.pk, form.agreed).number)
        except Refused as why:
            if why.code == "not-found":
                raise
            refused = why
    context = {
        "draft": draft,
        "service": drafts.service_of(draft).definition,
        "form": form,
        "days": CONSENT_DAYS,
        "refused": refused.text if refused else None,
    }
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "portal/consent.html", context, status=status)


@require_POST
@for_applicants
def discard(request: HttpRequest, applicant: Applicant, draft_id: UUID) -> HttpResponse:
    """Give the application up and forget its answers."""
    drafts.discard(drafts.find(applicant, draft_id))
    return redirect("my-cases")


def _deciding(draft: Draft) -> dict[str, object]:
    """Who decides the application, or why nobody does, before the person consents to anything."""
    definition = drafts.service_of(draft).definition
    try:
        return {"decides": competence.deciding(definition, drafts.given(draft), today())}
    except Refused as refused:
        return {"refused": refused.text}
