"""The citizen's page for a verifier that asks: who asks, for what, what is agreed to; show it or not."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tongban.node.credentials.choosing import title_of
from tongban.node.credentials.wallets import answering
from tongban.node.credentials.wallets.answering import Fitting, NotAnswered, Request
from tongban.node.people.models import Person
from tongban.node.portal.doors import for_citizens

MOST_CHARACTERS = 4000
PROBLEMS: dict[str, str | Promise] = {
    "no-request": _("请粘贴对方页面上的查验链接，以 openid4vp:// 开头。"),
    "unknown-verifier": _("提出查验的不是川渝两地的节点，没有答复。请到对方窗口当面出示码。"),
    "request-over": _("这次查验已经结束：时间到了，或者已经答复过。请对方再要一次。"),
    "request-unclear": _("对方的要求无法核验，或者有这里看不懂的内容，没有答复。请对方再要一次。"),
    "claims-missing": _("同意出示的话，请把对方要的项目逐项勾上；有一项不想给，请按“不出示”。"),
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
        batch = uuid.UUID(request.POST.get("card", ""))
        led_to = answering.show(person, asked, batch, request.POST.getlist("claims"))
    except ValueError:
        return _asked(request, person, asked, PROBLEMS["not-here"])
    except NotAnswered as refused:
        return _asked(request, person, asked, PROBLEMS[refused.reason])
    if led_to is not None:
        return redirect(led_to)
    return render(request, "credentials/answer.html", {"is_shown": True})


def _asked(request: HttpRequest, person: Person, asked: Request, problem: str | Promise = "") -> HttpResponse:
    context = {
        "asked": asked,
        "offers": [(one, _titles(one)) for one in answering.fitting(person, asked)],
        "problem": problem,
    }
    return render(request, "credentials/answer.html", context, status=409 if problem else 200)


def _titles(one: Fitting) -> list[tuple[str, str]]:
    """The claims that would be shown, by name and title."""
    return [(name, title_of(one.card.kind, name, one.card.claims)) for name in one.names]
