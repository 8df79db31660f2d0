"""How much one address may ask of what is open to everybody: so much a minute, then it has to wait.

Promises: counted in the database, so that all processes of a node agree; only a digest of the address is
kept, for a minute. Who has to wait is told `too-many` (429) and for how long, and nothing was changed.
"""

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from allauth.account.adapter import get_adapter
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from tongban.credentials import Code
from tongban.credentials.openid import OpenIdError, OpenIdRefused
from tongban.node.clock import true_now
from tongban.node.credentials.models import Counted
from tongban.node.credentials.wallets import tokens
from tongban.node.theme import errors

P = ParamSpec("P")
WINDOW_SECONDS = 60
_COUNT = """
INSERT INTO credentials_counted (name, until, spent) VALUES (%s, to_timestamp(%s), %s)
ON CONFLICT (name) DO UPDATE SET spent = credentials_counted.spent + excluded.spent
RETURNING spent
"""


@dataclass(frozen=True)
class Budget:
    """What one address may spend a minute on one kind of request; `name` keeps the kinds apart."""

    name: str
    a_minute: int


WALLETS = Budget("wallets", 300)
"""Wallets of other makers; many may come from one address of a mobile network."""
COUNTERS = Budget("counters", 120)
"""People who verify a code or ask a wallet at a page."""
NODES = Budget("nodes", 3000)
"""Other nodes, each of which asks for all of its counters from one address."""

Told = Callable[[HttpRequest, int], HttpResponse]
"""The answer to whoever has to wait so many seconds."""


def as_openid(_request: HttpRequest, _seconds: int) -> HttpResponse:
    """For wallets: in the form of OAuth's errors."""
    refused = OpenIdRefused(OpenIdError.TOO_MANY, "too many requests from this address; wait, then ask again")
    return JsonResponse(refused.to_json())


def as_json(_request: HttpRequest, _seconds: int) -> HttpResponse:
    """For other nodes: a refusal of the credentials' library."""
    return JsonResponse({"refused": Code.TOO_MANY.value})


def counted(
    budget: Budget, told: Told = errors.too_many, cost: int = 1
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponse]],
    Callable[Concatenate[HttpRequest, P], HttpResponse],
]:
    """Have a view answer an address only within its budget; looking at a page with a form costs nothing."""

    def within(
        view: Callable[Concatenate[HttpRequest, P], HttpResponse],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def answering(request: HttpRequest, /, *arguments: P.args, **named: P.kwargs) -> HttpResponse:
            is_page = told is errors.too_many
            if is_page and request.method != "POST":
                return view(request, *arguments, **named)
            wait = spend(address_of(request), budget, cost)
            if not wait:
                return view(request, *arguments, **named)
            response = told(request, wait)
            response.status_code = 429
            response.headers["Retry-After"] = str(wait)
            response.headers["Cache-Control"] = "no-store"
            return response

        return answering

    return within


def spend(address: str, budget: Budget, cost: int) -> int:
    """Spend from the address' budget of this minute: 0 if there was enough, else the seconds to wait."""
    now = int(true_now().timestamp())
    until = now - now % WINDOW_SECONDS + WINDOW_SECONDS
    name = tokens.digest(tokens.derived(f"{budget.name} {address} {until}", "counted"))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [name, until, cost])
        (spent,) = cursor.fetchone()
    if spent == cost:
        Counted.objects.filter(until__lt=true_now()).delete()
    return 0 if spent <= budget.a_minute else until - now


def address_of(request: HttpRequest) -> str:
    """Who asks: an address of IPv4, or the network of 64 bits that one connection of IPv6 has."""
    told = get_adapter(request).get_client_ip(request)
    address = ipaddress.ip_address(told)
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
