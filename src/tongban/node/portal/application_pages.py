"""Filling in an application: one question a page, check, consent, submit. Every answer is saved at once."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.node.casework import drafts, submission
from tongban.node.casework.models import Draft
from tongban.node.casework.refusals import Refused
from tongban.node.people.models import Person
from tongban.node.portal.answers import AnswerForm
from tongban.node.portal.consent import CONSENT_DAYS, ConsentForm
from tongban.node.portal.doors import for_citizens
from tongban.services import Question

_GET_POST = ["GET", "HEAD", "POST"]


@require_safe
@for_citizens
def application(request: HttpRequest, person: Person, draft_id: UUID) -> HttpResponse:
    """Where the application was left: the first question without an answer, or the check."""
    draft = drafts.find(person, draft_id)
    submitted = _case_number(draft)
    if submitted:
        return redirect("case", submitted)
    open_questions = drafts.missing(draft)
    if open_questions:
        return redirect("question", draft.pk, open_questions[0].key)
    return redirect("check", draft.pk)


@require_http_methods(_GET_POST)
@for_citizens
def question(request: HttpRequest, person: Person, draft_id: UUID, key: str) -> HttpResponse:
    """One question; `?change=1` leads back to the check when the answer is saved."""
    draft = _open_draft(person, draft_id)
    asked = _asked(draft, key)
    form = AnswerForm(
        asked, request.POST if request.method == "POST" else None, answer=asked.raw(draft.answers.get(key))
    )
    if request.method == "POST" and form.is_valid():
        return redirect(_next_page(drafts.answer(draft, key, form.raw), key, "change" in request.GET))
    questions = drafts.questions(draft)
    position = questions.index(asked)
    context = {
        "form": form,
        "question": asked,
        "service": drafts.service_of(draft).definition,
        "position": position + 1,
        "total": len(questions),
        "back": _page_before(draft, questions, position, "change" in request.GET),
        "draft": draft,
    }
    return render(request, "portal/question.html", context, status=422 if form.errors else 200)


@require_safe
@for_citizens
def check(request: HttpRequest, person: Person, draft_id: UUID) -> HttpResponse:
    """All answers before consent, each with a way back to change it."""
    draft = _open_draft(person, draft_id)
    if drafts.missing(draft):
        return redirect("application", draft.pk)
    context = {
        "draft": draft,
        "person": person,
        "service": drafts.service_of(draft).definition,
        "answers": drafts.answered(draft),
    }
    return render(request, "portal/check.html", context)


@require_http_methods(_GET_POST)
@for_citizens
def consent(request: HttpRequest, person: Person, draft_id: UUID) -> HttpResponse:
    """What will be asked, from whom, which fields, why and until when; agreeing submits."""
    draft = drafts.find(person, draft_id)
    submitted = _case_number(draft)
    if submitted:
        return redirect("submitted", submitted)
    if drafts.missing(draft):
        return redirect("application", draft.pk)
    form = ConsentForm(drafts.consents_needed(draft), request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        case = submission.submit(person, draft.pk, form.agreed)
        return redirect("submitted", case.number)
    context = {
        "draft": draft,
        "service": drafts.service_of(draft).definition,
        "form": form,
        "days": CONSENT_DAYS,
    }
    return render(request, "portal/consent.html", context, status=422 if form.errors else 200)


@require_POST
@for_citizens
def discard(request: HttpRequest, person: Person, draft_id: UUID) -> HttpResponse:
    """Give the application up and forget its answers."""
    drafts.discard(drafts.find(person, draft_id))
    return redirect("my-cases")


def _open_draft(person: Person, draft_id: UUID) -> Draft:
    draft = drafts.find(person, draft_id)
    if _case_number(draft):
        raise Http404("submitted")
    return draft


def _case_number(draft: Draft) -> str | None:
    return draft.case.number if hasattr(draft, "case") else None


def _asked(draft: Draft, key: str) -> Question:
    for asked in drafts.questions(draft):
        if asked.key == key:
            return asked
    raise Refused("not-found")


def _next_page(draft: Draft, key: str, is_change: bool) -> str:
    following = drafts.following(draft, key)
    if is_change:
        return reverse("application", args=[draft.pk])
    if following is None:
        return reverse("check", args=[draft.pk])
    return reverse("question", args=[draft.pk, following.key])


def _page_before(draft: Draft, questions: tuple[Question, ...], position: int, is_change: bool) -> str:
    if is_change:
        return reverse("check", args=[draft.pk])
    if position == 0:
        return reverse("service", args=[drafts.service_of(draft).code])
    return reverse("question", args=[draft.pk, questions[position - 1].key])
