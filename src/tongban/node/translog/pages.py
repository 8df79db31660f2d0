"""The log at the pages' address: for anybody who wants to verify it, without certificate or account."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tongban.node.translog.serving import shown_at


@require_safe
def shown(_request: HttpRequest, path: str) -> HttpResponse:
    """Give a checkpoint, a tile, an entry bundle."""
    found = shown_at(path)
    if found is None:
        raise Http404(path)
    return HttpResponse(found.body, content_type=found.content_type, headers={"Cache-Control": found.caching})
