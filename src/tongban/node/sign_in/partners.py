"""The other nodes whose sign-in counts here, and which take this node's (OpenID Connect, both ways).

Promises: what is configured is registered at start; a partner that is no longer configured can do nothing.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from allauth.idp.oidc.models import Client
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.urls import reverse

from tongban.node.config import SIGN_IN_SCOPES, SignInPartner, read_secret, this_node
from tongban.node.people.models import Account
from tongban.services import Text

_KEY_BITS = 3072
_PAGES = "tongban.node.sign_in.urls"
"""These pages lie at the root of every node; the other pages need not be loaded to know where."""


@dataclass(frozen=True)
class Partner:
    """A node whose sign-in counts here, as the sign-in page shows it."""

    node: str
    title: Text
    address: str


def of_this_node() -> tuple[Partner, ...]:
    """Every configured partner."""
    return tuple(_shown(partner) for partner in this_node().sign_in_partners)


def linked(account: Account) -> tuple[Partner, ...]:
    """The partners with whose account the person has signed in here."""
    known = set(SocialAccount.objects.filter(user=account).values_list("provider", flat=True))
    return tuple(partner for partner in of_this_node() if partner.node in known)


def origins() -> tuple[str, ...]:
    """Where a form of this node may lead to besides the node itself: the partners' pages."""
    return tuple(partner.pages_url for partner in this_node().sign_in_partners)


def register() -> None:
    """Make the key that signs this node's statements, and let exactly the configured partners ask for them.

    Raises ConfigError for a missing secret.
    """
    _make_key(this_node().sign_in_key_path)
    partners = this_node().sign_in_partners
    with transaction.atomic():
        others = Client.objects.exclude(grant_types=Client.GrantType.CLIENT_CREDENTIALS)
        others.exclude(pk__in=[partner.node for partner in partners]).delete()
        for partner in partners:
            _register(partner)


def _register(partner: SignInPartner) -> None:
    path = this_node().home / partner.their_secret_path
    secret = read_secret(path, f"what this node knows {partner.node} by").decode()
    client = Client.objects.filter(pk=partner.node).first()
    if client is None:
        client = Client(pk=partner.node, secret=make_password(secret))
    elif not check_password(secret, client.secret):
        client.secret = make_password(secret)
    client.name = partner.title.zh
    client.type = Client.Type.CONFIDENTIAL
    client.scopes = "\n".join(SIGN_IN_SCOPES)
    client.default_scopes = client.scopes
    callback = reverse("openid_connect_callback", _PAGES, kwargs={"provider_id": this_node().name})
    client.set_redirect_uris([f"{partner.pages_url}{callback}"])
    client.save()


def _make_key(path: Path) -> None:
    if path.exists():
        return
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(pem)
    unfinished.replace(path)


def _shown(partner: SignInPartner) -> Partner:
    title = Text(zh=partner.title.zh, en=partner.title.en)
    return Partner(partner.node, title, urlsplit(partner.pages_url).netloc)
