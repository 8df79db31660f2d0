"""The pages that ask: one question, or the items of a group. Every answer is saved at once.

Promises: sent twice, an item is saved once; `?change=1` leads back to the check when the answer is saved.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from tongban.node.casework import drafts
from tongban.node.casework.models import Draft
from tongban.node.casework.refusals import Refused
from tongban.node.people.applicants import Applicant
from tongban.node.portal.answers import ANSWER, item_form, page_form
from tongban.node.portal.doors import for_applicants
from tongban.node.portal.names import listed
from tongban.node.portal.open_drafts import open_draft
from tongban.node.portal.uploads import store
from tongban.node.portal.uploads.refusals import FileRefused
from tongban.services import Question
from tongban.services.question import FILE_BYTES

_GET_POST = ["GET", "HEAD", "POST"]
_INVALID = 422

RawItem = Mapping[str, str | Sequence[str]]


@require_http_methods(_GET_POST)
@for_applicants
def question(request: HttpRequest, applicant: Applicant, draft_id: UUID, key: str) -> HttpResponse:
    """One question."""
    draft = open_draft(applicant, draft_id)
    asked = _asked(draft, key)
    if asked.type == "group":
        return _group(request, draft, asked)
    if asked.type == "file":
        return _file(request, draft, asked)
    form = page_form(
        asked, request.POST if request.method == "POST" else None, asked.raw(draft.answers.get(key))
    )
    if request.method == "POST" and form.is_valid():
        return redirect(_next_page(request, drafts.answer(draft, key, form.raws["answer"]), key))
    context = _frame(request, draft, asked) | {"form": form}
    return render(request, "portal/question.html", context, status=_INVALID if form.errors else 200)


def _group(request: HttpRequest, draft: Draft, asked: Question) -> HttpResponse:
    """What was entered so far, and whether there is more."""
    items = _items(draft, asked)
    is_full = len(items) >= asked.most_items
    more = request.POST.get("more", "no" if is_full else "")
    if request.method == "POST" and more == "yes":
        return redirect(_item_page(request, draft, asked.key, len(items) + 1))
    if request.method == "POST" and more == "no" and (items or asked.optional):
        return redirect(_next_page(request, draft, asked.key))
    context = _frame(request, draft, asked) | {
        "items": list(enumerate(asked.show_items(draft.answers.get(asked.key)), start=1)),
        "is_full": is_full,
        "is_wrong": request.method == "POST",
        "change": _change(request),
    }
    status = _INVALID if request.method == "POST" else 200
    return render(request, "portal/group.html", context, status=status)


def _file(request: HttpRequest, draft: Draft, asked: Question) -> HttpResponse:
    """A file: sent, shown, exchanged for another; without a new one the page goes on with the one kept."""
    kept = draft.answers.get(asked.key)
    refused = None
    if request.method == "POST":
        sent = request.FILES.get(ANSWER)
        if sent is None and (kept or asked.optional):
            return redirect(_next_page(request, draft, asked.key))
        try:
            drafts.answer(draft, asked.key, store.keep(draft, asked, sent))
        except FileRefused as refusal:
            refused = refusal
        else:
            _drop(draft, kept)
            return redirect(_question_page(request, draft, asked.key))
    context = _frame(request, draft, asked) | {
        "kept": kept,
        "refused": refused,
        "most": FILE_BYTES // 1024 // 1024,
        "kinds": listed(kind.upper() for kind in asked.accepts),
        "endings": ",".join((*asked.media_types, *(f".{kind}" for kind in asked.accepts))),
        "change": _change(request),
    }
    return render(request, "portal/file.html", context, status=_INVALID if refused else 200)


@require_POST
@for_applicants
def remove_file(request: HttpRequest, applicant: Applicant, draft_id: UUID, key: str) -> HttpResponse:
    """Take the file of a question back; one that is gone is taken back already."""
    draft = open_draft(applicant, draft_id)
    kept = draft.answers.get(_asked(draft, key).key)
    if isinstance(kept, dict):
        drafts.forget(draft, key)
        _drop(draft, kept)
    return redirect(_question_page(request, draft, key))


@require_http_methods(_GET_POST)
@for_applicants
def item(request: HttpRequest, applicant: Applicant, draft_id: UUID, key: str, position: int) -> HttpResponse:
    """One item of a group; the position after the last one adds an item."""
    draft = open_draft(applicant, draft_id)
    asked = _group_asked(draft, key)
    items = _items(draft, asked)
    if not 1 <= position <= min(len(items) + 1, asked.most_items):
        raise Refused("not-found")
    now = items[position - 1] if position <= len(items) else {}
    form = item_form(asked.questions, request.POST if request.method == "POST" else None, now)
    if request.method == "POST" and form.is_valid():
        changed: list[RawItem] = [*items[: position - 1], form.item, *items[position:]]
        drafts.answer(draft, key, changed)
        return redirect(_question_page(request, draft, key))
    context = _frame(request, draft, asked) | {
        "form": form,
        "item": position,
        "back": _question_page(request, draft, key),
    }
    return render(request, "portal/item.html", context, status=_INVALID if form.errors else 200)


@require_POST
@for_applicants
def remove_item(
    request: HttpRequest, applicant: Applicant, draft_id: UUID, key: str, position: int
) -> HttpResponse:
    """Take one item out; one that is not there any more is out already."""
    draft = open_draft(applicant, draft_id)
    asked = _group_asked(draft, key)
    items = _items(draft, asked)
    if 1 <= position <= len(items):
        left = [*items[: position - 1], *items[position:]]
        if left:
            drafts.answer(draft, key, left)
        else:
            drafts.forget(draft, key)
    return redirect(_question_page(request, draft, key))


def _asked(draft: Draft, key: str) -> Question:
    for asked in drafts.questions(draft):
        if asked.key == key:
            return asked
    raise Refused("not-found")


def _group_asked(draft: Draft, key: str) -> Question:
    asked = _asked(draft, key)
    if asked.type != "group":
        raise Refused("not-found")
    return asked


def _drop(draft: Draft, kept: object) -> None:
    if isinstance(kept, dict):
        store.drop(draft, kept.get("id"))


def _items(draft: Draft, asked: Question) -> list[RawItem]:
    return [asked.raw_item(item) for item in draft.answers.get(asked.key, [])]


def _frame(request: HttpRequest, draft: Draft, asked: Question) -> dict[str, object]:
    questions = drafts.questions(draft)
    position = questions.index(asked)
    return {
        "question": asked,
        "draft": draft,
        "service": drafts.service_of(draft).definition,
        "position": position + 1,
        "total": len(questions),
        "back": _page_before(request, draft, questions, position),
    }


def _change(request: HttpRequest) -> str:
    return "?change=1" if "change" in request.GET else ""


def _question_page(request: HttpRequest, draft: Draft, key: str) -> str:
    return reverse("question", args=[draft.pk, key]) + _change(request)


def _item_page(request: HttpRequest, draft: Draft, key: str, position: int) -> str:
    return reverse("item", args=[draft.pk, key, position]) + _change(request)


def _next_page(request: HttpRequest, draft: Draft, key: str) -> str:
    following = drafts.following(draft, key)
    if _change(request):
        return reverse("application", args=[draft.pk])
    if following is None:
        return reverse("check", args=[draft.pk])
    return reverse("question", args=[draft.pk, following.key])


def _page_before(request: HttpRequest, draft: Draft, questions: Sequence[Question], position: int) -> str:
    if _change(request):
        return reverse("check", args=[draft.pk])
    if position == 0:
        return reverse("service", args=[drafts.service_of(draft).code])
    return reverse("question", args=[draft.pk, questions[position - 1].key])
