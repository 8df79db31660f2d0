"""Signing in and out: Django's accounts and sessions, with errors that say what to do."""

from typing import Any

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tongban.node.people.rights import officer_of
from tongban.node.portal import throttle


class SignInForm(AuthenticationForm):
    """User name and password."""

    def clean(self) -> dict[str, Any]:
        """Check the password unless there were too many failures; says how long to wait."""
        username = self.cleaned_data.get("username") or ""
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        if throttle.must_wait(username, address):
            raise forms.ValidationError(
                _("试的次数太多了。请过 %(minutes)s 分钟再试；忘记密码请到窗口重设。"),
                code="throttled",
                params={"minutes": int(throttle.WINDOW.total_seconds() // 60)},
            )
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            throttle.failed(username, address)
            raise
        throttle.succeeded(username)
        return dict(cleaned)

    def get_invalid_login_error(self) -> forms.ValidationError:
        """The same words whether the name or the password is wrong."""
        return forms.ValidationError(_("账号或密码不对。请检查后再输入一次。"), code="invalid_login")


class SignIn(LoginView):
    """The sign-in page; leads on to where the person wanted to go."""

    template_name = "portal/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_default_redirect_url(self) -> str:
        """Officers go to their inbox, citizens to their cases."""
        return reverse("inbox" if officer_of(self.request.user) else "my-cases")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go home."""
    logout(request)
    return redirect("home")
