"""Complaints: the citizen's form and list, the officer's list and answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.node.casework import catalogue, team
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.paging import Page, page_asked
from tongban.node.people.models import Officer, Person
from tongban.node.people.permissions import Act
from tongban.node.portal import complaint_limits, complaint_work, complaints
from tongban.node.portal.complaints import Which
from tongban.node.portal.doors import for_citizens, for_officers, for_officers_who
from tongban.node.portal.models import Complaint
from tongban.node.portal.names import service_name, service_names
from tongban.node.theme.wording import local_day
from tongban.services import Text

_REFUSED, _INVALID = 409, 422
_LONGEST_KEY = 10
_NOBODY_CHOSEN = Text(zh="请选择一位在岗的同事", en="Choose a colleague who is in office")
_WORDS = {
    "required": _("请写明您要投诉的事情"),
    "max_length": _("最多 2000 字，请写得短一些"),
    "null_characters_not_allowed": _("里面有不能识别的字符，请重新输入"),
}


class ComplaintForm(forms.Form):
    """What happened, and what it is about: a case of one's own, or a service."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    case = forms.CharField(max_length=24, required=False, widget=forms.HiddenInput)
    service = forms.SlugField(max_length=60, required=False)
    words = forms.CharField(max_length=complaints.MOST_CHARACTERS, error_messages=_WORDS)


class AnswerForm(forms.Form):
    """What the citizen will read."""

    words = forms.CharField(
        max_length=complaints.MOST_CHARACTERS,
        error_messages=_WORDS | {"required": _("请写明答复，投诉人会看到这段文字")},
    )


class ExtensionForm(forms.Form):
    """Why the answer takes longer."""

    reason = forms.CharField(
        max_length=complaint_work.MOST_REASON,
        error_messages=_WORDS
        | {
            "required": _("请写明延期的原因，投诉人会看到这段文字"),
            "max_length": _("最多 500 字，请写得短一些"),
        },
    )


@dataclass(frozen=True)
class Line:
    """One complaint in a list, with the name of its service."""

    complaint: Complaint
    service: str
    is_overdue: bool


