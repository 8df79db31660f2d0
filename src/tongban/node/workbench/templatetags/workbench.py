"""Which rooms of the workbench are open to the officer, so that nobody is led to a door that is shut."""

from django import template
from django.http import HttpRequest
from django.urls import resolve, reverse

from tongban.node.people.permissions import Act
from tongban.node.portal.doors import acts_held, may_open

register = template.Library()


@register.simple_tag(takes_context=True)
def is_open(context: template.Context, name: str) -> bool:
    """Whether the page of this name opens for the officer; the operator's pages by the act `administer`."""
    request: HttpRequest = context["request"]
    if name == "admin:index":
        return Act.ADMINISTER in acts_held(request)
    return may_open(request, resolve(reverse(name)).func)
