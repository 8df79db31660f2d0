"""Citizens' pages: cards, a code to show, what was shown.

Promises: a claim is shown only if its box was ticked; somebody else's card does not exist.
"""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tongban.credentials import CredentialRefused
from tongban.node.credentials import issuers, portraits, showing, wallet
from tongban.node.credentials.choosing import choosable
from tongban.node.credentials.models import StatusChange
from tongban.node.credentials.showing import CannotShow
from tongban.node.credentials.wallets import awaiting, renewing, waiting
from tongban.node.credentials.wallets.models import Handover
from tongban.node.credentials.wording import claim_lines, claim_titles, purpose_words
from tongban.node.people.models import Person
from tongban.node.portal.doors import for_citizens

PROBLEMS = {
    "issued-elsewhere": _("这张证照由另一地签发。请用一分钟有效的码出示，或者到签发地的门户出示离线码。"),
    "not-valid": _("这张证照已暂停、撤销或过期，不能出示。"),
    "not-here": _("没有找到这张证照。"),
}


@require_safe
@never_cache
@for_citizens
def cards(request: HttpRequest, person: Person) -> HttpResponse:
    """Everything that the person holds here."""
    context = {
        "cards": wallet.cards(person),
        "waiting": waiting.of(person),
        "awaited": awaiting.of(person),
        "later": "later" in request.GET,
    }
    return render(request, "credentials/cards.html", context)


@require_safe
@never_cache
@for_citizens
def card(request: HttpRequest, person: Person, batch: uuid.UUID) -> HttpResponse:
    """One card: what it says, and how to show it."""
    return _card(request, person, batch)


@require_POST
@never_cache
@for_citizens
def offline(request: HttpRequest, person: Person, batch: uuid.UUID, purpose: str) -> HttpResponse:
    """A code for one purpose, which is verified without a network."""
    found = _found(person, batch)
    try:
        code = showing.offline_code(person, batch, purpose)
    except CannotShow as refused:
        return _card(request, person, batch, problem=PROBLEMS[refused.reason], status=409)
    except CredentialRefused as refused:
        raise Http404 from refused
    context = {"card": found, "code": code, "purpose": found.kind.purpose(purpose), **_holder(person, found)}
    return render(request, "credentials/code.html", context)


@require_POST
@never_cache
@for_citizens
def online(request: HttpRequest, person: Person, batch: uuid.UUID) -> HttpResponse:
    """A code for a minute that shows the ticked claims."""
    found = _found(person, batch)
    chosen = _chosen(request, found)
    try:
        code = showing.online_code(person, batch, chosen)
    except CannotShow as refused:
        return _card(request, person, batch, problem=PROBLEMS[refused.reason], status=409)
    context = {"card": found, "code": code, "chosen": chosen, "is_online": True, **_holder(person, found)}
    return render(request, "credentials/code.html", context)


@require_safe
@never_cache
@for_citizens
def portrait(_request: HttpRequest, person: Person) -> HttpResponse:
    """The person's own photo, for the page that shows a code."""
    picture = portraits.picture_of(person)
    if picture is None:
        raise Http404
    return HttpResponse(picture, content_type="image/jpeg")


@require_safe
@never_cache
@for_citizens
def shown(request: HttpRequest, person: Person) -> HttpResponse:
    """What was shown: when, to whom, which claims."""
    lines = [
        (row, kind, claim_titles(kind, row.claims), purpose_words(kind, row.purpose))
        for row in showing.history(person)
        if (kind := issuers.types().get(row.vct)) is not None
    ]
    return render(request, "credentials/shown.html", {"lines": lines})


def _holder(person: Person, found: wallet.Card) -> dict[str, object]:
    """What whoever scans the code compares: photo, name, end of the ID number; a firm's name and code."""
    if "subject_code" in found.claims:
        return {"holder": found.claims["subject"], "enterprise": found.claims["subject_code"]}
    return {
        "holder": person.name,
        "id_tail": person.resident_id[-4:],
        "has_photo": bool(portraits.digest_of(person)),
    }


def _card(
    request: HttpRequest, person: Person, batch: uuid.UUID, *, problem: str | Promise = "", status: int = 200
) -> HttpResponse:
    found = _found(person, batch)
    context = {
        "card": found,
        "lines": claim_lines(found.kind, found.claims),
        "choosable": choosable(found),
        "purposes": [
            (purpose, claim_titles(found.kind, [".".join(path) for path in purpose.claims]))
            for purpose in found.kind.purposes
        ],
        "changes": StatusChange.objects.filter(credential=batch).order_by("at"),
        "problem": problem,
        "may_come_again": renewing.are_open(batch),
        "handovers": Handover.objects.filter(access__credential=batch).order_by("-at")[:50],
    }
    return render(request, "credentials/card.html", context, status=status)


def _found(person: Person, batch: uuid.UUID) -> wallet.Card:
    found = wallet.card(person, batch)
    if found is None:
        raise Http404
    return found


def _chosen(request: HttpRequest, found: wallet.Card) -> list[str]:
    offered = {name for name, _title in choosable(found)}
    return [name for name in request.POST.getlist("claims") if name in offered]
