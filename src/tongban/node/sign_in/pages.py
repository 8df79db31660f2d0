"""The pages of signing in and out, and of an account's security: second factors and sessions."""

from allauth.account.internal.flows.reauthentication import is_reauthentication_required
from allauth.account.views import LoginView
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.node.people import permissions
from tongban.node.people.models import Account
from tongban.node.people.rights import officer_of
from tongban.node.sign_in import partners, second_factor, sessions
from tongban.node.sign_in.forms import NewPasswordForm, SignInForm

_INVALID = 422
_CHANGED = "password_changed"


@method_decorator(never_cache, name="dispatch")
class SignIn(LoginView):
    """The sign-in page; leads on to where the person wanted to go."""

    form_class = SignInForm
    template_name = "sign_in/sign_in.html"

    def get_context_data(self, **named: object) -> dict[str, object]:
        """Besides the form: the other sides whose sign-in counts here."""
        return super().get_context_data(**named) | {
            "partners": partners.of_this_node(),
            "next": self.request.POST.get("next") or self.request.GET.get("next", ""),
        }


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and go home."""
    logout(request)
    return redirect("home")


@require_safe
@never_cache
@login_required
def security(request: HttpRequest) -> HttpResponse:
    """Second factors and where the account is signed in."""
    account = request.user
    assert isinstance(account, Account)
    officer = officer_of(account)
    context = {
        "is_officer": officer is not None,
        "is_operator": officer is not None and permissions.may(officer, permissions.Act.ADMINISTER),
        "sessions": sessions.sessions_of(account, request),
        "factors": second_factor.factors_of(account),
        "is_owed": officer is not None and second_factor.is_owed(account),
        "is_citizen": account.person is not None,
        "linked": partners.linked(account),
        "has_password": account.has_usable_password(),
        "is_changed": request.session.pop(_CHANGED, False),
    }
    return render(request, "sign_in/security.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Give the account another password, after who it is was confirmed anew; its other sessions end.

    What was sent too late is not kept for after that: it holds a password.
    """
    account = request.user
    assert isinstance(account, Account)
    if not account.has_usable_password():
        raise Http404
    if is_reauthentication_required(request, app="account"):
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}")
    form = NewPasswordForm(account, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return render(
            request, "sign_in/password.html", {"form": form}, status=_INVALID if form.errors else 200
        )
    form.save()
    sessions.end_others(account, request)
    update_session_auth_hash(request, account)
    request.session[_CHANGED] = True
    return redirect("security")


@require_POST
@login_required
def end_session(request: HttpRequest, key: int) -> HttpResponse:
    """End one of one's own sessions."""
    assert isinstance(request.user, Account)
    if not sessions.end(request.user, key):
        raise Http404
    return redirect("security")


@require_POST
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's sessions but this one."""
    assert isinstance(request.user, Account)
    sessions.end_others(request.user, request)
    return redirect("security")


@require_http_methods(["GET", "HEAD", "POST"])
def closed(_request: HttpRequest, **_named: object) -> HttpResponse:
    """Addresses that allauth knows and a node does not offer: signing up alone, e-mail, reset by e-mail."""
    raise Http404
