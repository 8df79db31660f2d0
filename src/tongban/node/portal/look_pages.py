"""Who looked at a person's data: all looks, and for each the proof that its record is in the log."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tongban.node.config import this_node
from tongban.node.people.access import ACCESS, access_of, page_of
from tongban.node.people.models import Person
from tongban.node.portal.doors import for_citizens
from tongban.node.portal.looks import look_lines, strip_of
from tongban.node.portal.names import node_name
from tongban.node.translog.proof_documents import Proven
from tongban.node.translog.proving import proof_of


@require_safe
@for_citizens
def accesses(request: HttpRequest, person: Person) -> HttpResponse:
    """Every look at this person's data at this node that may be shown by now; `?after=` the next page."""
    after = request.GET.get("after", "")
    page = page_of(person, after)
    looks = look_lines(page.looks)
    context = {
        "looks": looks,
        "strip": strip_of(looks),
        "next": page.next,
        "is_later": bool(after),
        "may_be_withheld": this_node().longest_withholding_days,
    }
    return render(request, "portal/accesses.html", context)


@require_safe
@for_citizens
def proof(request: HttpRequest, person: Person, access_id: UUID) -> HttpResponse:
    """That the record of this look is in the log, and how anybody can check it."""
    access = access_of(person, access_id)
    if access is None:
        raise Http404
    (look,) = look_lines([access])
    context = {"look": look, "proven": _shown(proof_of(ACCESS, access_id))}
    return render(request, "portal/look_proof.html", context)


@require_safe
@for_citizens
def proof_file(_request: HttpRequest, person: Person, access_id: UUID) -> HttpResponse:
    """The proof as a file that is checked without this node."""
    found = proof_of(ACCESS, access_id) if access_of(person, access_id) else None
    if found is None:
        raise Http404
    named = {"Content-Disposition": f'attachment; filename="look-{found.file.index}.json"'}
    return HttpResponse(found.document(), content_type="application/json", headers=named)


def _shown(proven: Proven | None) -> dict[str, object] | None:
    if proven is None:
        return None
    return {
        "number": proven.file.index + 1,
        "size": proven.head.size,
        "root": proven.head.root.hex(),
        "leaf": proven.opening.leaf.commitment.hex(),
        "hashes": [part.hex() for part in proven.file.proof],
        "cosigned": [(node_name(one.node), one.at) for one in proven.cosigned],
    }