@require_safe
@for_citizens
def mine(request: HttpRequest, person: Person) -> HttpResponse:
    """The citizen's complaints with their answers."""
    page = complaints.of_person(person, page_asked(request))
    return render(request, "portal/complaints.html", {"lines": _named(page), "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@for_citizens
def file(request: HttpRequest, person: Person) -> HttpResponse:
    """File a complaint; `?case=` and `?service=` say what about."""
    about = {"case": request.GET.get("case", ""), "service": request.GET.get("service", "")}
    form = ComplaintForm(request.POST) if request.method == "POST" else ComplaintForm(initial=about)
    refused, status = None, 200
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        try:
            complaints.file(person, sent["token"], sent["words"], case=sent["case"], service=sent["service"])
        except Refused as refusal:
            if refusal.code == "not-found":
                raise
            if refusal.code == "service-unknown":
                form.add_error("service", _("请选择一个事项"))
            else:
                refused, status = refusal.text, _REFUSED
        else:
            return redirect("complaints")
    context = {
        "form": form,
        "token": form["token"].value() if form.is_bound and not form["token"].errors else uuid4(),
        "services": [one.definition for one in catalogue.offered()],
        "limit": complaint_limits.on(today()),
        "refused": refused,
    }
    return render(request, "portal/complain.html", context, status=_INVALID if form.errors else status)


@require_safe
@for_officers
def to_answer(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What the officer's agency has to answer, by due date, and what it has answered."""
    asked = request.GET.get("status", "")
    known: tuple[Which, ...] = get_args(Which)
    which: Which = next((one for one in known if one == asked), "open")
    page = complaints.of_agency(officer, page_asked(request), which)
    context = {
        "officer": officer,
        "lines": _named(page),
        "page": page,
        "which": which,
        "tabs": [
            ("open", _("待答复")),
            ("mine", _("分派给我的")),
            ("overdue", _("已超期")),
            ("answered", _("已答复")),
        ],
        "tab": "complaints",
    }
    return render(request, "portal/complaints_desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def answer(request: HttpRequest, officer: Officer, complaint: UUID) -> HttpResponse:
    """Read a complaint, which is recorded, and answer it once."""
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        return _shown(request, officer, complaint, answering=form)
    words = form.cleaned_data["words"]
    return _done(request, officer, complaint, lambda: complaint_work.answer(officer, complaint, words), form)


@require_POST
@for_officers
def extend(request: HttpRequest, officer: Officer, complaint: UUID) -> HttpResponse:
    """Extend the time limit once, with a reason that the citizen reads."""
    form = ExtensionForm(request.POST)
    if not form.is_valid():
        return _shown(request, officer, complaint, extending=form)
    reason = form.cleaned_data["reason"]
    return _done(request, officer, complaint, lambda: complaint_work.extend(officer, complaint, reason))


@require_POST
@for_officers
def take(request: HttpRequest, officer: Officer, complaint: UUID) -> HttpResponse:
    """Take a complaint that is nobody's."""
    return _done(request, officer, complaint, lambda: complaint_work.take(officer, complaint))


@require_POST
@for_officers_who(Act.ASSIGN)
def assign(request: HttpRequest, officer: Officer, complaint: UUID) -> HttpResponse:
    """Give a complaint to a colleague."""
    found = complaints.for_officer(officer, complaint)
    chosen = request.POST.get("officer", "")
    to = team.colleague(officer, int(chosen)) if chosen.isdecimal() and len(chosen) < _LONGEST_KEY else None
    if to is None:
        return _shown(request, officer, found.pk, refused=_NOBODY_CHOSEN)
    return _done(request, officer, complaint, lambda: complaint_work.assign(officer, complaint, to))


def _done(
    request: HttpRequest,
    officer: Officer,
    complaint: UUID,
    act: Callable[[], None],
    answering: AnswerForm | None = None,
) -> HttpResponse:
    """Do it and lead to the list; what is refused is said on the complaint's page, with the words kept."""
    try:
        act()
    except Refused as refusal:
        if refusal.code == "not-found":
            raise
        return _shown(request, officer, complaint, answering=answering, refused=refusal.text)
    return redirect("complaints-desk")


def _shown(
    request: HttpRequest,
    officer: Officer,
    complaint: UUID,
    *,
    answering: AnswerForm | None = None,
    extending: ExtensionForm | None = None,
    refused: Text | None = None,
) -> HttpResponse:
    """The complaint's page with what may be done; 422 for a form that cannot be used, 409 for a refusal."""
    found = complaints.for_officer(officer, complaint)
    may_assign = complaint_work.may_assign(officer, found)
    forms_sent = (answering or AnswerForm(), extending or ExtensionForm())
    context = {
        "officer": officer,
        "complaint": found,
        "changes": found.changes.select_related("by", "to"),
        "is_overdue": complaints.is_overdue(found),
        "tab": "complaints",
        "service": service_name(found.service),
        "form": forms_sent[0],
        "extending": forms_sent[1],
        "wrong": next((form for form in forms_sent if form.errors), forms_sent[0]),
        "obstacle": complaint_work.obstacle(officer, found),
        "may_extend": complaint_work.may_extend(found),
        "extension": complaint_limits.on(local_day(found.at)).extension,
        "able": complaint_work.able(found) if may_assign else [],
        "refused": refused,
    }
    is_wrong = any(form.errors for form in forms_sent)
    status = _REFUSED if refused else _INVALID if is_wrong else 200
    return render(request, "portal/complaint_answer.html", context, status=status)


def _named(page: Page[Complaint]) -> list[Line]:
    """The complaints with the names of their services."""
    names = service_names(one.service for one in page.lines)
    return [Line(one, names[one.service], complaints.is_overdue(one)) for one in page.lines]
