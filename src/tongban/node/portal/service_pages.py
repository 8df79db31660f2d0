"""The services that this node offers, and the guide to each: who, how long, at what cost, by what law."""

from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from tongban.node.casework import catalogue, competence, drafts, ratings
from tongban.node.casework.models import Draft
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.config import this_node
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Person
from tongban.node.people.rights import person_of
from tongban.node.portal import acting_for
from tongban.node.portal.doors import for_applicants
from tongban.node.portal.guide import comparison
from tongban.node.portal.rating_pages import row_of
from tongban.node.programme import plans
from tongban.node.programme.plans import plan_items
from tongban.node.programme.register import Progress, register
from tongban.places import Text
from tongban.services import Service
from tongban.services.form_schema import schema_of

_REFUSED = 409


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What can be done here, and how far the two plans are."""
    known = register(catalogue.service_root())
    context = {
        "areas": _by_area(catalogue.offered()),
        "works": known.count(Progress.WORKS),
        "planned": len(known.services),
        "items": len(known.items),
    }
    return render(request, "portal/home.html", context)


def _by_area(offered: Iterable[Service]) -> dict[Text, list[Service]]:
    """Services by their field, in the catalogue's order; what the catalogue does not know comes last."""
    known = plans.catalogue()
    order = {code: place for place, code in enumerate(known)}
    areas: dict[Text, list[Service]] = {}
    for one in sorted(offered, key=lambda service: order.get(service.code, len(order))):
        area = known[one.code].area if one.code in known else plans.ELSEWHERE
        areas.setdefault(area, []).append(one)
    return areas


@require_safe
def service(request: HttpRequest, code: str) -> HttpResponse:
    """The guide to one service."""
    return _guide(request, code)


def _guide(request: HttpRequest, code: str, refused: Refused | None = None) -> HttpResponse:
    try:
        offered = catalogue.service(code)
    except Refused as unknown:
        raise Http404(code) from unknown
    person = person_of(request.user)
    is_assisted = offered.definition.kind == "assisted"
    context = {
        "service": offered.definition,
        "helps": offered.definition.other_side(this_node().office_place) if is_assisted else None,
        "needs": offered.definition.needs_at(this_node().office_place),
        "decides": competence.at_home(offered.definition, today()),
        "draft": _open_draft(acting_for.present(request, person) or person, code) if person else None,
        "refused": refused.text if refused else None,
        "compared": comparison(offered, today()),
        "rating": row_of(offered.definition.name, ratings.figures_of(code)),
        "plan_items": [plan_items()[number] for number in offered.definition.plan_items],
    }
    return render(request, "portal/service.html", context, status=_REFUSED if refused else 200)


@require_safe
def form_schema(request: HttpRequest, code: str) -> HttpResponse:
    """The service's form as JSON Schema, for whoever fills it in with a program."""
    try:
        schema = schema_of(catalogue.service(code).form)
    except Refused as refused:
        raise Http404(code) from refused
    return JsonResponse(
        schema, content_type="application/schema+json", json_dumps_params={"ensure_ascii": False}
    )


@require_http_methods(["GET", "POST"])
@for_applicants
def start(request: HttpRequest, applicant: Applicant, code: str) -> HttpResponse:
    """Begin an application, or go on with the open one; signing in leads here too, by GET."""
    try:
        return redirect("application", drafts.begin(applicant, code).pk)
    except Refused as refused:
        if refused.code == "service-unknown":
            raise
        return _guide(request, code, refused)


def _open_draft(person: Person | Applicant, code: str) -> Draft | None:
    return next((draft for draft in drafts.open_drafts(person) if draft.service.code == code), None)
