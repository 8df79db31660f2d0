"""`{% load files %}`: the files of a case, for the citizen's page and the officer's."""

from django import template

from tongban.node.portal.models import Upload

register = template.Library()


@register.inclusion_tag("portal/case_files.html")
def case_files(number: str) -> dict[str, object]:
    """Links to the files that came with the application of this case; nothing when there is none."""
    return {"files": list(Upload.objects.filter(draft__case__number=number).order_by("at")), "number": number}
