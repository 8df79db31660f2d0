"""This node as the one that vouches for its citizens towards partners (OpenID Connect provider).

Promises: officers' accounts vouch for nobody; what is passed on is name and ID number, never in an address,
after the citizen agreed; each passing on stands among the looks at the person's data.
"""

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any, Literal

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, PrivateKey
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from tongban.node.config import this_node
from tongban.node.people import access
from tongban.node.people.models import Account, Person
from tongban.services import Text

_PURPOSE = Text(
    zh="用本地账号登录另一地的门户", en="Signing in to the other side's portal with the account here"
)
_BASIS = Text(zh="您在登录时同意", en="You agreed when signing in")


class ProviderAdapter(DefaultOIDCAdapter):
    """What partners learn of a citizen."""

    scope_display = {  # noqa: RUF012 - as allauth has it
        "openid": _("您在本地有账号，并且刚刚登录过"),
        "identity": _("您的姓名和公民身份号码，用来找到您在另一地的办件"),
    }

    def get_issuer(self) -> str:
        """The node's address, however it was reached."""
        return this_node().pages_url

    def list_private_keys(
        self, *, did_activate: Literal[True] | None = None, is_active: Literal[True] | None = None
    ) -> list[PrivateKey]:
        """The one key in the node's home."""
        return [PrivateKey(pem=this_node().sign_in_key_path.read_text(encoding="ascii"))]

    def get_user_sub(self, client: Client, user: AbstractBaseUser) -> str:
        """A pseudonym of the account that differs from partner to partner; only this node can read it."""
        _person(user)
        return _subject_cipher().encrypt(str(user.pk).encode(), [client.pk.encode()]).hex()

    def get_user_by_sub(self, client: Client, sub: str) -> AbstractBaseUser | None:
        """Whose pseudonym it is; None for one that this node did not make for this partner."""
        try:
            number = _subject_cipher().decrypt(bytes.fromhex(sub), [client.pk.encode()])
        except (InvalidTag, ValueError):
            return None
        return Account.objects.filter(pk=int(number), is_active=True).first()

    def get_claims(
        self,
        purpose: Literal["id_token", "userinfo"],
        user: AbstractBaseUser,
        client: Client,
        scopes: Iterable[str],
        email: str | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """The subject; to the partner's server itself also name and ID number, which is recorded."""
        person = _person(user)
        claims: dict[str, Any] = {"sub": self.get_user_sub(client, user)}
        if purpose == "userinfo" and "identity" in scopes:
            access.record_sign_in(person=person, partner=client.pk, basis=_BASIS, purpose=_PURPOSE)
            claims |= {"name": person.name, "resident_id": person.resident_id}
        return claims


def _subject_cipher() -> AESSIV:
    return AESSIV(hmac.new(this_node().secret_bytes(), b"sign-in-subject", hashlib.sha512).digest())


def _person(user: AbstractBaseUser) -> Person:
    if not isinstance(user, Account) or user.person is None:
        raise PermissionDenied
    return user.person
