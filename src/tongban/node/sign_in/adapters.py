"""What of django-allauth a node decides itself: who may sign up, how secrets are stored, where to go.

Promises: the secret of a one-time code is in the database only under a key of the node's own.
"""

import base64
import hashlib
import hmac

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tongban.node.config import this_node
from tongban.node.people.rights import officer_of
from tongban.node.theme.wording import spoken
from tongban.services import Text


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened at a counter or by the other side's sign-in, never by a form of one's own."""

    error_messages = {  # noqa: RUF012 - as allauth has it
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("账号或密码不对。请检查后再输入一次。"),
        "too_many_login_attempts": _("试的次数太多了。请过几分钟再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Officers go to their inbox, citizens to their cases."""
        return reverse("inbox" if officer_of(request.user) else "my-cases")

    def add_message(self, *_arguments: object, **_named: object) -> None:
        """Pages say what happened themselves."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """One-time codes and passkeys under the node's name."""

    error_messages = {  # noqa: RUF012 - as allauth has it
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不对，或者已经过期。请输入应用里现在显示的六位数字。"),
    }

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """What the authenticator app shows: the user name."""
        return user.get_username()

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows above it: the node's name."""
        title = this_node().title
        return spoken(Text(zh=f"通办 {title.zh}", en=f"Tongban {title.en}"))

    def encrypt(self, text: str) -> str:
        """Under a key derived from the node's secret."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The counterpart; raises cryptography's InvalidToken when the node's secret was replaced."""
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> Fernet:
    key = hmac.new(this_node().secret_bytes(), b"second-factor", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(key))
