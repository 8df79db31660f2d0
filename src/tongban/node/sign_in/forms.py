"""User name and password, slowed when somebody guesses."""

from typing import TYPE_CHECKING, Any

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from tongban.node.people.models import Account
from tongban.node.portal import throttle

if TYPE_CHECKING:
    _SetPasswordForm = SetPasswordForm[Account]
else:
    _SetPasswordForm = SetPasswordForm


class NewPasswordForm(_SetPasswordForm):
    """Another password, twice; the rules are those of the node's settings."""

    error_messages = {  # noqa: RUF012 - as Django's forms have it
        "password_mismatch": _("两次输入的密码不一样。请再输入一次。"),
    }

    def __init__(self, account: Account, sent: Any = None) -> None:
        super().__init__(account, sent)
        for name, told in (("new_password1", _("请输入新密码")), ("new_password2", _("请再输入一次新密码"))):
            self.fields[name].error_messages["required"] = told


class SignInForm(LoginForm):
    """The first step of signing in; says how long to wait after too many failures."""

    error_messages = {  # noqa: RUF012 - as Django's forms have it
        "username_password_mismatch": _("账号或密码不对。请检查后再输入一次。"),
        "account_inactive": _("这个账号已停用。请到就近的社保、医保窗口询问。"),
    }

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["login"].error_messages["required"] = _("请输入账号")
        self.fields["password"].error_messages["required"] = _("请输入密码")

    def add_prefix(self, field_name: str) -> str:
        """The user name travels as `username`, which password managers know."""
        return super().add_prefix("username" if field_name == "login" else field_name)

    def clean(self) -> dict[str, Any]:
        """Check the password unless there were too many failures for this account or this address."""
        username = self.cleaned_data.get("login") or ""
        address = self.request.META.get("REMOTE_ADDR", "")
        if throttle.must_wait(username, address):
            raise forms.ValidationError(
                _("试的次数太多了。请过 %(minutes)s 分钟再试；忘记密码请到窗口重设。"),
                code="throttled",
                params={"minutes": int(throttle.WINDOW.total_seconds() // 60)},
            )
        try:
            cleaned: dict[str, Any] = super().clean()  # type: ignore[no-untyped-call]
        except forms.ValidationError:
            throttle.failed(username, address)
            raise
        if cleaned.get("password"):
            throttle.succeeded(username)
        return cleaned
