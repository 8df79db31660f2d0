"""The citizen's pages for wallets of other makers: offer a card to one, agree to one that asks.

Promises: nothing leaves before the citizen agreed on a page that says which app gets what.
"""

import uuid
from collections.abc import Callable, Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tongban.credentials.codes.qr import QrCode
from tongban.node.casework.models import Case
from tongban.node.credentials import issuers, of_cases
from tongban.node.credentials.models import Issued
from tongban.node.credentials.wallets import authorising, offering, renewing, waiting
from tongban.node.credentials.wallets.granting import Granted
from tongban.node.people.models import Person
from tongban.node.portal.doors import for_citizens


@require_POST
@never_cache
@for_citizens
def offer(request: HttpRequest, person: Person, batch: uuid.UUID) -> HttpResponse:
    """A code that a wallet scans, and the number to type in there."""
    credential = Issued.objects.filter(person=person, pk=batch).first()
    if credential is None:
        raise Http404
    context = {"kind": issuers.types().find(credential.vct), "batch": batch}
    return _offered(request, context, lambda: offering.offer(credential))


@require_POST
@never_cache
@for_citizens
def offer_case(request: HttpRequest, person: Person, number: str) -> HttpResponse:
    """The same for what an open case will bring: the wallet comes again for it."""
    found = Case.objects.filter(person=person, number=number).select_related("service").first()
    kind = of_cases.type_of(found.service.code) if found else None
    if found is None or kind is None:
        raise Http404
    return _offered(request, {"kind": kind, "case": found}, lambda: offering.offer_case(found))


def _offered(
    request: HttpRequest, context: Mapping[str, object], make: Callable[[], offering.Made]
) -> HttpResponse:
    try:
        made = make()
    except offering.CannotOffer:
        return render(request, "credentials/offer.html", context, status=409)
    shown = {**context, "made": made, "svg": QrCode.of_link(made.link).svg()}
    return render(request, "credentials/offer.html", shown)


@require_POST
@never_cache
@for_citizens
def end_renewals(request: HttpRequest, person: Person, batch: uuid.UUID) -> HttpResponse:
    """No wallet elsewhere gets more copies of this card without asking anew."""
    credential = Issued.objects.filter(person=person, pk=batch).first()
    if credential is None:
        raise Http404
    renewing.end(credential)
    return redirect("credential", batch)


@require_POST
@never_cache
@for_citizens
def end_waiting(request: HttpRequest, person: Person, case: uuid.UUID) -> HttpResponse:
    """No wallet gets what this case will bring, unless its holder agrees anew."""
    found = Case.objects.filter(person=person, pk=case).first()
    if found is None:
        raise Http404
    waiting.end(person, found)
    return redirect("credentials")


@require_http_methods(["GET", "POST"])
@never_cache
@for_citizens
def authorise(request: HttpRequest, person: Person) -> HttpResponse:
    """A wallet asks for a credential; the citizen agrees or does not."""
    given = request.GET if request.method == "GET" else request.POST
    asked = authorising.find(given.get("request_uri", ""), given.get("client_id", ""))
    if asked is None:
        return render(request, "credentials/authorise.html", {}, status=404)
    found = authorising.candidates(asked, person)
    waits_for = authorising.pending(asked, person)
    context = {
        "app": authorising.app_of(asked),
        "maker": asked.maker,
        "cards": [(one, issuers.types().find(one.vct)) for one in found],
        "cases": [(case, Granted(case=case).kind) for case in waits_for],
        "client_id": given["client_id"],
        "request_uri": given["request_uri"],
    }
    if request.method == "GET":
        return render(request, "credentials/authorise.html", context)
    if request.POST.get("answer") != "agree":
        return _led_back(request, authorising.decline(asked), is_agreed=False)
    offered = [Granted(one) for one in found] + [Granted(case=case) for case in waits_for]
    chosen = next((one for one in offered if _number(one) == request.POST.get("card")), None)
    if chosen is None:
        return render(request, "credentials/authorise.html", {**context, "is_unchosen": True}, status=422)
    address = authorising.agree(asked, chosen)
    if address is None:
        return render(request, "credentials/authorise.html", {}, status=409)
    return _led_back(request, address, is_agreed=True, waits=chosen.credential is None)


def _number(granted: Granted) -> str:
    subject = granted.credential or granted.case
    return str(subject.pk) if subject is not None else ""


def _led_back(request: HttpRequest, address: str, *, is_agreed: bool, waits: bool = False) -> HttpResponse:
    """The way back to the wallet is a link: a form must not lead to another origin."""
    context = {"address": address, "is_agreed": is_agreed, "waits": waits}
    return render(request, "credentials/authorised.html", context)
