"""What a wallet calls to get credentials: OpenID4VCI 1.0 with pushed requests, PKCE and DPoP (HAIP 1.0).

Promises: a wrong request is answered by the standards' own error codes and a sentence; nothing is cached.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tongban.credentials.openid import (
    MEDIA_TYPE,
    WALLET_HEADER,
    WALLET_PROOF_HEADER,
    AttestedWallet,
    DpopProof,
    OpenIdError,
    OpenIdRefused,
    Recipient,
    check_dpop,
    read_authorisation_request,
    read_credential_request,
    read_deferred_request,
    read_form,
    read_notification_request,
    read_recipient,
    read_token_request,
    server_metadata,
)
from tongban.node.clock import true_now
from tongban.node.credentials import issuers, limits
from tongban.node.credentials.lists import ListFull
from tongban.node.credentials.wallets import (
    addresses,
    authorising,
    describing,
    encrypting,
    handing,
    makers,
    offering,
    tokens,
)
from tongban.node.credentials.wallets.models import Access
from tongban.node.translog.api import LogUnavailable

P = ParamSpec("P")
MOST_BYTES = 256 * 1024
_METADATA_TYPES = ["application/json", MEDIA_TYPE]
_MAY_BE_READ_ANYWHERE = {"Access-Control-Allow-Origin": "*"}


def _answers(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view, with refusals told as the standards want them."""

    @wraps(view)
    def answering(request: HttpRequest, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
        try:
            response = view(request, *arguments, **named)
        except OpenIdRefused as refused:
            response = JsonResponse(refused.to_json(), status=refused.status)
            if refused.status == 401:
                response.headers["WWW-Authenticate"] = f'DPoP error="{refused.error.value}"'
        except issuers.NoIssuer:
            response = HttpResponse(status=404)
        except (LogUnavailable, ListFull):
            response = JsonResponse({"error": "temporarily_unavailable"}, status=503)
            response.headers["Retry-After"] = "30"
        response.headers["Cache-Control"] = "no-store"
        return response

    return answering


@require_safe
@_answers
def issuer(request: HttpRequest) -> HttpResponse:
    """What this node issues, and where; signed for wallets that ask for that rather than for JSON."""
    told = describing.document()
    headers = {**_MAY_BE_READ_ANYWHERE, "Vary": "Accept"}
    signed = describing.signed(told) if request.get_preferred_type(_METADATA_TYPES) == MEDIA_TYPE else None
    if signed is None:
        return JsonResponse(told, headers=headers)
    return HttpResponse(signed, content_type=MEDIA_TYPE, headers=headers)


@require_safe
@_answers
def server(_request: HttpRequest) -> HttpResponse:
    """How wallets are let in."""
    return JsonResponse(
        server_metadata(addresses.endpoints(), only_attested=makers.are_required()),
        headers=_MAY_BE_READ_ANYWHERE,
    )


@require_safe
@limits.counted(limits.WALLETS, limits.as_openid)
@_answers
def offer(_request: HttpRequest, name: str) -> HttpResponse:
    """An offer that a wallet was led to."""
    found = offering.read(name)
    if found is None:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "the offer was taken up or has ended")
    return JsonResponse(found.to_json())


@csrf_exempt
@require_POST
@limits.counted(limits.WALLETS, limits.as_openid, cost=5)
@_answers
def pushed(request: HttpRequest) -> HttpResponse:
    """Take a wallet's authorisation request before its holder's browser comes."""
    asked = read_authorisation_request(read_form(_body(request)))
    wallet = _wallet(request, asked.client_id)
    proof = _proof(request, addresses.endpoints().pushed_authorisation) if _dpop(request) else None
    name = authorising.push(asked, proof.thumbprint if proof else "", wallet.maker if wallet else "")
    lifetime = int(authorising.REQUEST_LIFETIME.total_seconds())
    return JsonResponse({"request_uri": name, "expires_in": lifetime}, status=201)


@csrf_exempt
@require_POST
@limits.counted(limits.WALLETS, limits.as_openid, cost=2)
@_answers
def token(request: HttpRequest) -> HttpResponse:
    """An access token for a code."""
    asked = read_token_request(read_form(_body(request)))
    wallet = _wallet(request, asked.client_id)
    proof = _proof(request, addresses.endpoints().token)
    return JsonResponse(handing.give_token(asked, proof, wallet))


