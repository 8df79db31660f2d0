"""The workbench's page on credentials: what the agency issued; suspend, restore, revoke with a reason.

Promises: only who handles cases reaches the own agency's credentials; opening one leaves an access record.
"""

import uuid

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from tongban.node.casework.refusals import Refused
from tongban.node.credentials import changing, issuers, issuing
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wording import claim_lines
from tongban.node.paging import page_asked, page_of
from tongban.node.people import access
from tongban.node.people.models import Officer
from tongban.node.people.permissions import Act
from tongban.node.portal.doors import for_officers_who
from tongban.services import Text

_PURPOSE = Text(zh="查看签发的证照", en="Looking at a credential that was issued")
_DUTY = Text(zh="签发部门依职责管理本证照", en="The issuing agency keeps this credential")

_STALE = _("证照的状态已经变了，请刷新页面再看。")
_NEXT = {
    Issued.State.VALID: (Issued.State.SUSPENDED, Issued.State.REVOKED),
    Issued.State.SUSPENDED: (Issued.State.VALID, Issued.State.REVOKED),
    Issued.State.REVOKED: (),
}


class ChangeForm(forms.Form):
    """A new state, and why; the holder reads the reason."""

    state = forms.ChoiceField(choices=Issued.State.choices)
    reason = forms.CharField(
        max_length=500,
        error_messages={"required": _("请写明原因，持证人会看到这段文字")},
    )


@require_safe
@for_officers_who(Act.HANDLE)
def issued(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The agency's credentials, the newest first."""
    rows = Issued.objects.filter(agency=officer.agency).select_related("person", "case")
    page = page_of(rows.order_by("-issued_at", "pk"), page_asked(request))
    lines = [(row, issuers.types()[row.vct]) for row in page.lines]
    return render(request, "credentials/issued.html", {"lines": lines, "page": page, "officer": officer})


@require_http_methods(["GET", "POST"])
@for_officers_who(Act.HANDLE)
def one(request: HttpRequest, officer: Officer, key: uuid.UUID) -> HttpResponse:
    """One credential with its history; a new state with its reason."""
    row = Issued.objects.filter(agency=officer.agency, pk=key).select_related("person", "case").first()
    if row is None:
        raise Http404
    form = ChangeForm(request.POST or None)
    problem: str | Promise = ""
    if request.method == "POST" and form.is_valid():
        state = Issued.State(form.cleaned_data["state"])
        if state not in _NEXT[Issued.State(row.state)]:
            problem = _STALE
        else:
            try:
                changing.change(row, state, officer, form.cleaned_data["reason"])
                return redirect("issued-credential", key)
            except (Refused, issuing.AlreadyRevoked):
                problem = _STALE
    kind = issuers.types()[row.vct]
    access.record_reading(
        person=row.person,
        officer=officer,
        service=row.case.service.code if row.case else "",
        case_ref=row.case.number if row.case else "",
        basis=_DUTY,
        purpose=_PURPOSE,
        fields=sorted({"name", *row.claims}),
    )
    context = {
        "row": row,
        "kind": kind,
        "lines": claim_lines(kind, row.claims),
        "changes": row.changes.select_related("officer").order_by("at"),
        "next": _NEXT[Issued.State(row.state)],
        "form": form,
        "problem": problem,
        "officer": officer,
    }
    status = 409 if problem else 422 if form.errors else 200
    return render(request, "credentials/issued_one.html", context, status=status)
