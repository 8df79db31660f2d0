"""The citizen's pages that reach elsewhere: a credential as evidence in a case, one put into the wallet here.

Promises: the page says which claims are asked for, what for and by which rule; only ticked ones are shown.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tongban.credentials import SENTENCES, Code, CredentialRefused
from tongban.credentials.trust import Untrusted
from tongban.credentials.types import CredentialType
from tongban.credentials.verdict import VERDICT_SENTENCES
from tongban.node.casework import procedures, rights
from tongban.node.casework.models import Case
from tongban.node.credentials import evidence, issuers, redeeming, wallet
from tongban.node.credentials.choosing import choosable
from tongban.node.credentials.evidence import NotEvidence
from tongban.node.credentials.wallets import awaiting, taking
from tongban.node.credentials.wallets.talking import NotTaken
from tongban.node.credentials.wording import claim_titles
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Person
from tongban.node.portal.doors import for_applicants, for_citizens
from tongban.node.theme.wording import spoken
from tongban.services.definition import AcceptedCredential

MOST_CHARACTERS = 2000
PROBLEMS = {
    "not-here": _("没有找到这张证照。"),
    "not-accepted": _("这个事项不收这类证照。请看下面收哪些。"),
    "claims-missing": _("还缺要求的项目。请把标着“需要”的都勾上再出示。"),
    "not-yours": _(
        "看不出这张证照是申请人的。请同时勾选姓名和证件号码后四位（企业：名称和统一社会信用代码），再出示一次。"
    ),
    "issuer-away": _("签发地的系统暂时没有回应。请稍后重新出示一个码。"),
    "no-offer": _("请粘贴另一地门户“放进其他钱包”页上的领取链接，以 openid-credential-offer:// 开头。"),
    "own-offer": _("这张证照就是这里签发的，已经在您的证照里。"),
    "offer-over": _("数字不对，或者这次领取已经结束。请在签发地的门户重新按“放进其他钱包”。"),
    "not-vouched": _(
        "签发地只放进有制作方作保的钱包，而这个门户还不能作保。请告诉这里的服务热线，或者到签发地出示。"
    ),
    "not-valid": _("这张证照已暂停、撤销或过期，不能出示。"),
    "no-code": _("请粘贴证照码的文字，以 TB0: 开头。"),
}


@dataclass(frozen=True)
class Choice:
    """One claim on the page: its dotted name, its title, whether the service asks for it."""

    name: str
    title: str
    is_asked: bool


@dataclass(frozen=True)
class Offer:
    """One accepted type with the person's cards of that type, each with its claims to choose."""

    wanted: AcceptedCredential
    kind: CredentialType
    asked: tuple[str, ...]
    cards: tuple[tuple[wallet.Card, tuple[Choice, ...]], ...]


@require_http_methods(["GET", "POST"])
@never_cache
@for_applicants
def in_case(request: HttpRequest, applicant: Applicant, number: str) -> HttpResponse:
    """Show a credential in one's own case while it is open, or in that of whom one acts for."""
    person = applicant.acting
    case = rights.of_citizen(applicant).select_related("service").filter(number=number).first()
    if case is None or procedures.of(case).states[case.status].is_final or not evidence.accepted(case):
        raise Http404
    problem: str | Promise = ""
    if request.method == "POST":
        problem = _tried(request, person, case)
        if not problem:
            return redirect("case", number)
    context = {
        "case": case,
        "offers": [_offer(person, wanted) for wanted in evidence.accepted(case)],
        "problem": problem,
    }
    return render(request, "credentials/in_case.html", context, status=409 if problem else 200)


@require_http_methods(["GET", "POST"])
@never_cache
@for_citizens
def add(request: HttpRequest, person: Person) -> HttpResponse:
    """Put a credential that the other side issued into the wallet here."""
    problem: str | Promise = ""
    if request.method == "POST":
        link, number = (request.POST.get(name, "").strip()[:MOST_CHARACTERS] for name in ("link", "number"))
        problem = _done(lambda: taking.take(person, link, number))
        if not problem:
            return redirect("credentials")
    context = {"problem": problem, "link": request.POST.get("link", "")}
    return render(request, "credentials/add.html", context, status=409 if problem else 200)


@require_POST
@never_cache
@for_citizens
def awaited(request: HttpRequest, person: Person, number: uuid.UUID) -> HttpResponse:
    """Look whether what the wallet waits for was issued meanwhile, or wait for it no longer."""
    found = awaiting.find(person, number)
    if found is None:
        raise Http404
    if request.POST.get("answer") == "end":
        awaiting.end(found)
        return redirect("credentials")
    try:
        awaiting.look_now(found)
    except redeeming.IssuerAway:
        return redirect(f"{reverse('credentials')}?later")
    return redirect("credentials")


def _tried(request: HttpRequest, person: Person, case: Case) -> str | Promise:
    """Why it did not become evidence; empty when it did."""
    if "card" not in request.POST:
        code = request.POST.get("code", "").strip()
        return _read(code, lambda: evidence.present_code(case, code))
    batch = _uuid(request.POST["card"])
    offered = {name for card in wallet.cards(person) for name, _title in choosable(card)}
    chosen = [name for name in request.POST.getlist("claims") if name in offered]
    return _done(lambda: evidence.present_card(person, batch, case, chosen))


def _read(code: str, do: Callable[[], object]) -> str | Promise:
    """Why nothing came of a pasted code; empty when it did."""
    if not code.startswith("TB0:") or len(code) > MOST_CHARACTERS:
        return PROBLEMS["no-code"]
    return _done(do)


def _done(do: Callable[[], object]) -> str | Promise:
    try:
        do()
    except (NotEvidence, NotTaken) as refused:
        return spoken(VERDICT_SENTENCES[refused.verdict]) if refused.verdict else PROBLEMS[refused.reason]
    except Untrusted as untrusted:
        return spoken(VERDICT_SENTENCES[untrusted.verdict])
    except redeeming.IssuerAway:
        return PROBLEMS["issuer-away"]
    except CredentialRefused as refused:
        return spoken(SENTENCES[Code(refused.code)])
    return ""


def _offer(person: Person, wanted: AcceptedCredential) -> Offer:
    kind = issuers.types().find(wanted.vct)
    cards = tuple(
        (card, tuple(Choice(name, title, name in wanted.claims) for name, title in choosable(card)))
        for card in wallet.cards(person)
        if card.kind.vct == wanted.vct
    )
    return Offer(wanted, kind, claim_titles(kind, wanted.claims), cards)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None
