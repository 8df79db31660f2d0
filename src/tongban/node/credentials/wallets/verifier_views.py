"""What a wallet calls to show something: the signed request, and where the encrypted answer goes."""

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from tongban.credentials.openid import OpenIdRefused, read_wallet_nonce
from tongban.credentials.openid.requests import MEDIA_TYPE
from tongban.node.clock import true_now
from tongban.node.credentials import limits
from tongban.node.credentials.wallets import asking
from tongban.node.credentials.wallets.models import Asked


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@limits.counted(limits.WALLETS, limits.as_openid)
def request_object(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """What is asked, signed by the verifier; to a wallet that posts its nonce, together with that."""
    asked = Asked.objects.filter(pk=number, answered_at=None, expires__gt=true_now()).first()
    if asked is None:
        return HttpResponse(status=404)
    try:
        nonce = read_wallet_nonce(request.body)
    except OpenIdRefused as refused:
        return JsonResponse(refused.to_json(), status=refused.status)
    text = asking.for_wallet(asked, nonce) if nonce else asked.request
    if text is None:
        return HttpResponse(status=404)
    return HttpResponse(text, content_type=MEDIA_TYPE)


@csrf_exempt
@require_POST
@never_cache
@limits.counted(limits.WALLETS, limits.as_openid, cost=5)
def answer(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Take what a wallet shows."""
    try:
        led_to = asking.answer(number, request.body)
    except OpenIdRefused as refused:
        return JsonResponse(refused.to_json(), status=refused.status)
    return JsonResponse({"redirect_uri": led_to} if led_to else {})
