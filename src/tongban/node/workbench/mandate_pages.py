"""Mandates at the counter: registered from paper with both people present, checked by a colleague, ended.

Promises: only services that the officer handles can be named; where one of them asks for four eyes the
mandate holds only once a colleague has checked it; no number stands in an address.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.node.casework import catalogue, worklist
from tongban.node.clock import today
from tongban.node.paging import page_asked, page_of
from tongban.node.people import counter
from tongban.node.people.counter import Paper, Present
from tongban.node.people.mandates import Fault, MandateRefused, Terms
from tongban.node.people.models import Mandate, Officer
from tongban.node.people.permissions import Act
from tongban.node.portal import mandate_news
from tongban.node.portal.answers import AnswerForm
from tongban.node.portal.doors import for_officers_who
from tongban.node.portal.mandate_lines import lines, services_words
from tongban.node.portal.names import service_names
from tongban.node.portal.sent_once import key_of
from tongban.node.theme.wording import spoken
from tongban.places.resident_id import ResidentIdRefused
from tongban.services import Answer, Question, Raw, Text
from tongban.services.question import Choice

_REFUSED, _INVALID = 409, 422
_FOUR_EYES = "four-eyes"
_PLACE = {
    Fault.AGENT_IS_GIVER: "agent_number",
    Fault.DATES_UNUSABLE: "valid_until",
    Fault.NOT_REPRESENTED: "enterprise",
}


@require_safe
@for_officers_who(Act.HANDLE)
def overview(request: HttpRequest, officer: Officer) -> HttpResponse:
    """What waits for a colleague's check, and what the agency's counter has registered."""
    return _overview(request, officer)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@for_officers_who(Act.HANDLE)
def new(request: HttpRequest, officer: Officer) -> HttpResponse:
    """Register a mandate; sent twice, it is one."""
    handled = worklist.services_of(officer)
    asked = {question.key: question for question in _questions(handled)} if handled else {}
    raws: dict[str, Raw] = {"valid_from": today().isoformat()}
    form = AnswerForm(asked, request.POST if request.method == "POST" else None, raws=raws)
    status, refused = 200, None
    if form.is_valid() and len(str(form.raws.get("reference", ""))) > counter.LONGEST_REFERENCE:
        form.add_error("reference", _("最多 80 字，请写得短一些"))
    if handled and request.method == "POST" and form.is_valid():
        try:
            _register(officer, form, key_of(request))
            return redirect("counter-mandates")
        except MandateRefused as refusal:
            status = _REFUSED
            if refusal.fault in _PLACE:
                form.add_error(_PLACE[refusal.fault], spoken(refusal.text))
            else:
                refused = refusal.text
        except ResidentIdRefused as unusable:
            status, refused = _INVALID, Text(zh=unusable.text.zh, en=unusable.text.en)
    elif form.errors:
        status = _INVALID
    context = {
        "form": form,
        "key": key_of(request),
        "refused": refused,
        "officer": officer,
        "tab": "mandates",
    }
    return render(request, "workbench/new_mandate.html", context, status=status)


@require_POST
@for_officers_who(Act.HANDLE)
def check(request: HttpRequest, officer: Officer, key: UUID) -> HttpResponse:
    """Keep or decline what a colleague entered."""
    keeps = request.POST.get("do") == "keep"
    try:
        with transaction.atomic():
            if keeps:
                mandate_news.registered(counter.check(officer, key))
            else:
                counter.decline(officer, key)
    except MandateRefused as refused:
        if refused.fault is Fault.NOT_FOUND:
            raise Http404(refused.fault.value) from refused
        return _overview(request, officer, refused=refused.text)
    return redirect("counter-mandates")


@require_POST
@for_officers_who(Act.HANDLE)
def end(_request: HttpRequest, officer: Officer, key: UUID) -> HttpResponse:
    """End a mandate that the agency registered; both people are told."""
    try:
        with transaction.atomic():
            mandate_news.ended_at_counter(counter.end(officer, key))
    except MandateRefused as refused:
        raise Http404(refused.fault.value) from refused
    return redirect("counter-mandates")


def _overview(request: HttpRequest, officer: Officer, *, refused: Text | None = None) -> HttpResponse:
    page = page_of(counter.registered(officer), page_asked(request))
    waiting = list(counter.waiting(officer))
    names = service_names(code for one in waiting for code in one.services)
    context = {
        "page": page,
        "mandates": lines(page.lines),
        "waiting": [(one, services_words(names[code] for code in one.services)) for one in waiting],
        "refused": refused,
        "officer": officer,
        "tab": "mandates",
    }
    return render(request, "workbench/mandates.html", context, status=_REFUSED if refused else 200)


def _register(officer: Officer, form: AnswerForm, key: UUID) -> None:
    said = {name: question.read(form.raws[name]) for name, question in form.questions.items()}
    services = _texts(said["services"])
    must_be_checked = any(
        _FOUR_EYES in one.definition.options for one in catalogue.offered() if one.code in services
    )
    with transaction.atomic():
        kept, is_new = counter.register(officer, _paper(said), key, must_be_checked=must_be_checked)
        if is_new and isinstance(kept, Mandate):
            mandate_news.registered(kept)


def _paper(said: Mapping[str, Answer | None]) -> Paper:
    return Paper(
        giver=Present(str(said["giver_name"]), str(said["giver_number"])),
        agent=Present(str(said["agent_name"]), str(said["agent_number"])),
        terms=Terms(
            services=_texts(said["services"]),
            valid_from=date.fromisoformat(str(said["valid_from"])),
            valid_until=date.fromisoformat(str(said["valid_until"])),
        ),
        reference=str(said["reference"]),
        enterprise=str(said["enterprise"] or ""),
    )


def _texts(answer: Answer | None) -> tuple[str, ...]:
    return tuple(str(one) for one in answer) if isinstance(answer, list) else ()


def _questions(handled: Sequence[tuple[str, Text]]) -> tuple[Question, ...]:
    return (
        Question(key="giver_name", type="text", label=Text(zh="委托人姓名", en="Name of the giver")),
        Question(
            key="giver_number",
            type="id-number",
            label=Text(zh="委托人的公民身份号码", en="The giver's resident ID number"),
        ),
        Question(
            key="enterprise",
            type="credit-code",
            label=Text(
                zh="替企业委托的：企业的统一社会信用代码",
                en="For an enterprise: its unified social credit code",
            ),
            help=Text(
                zh="委托人要是它的法定代表人。替自己委托的不填",
                en="The giver has to be its legal representative. Leave it empty for their own affairs",
            ),
            optional=True,
        ),
        Question(key="agent_name", type="text", label=Text(zh="代办人姓名", en="Name of the agent")),
        Question(
            key="agent_number",
            type="id-number",
            label=Text(zh="代办人的公民身份号码", en="The agent's resident ID number"),
        ),
        Question(
            key="services",
            type="choices",
            label=Text(zh="可以代办哪些事项", en="For which services"),
            help=Text(
                zh="照委托书选，只列出您办理的事项", en="As the paper says; those that you handle are listed"
            ),
            choices=tuple(Choice(value=code, label=name) for code, name in handled),
        ),
        Question(key="valid_from", type="date", label=Text(zh="从哪一天起", en="From which day")),
        Question(
            key="valid_until",
            type="date",
            label=Text(zh="到哪一天为止", en="Until which day"),
            help=Text(zh="最长三年", en="At most three years"),
        ),
        Question(
            key="reference",
            type="text",
            label=Text(zh="委托书的编号或名称", en="Number or title of the paper"),
            help=Text(
                zh="以后能凭它找到原件，最多 80 字",
                en="By which the original is found later; at most 80 characters",
            ),
        ),
        Question(
            key="present",
            type="choices",
            label=Text(zh="当面核对", en="Checked in person"),
            choices=(
                Choice(
                    value="yes",
                    label=Text(
                        zh="双方都到场，已核对两人的身份证原件和委托书",
                        en="Both are present; both identity cards and the paper were checked",
                    ),
                ),
            ),
        ),
    )
