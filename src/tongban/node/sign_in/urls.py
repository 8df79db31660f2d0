"""The addresses of signing in; names beginning with `account_`, `mfa_` and `socialaccount_` are allauth's."""

from allauth.account import views as account_views
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as codes
from allauth.mfa.webauthn import views as passkeys
from allauth.socialaccount.providers.openid_connect import views as partners
from allauth.socialaccount.views import login_cancelled, login_error
from django.urls import include, path

from tongban.node.sign_in import pages

urlpatterns = [
    path("sign-in/", pages.SignIn.as_view(), name="sign-in"),
    path("sign-in/", pages.SignIn.as_view(), name="account_login"),
    path("sign-out/", pages.sign_out, name="sign-out"),
    path("sign-out/", pages.sign_out, name="account_logout"),
    path("sign-in/second-step/", second_step.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/again/", account_views.reauthenticate, name="account_reauthenticate"),
    path("sign-in/again/code/", second_step.reauthenticate, name="mfa_reauthenticate"),
    path("sign-in/again/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("sign-in/with/<slug:provider_id>/", partners.login, name="openid_connect_login"),
    path("sign-in/with/<slug:provider_id>/done/", partners.callback, name="openid_connect_callback"),
    path("sign-in/with-failed/", login_error, name="socialaccount_login_error"),
    path("sign-in/with-cancelled/", login_cancelled, name="socialaccount_login_cancelled"),
    path("security/", pages.security, name="security"),
    path("security/", pages.security, name="mfa_index"),
    path("security/", pages.security, name="mfa_list_webauthn"),
    path("security/", pages.security, name="usersessions_list"),
    path("security/", pages.security, name="socialaccount_connections"),
    path("security/password/", pages.password, name="change-password"),
    path("security/codes/on/", codes.activate_totp, name="mfa_activate_totp"),
    path("security/codes/off/", codes.deactivate_totp, name="mfa_deactivate_totp"),
    path("security/recovery/", recovery_codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "security/recovery/new/", recovery_codes.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path(
        "security/recovery/file/", recovery_codes.download_recovery_codes, name="mfa_download_recovery_codes"
    ),
    path("security/passkeys/new/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("security/passkeys/<int:pk>/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("security/sessions/<int:key>/end/", pages.end_session, name="end-session"),
    path("security/sessions/end-others/", pages.end_other_sessions, name="end-other-sessions"),
    path("closed/inactive/", account_views.account_inactive, name="account_inactive"),
    path("closed/sign-up/", pages.closed, name="account_signup"),
    path("closed/sign-up/with/", pages.closed, name="socialaccount_signup"),
    path("identity/o/device", pages.closed),
    path("identity/o/logout", pages.closed),
    path("closed/email/", pages.closed, name="account_email"),
    path("closed/email/sent/", pages.closed, name="account_email_verification_sent"),
    path("closed/password/", pages.closed, name="account_reset_password"),
    path("closed/password/change/", pages.closed, name="account_change_password"),
    path("", include("allauth.idp.urls")),
]
