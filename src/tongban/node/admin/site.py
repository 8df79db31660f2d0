"""Who gets to the operator's pages: officers with the act `administer`, after their second factor.

Promises: nobody else learns which pages there are.
"""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.generic import RedirectView

from tongban.node.config import this_node
from tongban.node.people import permissions
from tongban.node.people.models import Officer
from tongban.node.people.rights import officer_of
from tongban.node.sign_in import second_factor

_OPERATOR = "tongban_operator"


class OperatorSite(admin.AdminSite):
    """Django's admin with this node's way to sign in."""

    site_header = _("通办 · 节点管理")
    site_title = _("节点管理")
    index_title = _("账号、岗位和基础数据")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether an administrator in office is signed in, with the second factor that the node asks for."""
        officer = operator_of(request)
        return officer is not None and not second_factor.is_owed(officer.account)

    def login(self, request: HttpRequest, extra_context: object = None) -> HttpResponse:
        """Lead to the node's own sign-in; refuse whoever is signed in and no administrator."""
        if request.user.is_authenticated:
            if operator_of(request) is not None:
                return redirect("security")
            raise PermissionDenied
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Django's pages, and those on reference data and on the exchange; passwords change elsewhere."""
        return [
            path("reference/", self.admin_view(self._reference), name="reference"),
            path("exchange/", self.admin_view(self._exchange), name="exchange"),
            path("password_change/", RedirectView.as_view(pattern_name="change-password")),
            *super().get_urls(),
        ]

    def _reference(self, request: HttpRequest) -> HttpResponse:
        from tongban.node.admin.reference import reference_data  # noqa: PLC0415 - needs the apps to be ready

        context = self.each_context(request) | {"title": _("基础数据"), "reference": reference_data()}
        return render(request, "admin/reference.html", context)

    def _exchange(self, request: HttpRequest) -> HttpResponse:
        from tongban.node.admin import exchange_health  # noqa: PLC0415 - needs the apps to be ready

        health = exchange_health.exchange_health(this_node().home)
        context = self.each_context(request) | {"title": _("交换状况"), "health": health}
        return render(request, "admin/exchange.html", context)


def operator_of(request: HttpRequest) -> Officer | None:
    """The officer who is signed in and may administer, looked up once a request."""
    if not hasattr(request, _OPERATOR):
        officer = officer_of(request.user)
        may = officer is not None and permissions.may(officer, permissions.Act.ADMINISTER)
        setattr(request, _OPERATOR, officer if may else None)
    found: Officer | None = getattr(request, _OPERATOR)
    return found
