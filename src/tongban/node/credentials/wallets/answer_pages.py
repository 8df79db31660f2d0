"""The citizen's page for a verifier that asks: who asks, for what, what is agreed to; show it or not."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.credentials.openid import Query
from tongban.node.credentials import issuers
from tongban.node.credentials.choosing import title_of
from tongban.node.credentials.wallets import answering, picking
from tongban.node.credentials.wallets.answering import NotAnswered, Request
from tongban.node.credentials.wallets.picking import Fitting, Part, Ticked
from tongban.node.credentials.wording import claim_lines
from tongban.node.people.models import Person
from tongban.node.portal.doors import for_citizens
from tongban.node.theme.wording import spoken

MOST_CHARACTERS = 4000
PROBLEMS: dict[str, str | Promise] = {
    "no-request": _("请粘贴对方页面上的查验链接，以 openid4vp:// 开头。"),
    "unknown-verifier": _("提出查验的不是川渝两地的节点，没有答复。请到对方窗口当面出示码。"),
    "request-over": _("这次查验已经结束：时间到了，或者已经答复过。请对方再要一次。"),
    "request-unclear": _("对方的要求无法核验，或者有这里看不懂的内容，没有答复。请对方再要一次。"),
    "claims-missing": _("同意出示的话，请把对方要的项目逐项勾上；有一项不想给，请按“不出示”。"),
    "cards-unfit": _("选的证照不是对方要的组合：少了，或者多了。请照上面写的组合选，同一项只选一张。"),
    "not-valid": _("这张证照已暂停、撤销、过期，或者状态待更新，不能出示。"),
    "not-here": _("没有找到这张证照。"),
    "verifier-away": _("对方的系统没有回应。如果已经按了出示，记录里留着这一次；请对方再要一次。"),
}


@require_http_methods(["GET", "POST"])
@never_cache
@for_citizens
def answer(request: HttpRequest, person: Person) -> HttpResponse:
    """Read what a verifier asks for, then show it or decline."""
    if request.method == "GET":
        return render(request, "credentials/answer.html", {})
    link = request.POST.get("link", "").strip()[:MOST_CHARACTERS]
    try:
        if "request" not in request.POST:
            return _asked(request, person, answering.fetch(link))
        asked = answering.read(request.POST["request"])
    except NotAnswered as refused:
        context = {"problem": PROBLEMS[refused.reason], "link": link}
        return render(request, "credentials/answer.html", context, status=409)
    if request.POST.get("answer") != "show":
        answering.decline(asked)
        return render(request, "credentials/answer.html", {"is_declined": True})
    return _shown(request, person, asked)


def _shown(request: HttpRequest, person: Person, asked: Request) -> HttpResponse:
    try:
        led_to = picking.show(person, asked, _ticked(request.POST.getlist("claims")))
    except ValueError:
        return _asked(request, person, asked, PROBLEMS["not-here"])
    except NotAnswered as refused:
        return _asked(request, person, asked, PROBLEMS[refused.reason])
    if led_to is not None:
        return redirect(led_to)
    return render(request, "credentials/answer.html", {"is_shown": True})


def _asked(request: HttpRequest, person: Person, asked: Request, problem: str | Promise = "") -> HttpResponse:
    parts = picking.parts(person, asked)
    titles = {part.query.id: _part_title(part, len(parts), number) for number, part in enumerate(parts, 1)}
    context = {
        "asked": asked,
        "parts": [_part(part, titles[part.query.id]) for part in parts],
        "combinations": _combinations(asked.query, titles) if len(parts) > 1 else [],
        "can_answer": picking.can_answer(asked, parts),
        "ticked": request.POST.getlist("claims"),
        "problem": problem,
    }
    return render(request, "credentials/answer.html", context, status=409 if problem else 200)


def _part(part: Part, title: str) -> dict[str, Any]:
    """One query for the page: its title, whether several cards may be shown, its cards with their claims."""
    return {
        "title": title,
        "is_multiple": part.query.multiple,
        "has_several": len(part.fitting) > 1,
        "offers": [(one, list(_options(part.query.id, one))) for one in part.fitting],
    }


def _options(query_id: str, one: Fitting) -> Iterable[list[tuple[str, str, str]]]:
    """The sets of claims that would each do: of each claim what its box sends, its title, what it tells."""
    card = one.card
    values = {line.name: line.value for line in claim_lines(card.kind, card.claims)}
    for names in one.names:
        yield [
            (
                f"{query_id}/{card.batch}/{name}",
                title_of(card.kind, name, card.claims),
                values.get(name, ""),
            )
            for name in names
        ] or [(f"{query_id}/{card.batch}/", gettext("只出示这张证照，不出示别的项目"), "")]


def _part_title(part: Part, count: int, number: int) -> str:
    """The types that are asked for, numbered where several credentials are."""
    kinds = [issuers.types().get(vct) for vct in part.query.meta.vct_values]
    names = [spoken(kind.name) for kind in kinds if kind is not None]
    title = " / ".join(names) or gettext("这里没有登记的证照")
    return f"{number}. {title}" if count > 1 else title


def _combinations(query: Query, titles: dict[str, str]) -> list[tuple[bool, list[list[str]]]]:
    """What is to be shown together: of each set whether it has to be answered, and its options."""
    return [
        (one.required, [[titles[query_id] for query_id in option] for option in one.options])
        for one in query.sets()
    ]


def _ticked(boxes: Sequence[str]) -> Ticked:
    """What was ticked; ValueError for what no box of the page sends."""
    found: dict[str, dict[uuid.UUID, set[str]]] = {}
    for box in boxes:
        query_id, batch, name = box.split("/", 2)
        found.setdefault(query_id, {}).setdefault(uuid.UUID(batch), set()).update({name} if name else ())
    return found
