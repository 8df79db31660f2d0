"""Complaints: the citizen's form and list, the officer's list and answer."""

from dataclasses import dataclass
from typing import get_args
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.node.casework import catalogue
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.paging import Page, page_asked
from tongban.node.people.models import Officer, Person
from tongban.node.portal import complaint_limits, complaints
from tongban.node.portal.complaints import Which
from tongban.node.portal.doors import for_citizens, for_officers
from tongban.node.portal.models import Complaint
from tongban.node.portal.names import service_name, service_names

_REFUSED, _INVALID = 409, 422
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
        "tabs": [("open", _("待答复")), ("overdue", _("已超期")), ("answered", _("已答复"))],
        "tab": "complaints",
    }
    return render(request, "portal/complaints_desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_officers
def answer(request: HttpRequest, officer: Officer, complaint: UUID) -> HttpResponse:
    """Read a complaint, which is recorded, and answer it once."""
    form = AnswerForm(request.POST if request.method == "POST" else None)
    refused, status = None, _INVALID if form.errors else 200
    if request.method == "POST" and form.is_valid():
        try:
            complaints.answer(officer, complaint, form.cleaned_data["words"])
        except Refused as refusal:
            if refusal.code == "not-found":
                raise
            refused, status = refusal.text, _REFUSED
        else:
            return redirect("complaints-desk")
    found = complaints.for_officer(officer, complaint)
    context = {
        "officer": officer,
        "complaint": found,
        "is_overdue": complaints.is_overdue(found),
        "tab": "complaints",
        "service": service_name(found.service),
        "form": form,
        "refused": refused,
    }
    return render(request, "portal/complaint_answer.html", context, status=status)


def _named(page: Page[Complaint]) -> list[Line]:
    """The complaints with the names of their services."""
    names = service_names(one.service for one in page.lines)
    return [Line(one, names[one.service], complaints.is_overdue(one)) for one in page.lines]
