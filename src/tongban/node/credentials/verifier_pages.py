"""The verifier's page for counters and for the road, and what it takes along where there is no network.

Promises: the page tells no more than the holder disclosed, and stores nothing of it.
"""

from base64 import b64encode
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from pydantic import ValidationError

from tongban.credentials import SENTENCES, Code, CredentialRefused
from tongban.credentials.codes import offline, online
from tongban.credentials.codes.offline import read_offline_code
from tongban.credentials.jwk import to_jwk
from tongban.credentials.status import MEDIA_TYPE, cwt
from tongban.credentials.trust import Untrusted, Use
from tongban.credentials.types import traditional
from tongban.credentials.verdict import VERDICT_SENTENCES, Verdict
from tongban.node.clock import true_now
from tongban.node.credentials import copies, issuers, limits, lists, redeeming, showing
from tongban.node.credentials.wording import claim_lines
from tongban.node.theme.wording import spoken
from tongban.services import Text

MOST_CHARACTERS = 2000
_WORKER = Path(__file__).parent / "static" / "credentials" / "worker.js"


@require_http_methods(["GET", "POST"])
@never_cache
@limits.counted(limits.COUNTERS)
def verify(request: HttpRequest) -> HttpResponse:
    """Scan or paste a code; the verdict and what it shows."""
    if request.method != "POST":
        return render(request, "credentials/verify.html", {})
    context = _verdict(request.POST.get("code", "").strip()[:MOST_CHARACTERS], request.POST.get("who", ""))
    return render(request, "credentials/verify.html", context, status=200 if "verdict" in context else 422)


@require_safe
@never_cache
@gzip_page
def bundle(_request: HttpRequest) -> JsonResponse:
    """Trust list, types and status lists, for the page to verify without a network for a day."""
    now = true_now()
    trust = issuers.trust_list(now)
    keys = [
        {
            "issuer": key.issuer,
            "jwk": {**to_jwk(key.key), "kid": key.key.keyid},
            "types": sorted(key.types),
            "from": key.valid_from.isoformat(),
            "until": key.valid_until.isoformat() if key.valid_until else None,
            "revoked": key.revoked_at.isoformat() if key.revoked_at else None,
            "lists": list(key.lists),
        }
        for key in trust.keys
        if Use.CODE in key.uses
    ]
    types = [
        _in_three_scripts(kind.model_dump(mode="json", exclude={"sources", "description"}))
        for kind in issuers.types().values()
    ]
    tokens = {uri: {"issuer": issuer, "token": token} for uri, (issuer, token) in copies.tokens().items()}
    names = {
        key.issuer: _in_three_scripts({"zh": name.zh, "en": name.en})
        for key in trust.keys
        if not isinstance(name := issuers.name_of(key.issuer), str)
    }
    verdicts = {
        verdict.value: _in_three_scripts({"zh": text.zh, "en": text.en})
        for verdict, text in VERDICT_SENTENCES.items()
    }
    return JsonResponse(
        {
            "as_of": now.isoformat(),
            "fresh_until": trust.fresh_until.isoformat(),
            "keys": keys,
            "issuers": names,
            "types": types,
            "lists": tokens,
            "verdicts": verdicts,
        }
    )


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The script that keeps the page at hand without a network; served from where its scope begins."""
    return HttpResponse(_WORKER.read_bytes(), content_type="text/javascript")


@csrf_exempt
@require_POST
@never_cache
@limits.counted(limits.NODES, limits.as_json)
def redeem(request: HttpRequest) -> HttpResponse:
    """What a code for a minute of this node stands for, to a verifier at another node (JSON in and out)."""
    try:
        asked = redeeming.Asked.model_validate_json(request.body[: redeeming.MOST_BYTES])
    except ValidationError as error:
        return _unreadable(error)
    try:
        given = redeeming.give(asked)
        photo = b64encode(given.photo).decode("ascii") if given.photo else None
        return JsonResponse({"presentation": given.presentation, "photo": photo})
    except CredentialRefused as refused:
        return JsonResponse({"refused": refused.code.value}, status=409)
    except Untrusted:
        return JsonResponse({"refused": Code.UNKNOWN_ISSUER.value}, status=409)


def _unreadable(error: ValidationError) -> JsonResponse:
    first = error.errors(include_url=False, include_input=False)[0]
    path = ".".join(str(step) for step in first["loc"])
    return JsonResponse({"path": path, "expected": first["msg"]}, status=400)


@require_safe
@cache_control(public=True, max_age=int(lists.FETCH_AGAIN.total_seconds()))
@vary_on_headers("Accept")
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    """One of this node's status lists, signed: as JWT, or as CWT for who accepts that and names no JWT."""
    accepted = request.headers.get("Accept", "")
    is_cwt = cwt.MEDIA_TYPE in accepted and MEDIA_TYPE not in accepted
    try:
        token = lists.signed_cwt(number) if is_cwt else lists.signed(number)
    except issuers.NoIssuer:
        token = None
    if token is None:
        return HttpResponse(status=404)
    response = HttpResponse(token, content_type=cwt.MEDIA_TYPE if is_cwt else MEDIA_TYPE)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _in_three_scripts(value: Any) -> Any:
    """The value with the traditional form, `hant`, beside every Chinese text in it."""
    if isinstance(value, list):
        return [_in_three_scripts(one) for one in value]
    if not isinstance(value, dict):
        return value
    told = {name: _in_three_scripts(inner) for name, inner in value.items()}
    return told | ({"hant": traditional(value["zh"])} if isinstance(value.get("zh"), str) else {})


def _verdict(code: str, who: str) -> dict[str, Any]:
    photo: bytes | None = None
    try:
        if code.startswith(online.PREFIX):
            redeemed = redeeming.redeem(code, who)
            found: Any = redeemed.found
            photo = redeemed.photo
        elif code.startswith(offline.PREFIX):
            found = read_offline_code(code, showing.known(), now=true_now())
        else:
            return {"code": code, "problem": _("这不是通办的证照码。请对准证照码重新扫描。")}
    except CredentialRefused as refused:
        sentence = SENTENCES[refused.code]
        return {
            "code": code,
            "problem": spoken(Text(zh=sentence.zh, en=sentence.en)),
            "reason": refused.code.value,
        }
    except redeeming.IssuerAway:
        return {"code": code, "problem": _("签发地的系统暂时没有回应。请稍后再试，或者请对方出示离线码。")}
    except Untrusted as untrusted:
        return {"code": code, **_told(untrusted.verdict)}
    told = _told(found.verdict)
    if found.kind is None:
        return {"code": code, **told}
    name = spoken(Text(zh=found.kind.name.zh, en=found.kind.name.en))
    return {
        "code": code,
        **told,
        "kind": name,
        "issuer": spoken(issuers.name_of(found.issuer)),
        "lines": claim_lines(found.kind, found.claims),
        "photo": b64encode(photo).decode("ascii") if photo else "",
        "as_of": found.status_as_of,
    }


def _told(verdict: Verdict) -> dict[str, Any]:
    text = VERDICT_SENTENCES[verdict]
    return {
        "verdict": verdict.value,
        "sentence": spoken(Text(zh=text.zh, en=text.en)),
        "is_valid": verdict is Verdict.VALID,
    }
