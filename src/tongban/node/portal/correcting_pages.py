"""The page on which a citizen corrects one answer that an officer asked about: that one, and nothing besides.

Promises: it shows what was answered; what is sent replaces that row only; sent twice, it counts once.
"""

import json
from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.node.casework import acting, cases
from tongban.node.casework.refusals import InputsRefused, Refused
from tongban.node.casework.shown import AskedAbout, CaseView
from tongban.node.people.applicants import Applicant
from tongban.node.portal.answers import ANSWER, AnswerForm, ItemForm, item_form, page_form
from tongban.node.portal.doors import for_applicants
from tongban.node.portal.names import listed
from tongban.node.portal.uploads import store
from tongban.node.portal.uploads.refusals import FileRefused
from tongban.node.theme.wording import spoken
from tongban.services.question import FILE_BYTES
from tongban.services.rows import Row

_MOST_DIGITS = 9


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_applicants
def correction(request: HttpRequest, applicant: Applicant, number: str, position: int) -> HttpResponse:
    """One answer that was asked about."""
    view = cases.for_citizen(applicant, number)
    asked = next((one for one in view.asked_about if one.position == position), None)
    if asked is None or "correct-answer" not in {action.code for action in view.actions}:
        raise Refused("not-found")
    page = partial(_page, request, view, asked)
    if asked.row is None:
        return page()
    if request.method != "POST":
        return page(_form(asked.row, None))
    try:
        answer, form = _sent(request, applicant, number, asked.row)
    except FileRefused as refused:
        return page(problem=spoken(refused.text), status=422)
    if form is not None and form.errors:
        return page(form, status=422)
    given = {"position": str(position), "answer": json.dumps(answer, ensure_ascii=False)}
    try:
        acting.perform(applicant, number, _revision(request), "correct-answer", given)
    except InputsRefused as refused:
        said = " ".join(spoken(text) for text in refused.fields.values())
        return page(form, problem=said, status=422)
    except Refused as refused:
        if refused.code == "not-found":
            raise
        return page(form, problem=spoken(refused.text), status=409)
    return redirect("case", number)


def _sent(
    request: HttpRequest, applicant: Applicant, number: str, row: Row
) -> tuple[Any, AnswerForm | ItemForm | None]:
    if row.position is not None and request.POST.get("do") == "remove":
        return None, None
    if row.question.type == "file":
        return store.keep(cases.draft_of(applicant, number), row.question, request.FILES.get(ANSWER)), None
    form = _form(row, request.POST)
    if form is None or not form.is_valid():
        return None, form
    return (form.item if isinstance(form, ItemForm) else form.raws[ANSWER]), form


def _form(row: Row, data: Any) -> AnswerForm | ItemForm | None:
    if row.question.type == "file":
        return None
    if row.position is None:
        return page_form(row.question, data, row.raw)
    return item_form(row.question.questions, data, row.raw)


def _page(
    request: HttpRequest,
    view: CaseView,
    asked: AskedAbout,
    form: AnswerForm | ItemForm | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    row = asked.row
    context: dict[str, object] = {"case": view, "asked": asked, "row": row, "form": form, "problem": problem}
    context["service"] = view.service.definition
    if row is not None and row.question.type == "file":
        kinds = row.question.accepts
        context |= {
            "most": FILE_BYTES // 1024 // 1024,
            "kinds": listed(kind.upper() for kind in kinds),
            "endings": ",".join((*row.question.media_types, *(f".{kind}" for kind in kinds))),
        }
    return render(request, "portal/correction.html", context, status=status)


def _revision(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else -1
