"""What a wallet calls to show something: the signed request, and where the encrypted answer goes."""

import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tongban.credentials.openid import OpenIdRefused
from tongban.credentials.openid.requests import MEDIA_TYPE
from tongban.node.clock import true_now
from tongban.node.credentials import limits
from tongban.node.credentials.wallets import asking
from tongban.node.credentials.wallets.models import Asked


@require_safe
@never_cache
@limits.counted(limits.WALLETS, limits.as_openid)
def request_object(_request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """What is asked, signed by the verifier."""
    asked = Asked.objects.filter(pk=number, answered_at=None, expires__gt=true_now()).first()
    if asked is None:
        return HttpResponse(status=404)
    return HttpResponse(asked.request, content_type=MEDIA_TYPE)


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
