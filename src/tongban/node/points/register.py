"""Points of service brought into the node: their names, what they may submit, the secret of their system.

Promises: the secret is told once and kept as a hash; a closed point's tokens open nothing any more.
"""

import re
import secrets

from allauth.idp.oidc.models import Client, Token
from django.db import transaction

from tongban.node.casework import catalogue
from tongban.node.clock import now
from tongban.node.points.models import Point
from tongban.services import Text

SCOPE = "bills"
SWEEP_SECONDS = 3600
_SECRET_BYTES = 32
_PREFIX = "point."
"""How the ids of their clients begin, so that no partner node can have the same."""
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_BILLS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,19}")


class NotRegistered(ValueError):
    """The point cannot be registered so; the text says what to change."""


def open_point(code: str, name: Text, service: str, bills: str) -> str:
    """Register a point and give its system's secret, or a new secret to one that is there.

    Raises NotRegistered, and casework's Refused for a service that is not open here.
    """
    if catalogue.service(service).definition.settlement is None:
        raise NotRegistered(f"--service: {service} settles no bills; name a service of kind settlement")
    if not _CODE.fullmatch(code):
        raise NotRegistered(f"{code}: expected 2 to 40 small letters, digits and hyphens")
    if not _BILLS.fullmatch(bills):
        raise NotRegistered(f"--bills: expected 2 to 20 letters, digits, full stops, hyphens; not {bills!r}")
    others = Point.objects.exclude(pk=code).values_list("code", "bills")
    for other, theirs in others:
        if theirs.startswith(bills) or bills.startswith(theirs):
            raise NotRegistered(f"--bills: numbers beginning with {theirs} are those of {other}")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    said = {"name_zh": name.zh, "name_en": name.en, "service": service, "bills": bills, "closed_at": None}
    with transaction.atomic():
        Point.objects.update_or_create(code=code, defaults=said, create_defaults={**said, "opened_at": now()})
        _forget(code)
        client = Client(pk=client_id(code), name=name.zh, type=Client.Type.CONFIDENTIAL)
        client.set_secret(secret)
        client.set_scopes([SCOPE])
        client.set_default_scopes([SCOPE])
        client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
        client.response_types = ""
        client.save(force_insert=True)
    return secret


def close_point(code: str) -> bool:
    """Close a point and make its tokens worthless; False when there is none. Its bills stay on record."""
    with transaction.atomic():
        _forget(code)
        return bool(Point.objects.filter(pk=code).update(closed_at=now()))


def point_of(token: str) -> Point | None:
    """The point whose system was given this access token; None for one that is worthless now."""
    found = Token.objects.lookup(Token.Type.ACCESS_TOKEN, token)
    if found is None or found.client_id is None or SCOPE not in found.get_scopes():
        return None
    return Point.objects.filter(pk=found.client_id.removeprefix(_PREFIX), closed_at=None).first()


def forget_expired_tokens() -> None:
    """Remove tokens that nobody can use any more."""
    Token.objects.expired().delete()


def client_id(code: str) -> str:
    """The id by which the point's system asks for tokens."""
    return _PREFIX + code


def _forget(code: str) -> None:
    Client.objects.filter(pk=client_id(code)).delete()
