"""The counter's pages for wallets of other makers: choose what to ask for, show the code, see the answer."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.credentials.codes.qr import QrCode
from tongban.credentials.openid import OpenIdRefused
from tongban.credentials.openid.transactions import MOST_STATEMENT
from tongban.credentials.types import CredentialType
from tongban.credentials.verdict import VERDICT_SENTENCES, Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, limits, portraits
from tongban.node.credentials.wallets import asking
from tongban.node.credentials.wallets.models import Asked
from tongban.node.credentials.wallets.reader import NoReader
from tongban.node.credentials.wording import claim_lines
from tongban.node.theme.wording import spoken
from tongban.services import Text

_SESSION = "asked"
_MOST_OPEN = 20


@require_http_methods(["GET", "POST"])
@never_cache
@limits.counted(limits.COUNTERS)
def ask(request: HttpRequest) -> HttpResponse:
    """Choose a type, then the claims; then the wallet is asked."""
    given = request.GET if request.method == "GET" else request.POST
    kind = issuers.types().get(given.get("type", ""))
    context: dict[str, Any] = {
        "kinds": list(issuers.types().values()),
        "kind": kind,
        "most": MOST_STATEMENT,
    }
    if kind is None:
        return render(request, "credentials/ask.html", context)
    context["offered"] = _offered(kind)
    if request.method == "GET":
        return render(request, "credentials/ask.html", context)
    wanted = [name for name, _ in context["offered"] if name in request.POST.getlist("claims")]
    statement = request.POST.get("statement", "").strip()
    context |= {"wanted": wanted, "statement": statement}
    if not wanted:
        return render(request, "credentials/ask.html", {**context, "is_unchosen": True}, status=422)
    if len(statement) > MOST_STATEMENT:
        return render(request, "credentials/ask.html", {**context, "is_too_long": True}, status=422)
    try:
        is_here = request.POST.get("where") == "here"
        asked = asking.ask(kind, wanted, statement=statement, is_same_device=is_here)
    except (NoReader, issuers.NoIssuer):
        return render(request, "credentials/ask.html", {**context, "cannot": True}, status=503)
    request.session[_SESSION] = [*request.session.get(_SESSION, []), str(asked.pk)][-_MOST_OPEN:]
    return redirect("verify-asked", number=asked.pk)


@require_safe
@never_cache
def asked(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """The code for the wallet, or what it showed; only for the browser that asked."""
    if str(number) not in request.session.get(_SESSION, []):
        raise Http404
    row = Asked.objects.filter(pk=number).first()
    if row is None:
        return render(request, "credentials/asked.html", {"is_over": True}, status=410)
    kind = issuers.types().find(row.vct)
    context: dict[str, Any] = {"number": number, "kind": kind}
    if row.answered_at is None and row.expires <= true_now():
        return render(request, "credentials/asked.html", {**context, "is_over": True}, status=410)
    if row.answered_at is not None and not asking.has_come_back(row, request.GET.get("response_code", "")):
        return render(request, "credentials/asked.html", {**context, "is_elsewhere": True}, status=403)
    if row.problem:
        return render(request, "credentials/asked.html", {**context, "is_declined": True})
    seen = asking.take(number)
    if seen is None:
        link = asking.link(row)
        svg = "" if row.is_same_device else QrCode.of_link(link).svg()
        context |= {"link": link, "svg": svg, "until": row.expires, "for_browser": _for_browser(row)}
        return render(request, "credentials/asked.html", context)
    text = VERDICT_SENTENCES[Verdict(seen.verdict)]
    context |= {
        "verdict": seen.verdict,
        "sentence": spoken(Text(zh=text.zh, en=text.en)),
        "issuer": spoken(issuers.name_of(seen.issuer)) if seen.issuer else "",
        "lines": claim_lines(kind, seen.claims),
        "as_of": seen.as_of,
        "agreed": seen.agreed,
    }
    return render(request, "credentials/asked.html", context)


@require_POST
@never_cache
@limits.counted(limits.COUNTERS)
def shown(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """What a wallet showed through the browser that asked (Digital Credentials API), and through no other."""
    if str(number) not in request.session.get(_SESSION, []):
        raise Http404
    given = {name: request.POST[name] for name in ("error", "response") if request.POST.get(name)}
    try:
        secret = asking.answer_by_browser(number, urlencode(given).encode())
    except OpenIdRefused:
        return render(request, "credentials/asked.html", {"is_unreadable": True}, status=400)
    address = reverse("verify-asked", kwargs={"number": number})
    return redirect(f"{address}?{urlencode({'response_code': secret})}")


def _for_browser(row: Asked) -> str:
    """The request for a browser that finds wallets; empty where the node cannot prove who asks any more."""
    try:
        return asking.for_browser(row)
    except NoReader:
        return ""


def _offered(kind: CredentialType) -> list[tuple[str, dict[str, str]]]:
    """The claims to choose from; a photo's digest tells nobody at a counter anything."""
    return [
        (str(claim.path[0]), {"zh": claim.zh, "en": claim.en})
        for claim in kind.claims
        if len(claim.path) == 1 and claim.path != (portraits.CLAIM,)
    ]
