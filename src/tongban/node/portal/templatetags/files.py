"""`{% load files %}`: the files of a case, for the citizen's page and the officer's."""

from django import template

from tongban.node.casework import enclosures
from tongban.node.casework.models import Case
from tongban.node.portal.uploads import store

register = template.Library()


@register.inclusion_tag("portal/case_files.html")
def case_files(number: str) -> dict[str, object]:
    """Links to the files of the application and those that came from the other side, if there are any."""
    case = Case.objects.select_related(None).get(number=number)
    files = store.listed(case.draft_id) if case.draft_id else []
    received = enclosures.received(case) if case.conversation else ()
    return {"files": files, "received": received, "number": number}
