"""This node as the one that takes a partner's word for who somebody is (OpenID Connect client).

Promises: the same person gets the same account, whichever side they sign in at; the ID number that came with
the word is used for that and not stored a second time.
"""

from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from django.shortcuts import render

from tongban.node.people.register import account_of_partner
from tongban.places.resident_id import ResidentIdRefused


class ConsumerAdapter(DefaultSocialAccountAdapter):
    """How a partner's statement becomes an account here."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find or open the account of the person whom the partner vouches for, and forget the statement."""
        claims = (sociallogin.account.extra_data or {}).get("userinfo", {})
        sociallogin.account.extra_data = {}
        if sociallogin.is_existing:
            return
        try:
            account = account_of_partner(
                partner=sociallogin.account.provider,
                subject=str(sociallogin.account.uid),
                resident_number=str(claims.get("resident_id", "")),
                name=str(claims.get("name", "")),
            )
        except ResidentIdRefused as refused:
            raise ImmediateHttpResponse(self._not_recognised(request)) from refused
        sociallogin.connect(request, account)

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never by a form: the account was opened by then."""
        return False

    def on_authentication_error(self, request: HttpRequest, *_arguments: Any, **_named: Any) -> None:
        """The partner did not vouch, or could not be reached: a page that says what to do."""
        raise ImmediateHttpResponse(self._not_recognised(request))

    @staticmethod
    def _not_recognised(request: HttpRequest) -> Any:
        return render(request, "sign_in/partner_failed.html", status=502)