@csrf_exempt
@require_POST
@limits.counted(limits.WALLETS, limits.as_openid)
@_answers
def nonce(_request: HttpRequest) -> HttpResponse:
    """A nonce for the proofs of one request."""
    tokens.clear()
    return JsonResponse({"c_nonce": tokens.nonces().fresh(true_now())})


@csrf_exempt
@require_POST
@limits.counted(limits.WALLETS, limits.as_openid, cost=2)
@_answers
def credential(request: HttpRequest) -> HttpResponse:
    """Copies of the credential that the token opens."""
    access = _access(request, addresses.endpoints().credential)
    body, was_sealed = encrypting.opened(_body(request), request.content_type or "")
    asked = read_credential_request(body)
    recipient = read_recipient(asked.credential_response_encryption, was_sealed=was_sealed)
    return _told(handing.hand_out(access, asked), recipient)


@csrf_exempt
@require_POST
@limits.counted(limits.WALLETS, limits.as_openid, cost=2)
@_answers
def deferred(request: HttpRequest) -> HttpResponse:
    """Copies of what was not decided yet when the wallet asked; or that it still is not."""
    access = _access(request, addresses.endpoints().deferred)
    body, was_sealed = encrypting.opened(_body(request), request.content_type or "")
    asked = read_deferred_request(body)
    recipient = read_recipient(asked.credential_response_encryption, was_sealed=was_sealed)
    return _told(handing.collect(access, asked), recipient)


def _told(members: Mapping[str, object], recipient: Recipient | None) -> HttpResponse:
    """A credential response: the copies, or with status 202 what to come again with."""
    status = 202 if "transaction_id" in members else 200
    if recipient is None:
        return JsonResponse(members, status=status)
    return HttpResponse(recipient.seal(members), content_type=MEDIA_TYPE, status=status)


@csrf_exempt
@require_POST
@limits.counted(limits.WALLETS, limits.as_openid)
@_answers
def notification(request: HttpRequest) -> HttpResponse:
    """What became of copies in the wallet."""
    access = _access(request, addresses.endpoints().notification)
    handing.note(access, read_notification_request(_body(request)))
    return HttpResponse(status=204)


def _body(request: HttpRequest) -> bytes:
    length = request.headers.get("Content-Length", "")
    if length.isdigit() and int(length) > MOST_BYTES:
        raise OpenIdRefused(OpenIdError.INVALID_REQUEST, "the body is too large")
    return request.body


def _wallet(request: HttpRequest, client_id: str | None) -> AttestedWallet | None:
    """The wallet that the request authenticates, which must be the one it names. Raises OpenIdRefused."""
    headers = request.headers
    wallet = makers.check(headers.get(WALLET_HEADER, ""), headers.get(WALLET_PROOF_HEADER, ""))
    if wallet is not None and client_id not in {None, wallet.client_id}:
        raise OpenIdRefused(OpenIdError.INVALID_CLIENT, "client_id: expected that of the attestation")
    return wallet


def _dpop(request: HttpRequest) -> str:
    return request.headers.get("DPoP", "")


def _access(request: HttpRequest, uri: str) -> Access:
    """What the request's token opens, once its proof held."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "dpop" or not given:
        raise OpenIdRefused(OpenIdError.INVALID_TOKEN, "Authorization: expected DPoP and an access token")
    access = handing.find_access(given)
    _proof(request, uri, access_token=given, thumbprint=access.thumbprint)
    return access


def _proof(
    request: HttpRequest, uri: str, *, access_token: str | None = None, thumbprint: str | None = None
) -> DpopProof:
    """The proof of the wallet's key, used once. Raises OpenIdRefused."""
    given = _dpop(request)
    if not given:
        raise OpenIdRefused(OpenIdError.INVALID_DPOP_PROOF, "DPoP: expected a proof of the wallet's key")
    proof = check_dpop(
        given,
        method=request.method or "",
        uri=uri,
        now=true_now(),
        access_token=access_token,
        thumbprint=thumbprint,
    )
    if not tokens.spend(f"dpop {proof.thumbprint} {proof.id}", proof.expires_at):
        raise OpenIdRefused(OpenIdError.INVALID_DPOP_PROOF, "jti: the proof was used")
    return proof
