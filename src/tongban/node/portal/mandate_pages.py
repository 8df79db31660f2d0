"""Acting for others (代办): who may act for me, whom I may act for, giving and ending a mandate, switching.

Promises: both people of a mandate are told when it begins and when it ends early; guessing at people by name
and number is slowed like guessing at passwords; no number stands in an address.
"""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tongban.node.casework import catalogue
from tongban.node.clock import today
from tongban.node.people import applicants, mandates, permissions
from tongban.node.people.mandates import Fault, MandateRefused, Terms
from tongban.node.people.models import Mandate, Person
from tongban.node.portal import acting_for, mandate_news, throttle
from tongban.node.portal.answers import AnswerForm
from tongban.node.portal.doors import for_citizens
from tongban.node.portal.mandate_lines import line, lines
from tongban.node.portal.sent_once import key_of
from tongban.node.theme.wording import spoken
from tongban.services import Question, Raw, Text
from tongban.services.question import Choice

_REFUSED, _INVALID, _TOO_MANY = 409, 422, 429
_PLACE = {
    Fault.AGENT_UNKNOWN: "agent_number",
    Fault.AGENT_IS_GIVER: "agent_number",
    Fault.DATES_UNUSABLE: "valid_until",
}


@require_safe
@for_citizens
def overview(request: HttpRequest, person: Person) -> HttpResponse:
    """Whom the person may act for, and who may act for them or for an enterprise that they head."""
    given = lines(mandates.given_by(person))
    context = {
        "choices": [(one, line(one.mandate) if one.mandate else None) for one in applicants.choices(person)],
        "given": [one for one in given if one.is_open],
        "past": [one for one in given if not one.is_open],
        "firms": permissions.represented_by(person),
        "is_over": "over" in request.GET,
    }
    return render(request, "portal/mandates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_citizens
def new(request: HttpRequest, person: Person) -> HttpResponse:
    """Give a mandate, for oneself or for an enterprise; sent twice, it is given once."""
    firm = _firm(person, request)
    day = today().isoformat()
    asked = {question.key: question for question in _questions()}
    raws: dict[str, Raw] = {"valid_from": day}
    form = AnswerForm(asked, request.POST if request.method == "POST" else None, raws=raws)
    status, refused, key = 200, None, key_of(request)
    if request.method == "POST" and form.is_valid():
        try:
            given = _give(request, person, form, key, firm)
        except MandateRefused as refusal:
            status = _REFUSED
            if refusal.fault in _PLACE:
                form.add_error(_PLACE[refusal.fault], spoken(refusal.text))
            else:
                refused = refusal.text
        else:
            if given:
                return redirect("mandates")
            status = _TOO_MANY
    elif form.errors:
        status = _INVALID
    context = {
        "form": form,
        "firm": firm,
        "firms": permissions.represented_by(person),
        "key": key,
        "refused": refused,
        "must_wait": status == _TOO_MANY,
    }
    return render(request, "portal/new_mandate.html", context, status=status)


@require_POST
@for_citizens
def end(request: HttpRequest, person: Person, key: UUID) -> HttpResponse:
    """End a mandate that the person gave or holds; one that has ended stays so."""
    try:
        with transaction.atomic():
            ended = mandates.end(person, key)
            mandate_news.ended(ended, person)
    except MandateRefused as refused:
        raise Http404(refused.fault.value) from refused
    return redirect("mandates")


@require_POST
@for_citizens
def act_for(request: HttpRequest, person: Person) -> HttpResponse:
    """Act for somebody from now on, or for oneself again."""
    applicant = applicants.chosen(person, request.POST.get("for", ""))
    if applicant is None:
        return redirect(acting_for.OVER)
    acting_for.switch(request, applicant)
    return redirect("home" if applicant.key else "mandates")


def _give(request: HttpRequest, person: Person, form: AnswerForm, key: UUID, firm: str) -> Mandate | None:
    """The mandate that was given; None when the person has guessed too often and has to wait."""
    name, address = f"mandate-{person.pk}", request.META.get("REMOTE_ADDR", "")
    if throttle.must_wait(name, address):
        return None
    said = {key: question.read(form.raws[key]) for key, question in form.questions.items()}
    chosen = said["services"]
    terms = Terms(
        services=tuple(chosen) if isinstance(chosen, list) else (),
        valid_from=date.fromisoformat(str(said["valid_from"])),
        valid_until=date.fromisoformat(str(said["valid_until"])),
    )
    try:
        with transaction.atomic():
            given, is_new = mandates.give(
                person, str(said["agent_name"]), str(said["agent_number"]), terms, key=key, enterprise=firm
            )
            if is_new:
                mandate_news.given(given, person.name)
    except MandateRefused as refused:
        if refused.fault is Fault.AGENT_UNKNOWN:
            throttle.failed(name, address)
        raise
    return given


def _firm(person: Person, request: HttpRequest) -> str:
    """The code of the enterprise for which a mandate is to be given; empty for the person themselves."""
    asked = request.POST.get("firm", "")
    if asked and not permissions.represented_by(person).filter(pk=asked).exists():
        raise Http404
    return asked


def _questions() -> tuple[Question, ...]:
    services = [service.definition for service in catalogue.offered()]
    return (
        Question(
            key="agent_name",
            type="text",
            label=Text(zh="谁来代办？请写对方的姓名", en="Who is to act? Their name"),
        ),
        Question(
            key="agent_number",
            type="id-number",
            label=Text(zh="对方的公民身份号码", en="Their resident ID number"),
        ),
        Question(
            key="services",
            type="choices",
            label=Text(zh="可以代办哪些事项", en="Which services they may use"),
            help=Text(
                zh="只选需要的。对方可以申请这些事项、查看这些事项的办件，也包括以前的",
                en="Choose only those needed. They may apply for these and see their cases, earlier ones too",
            ),
            choices=tuple(Choice(value=one.code, label=one.name) for one in services),
        ),
        Question(key="valid_from", type="date", label=Text(zh="从哪一天起", en="From which day")),
        Question(
            key="valid_until",
            type="date",
            label=Text(zh="到哪一天为止", en="Until which day"),
            help=Text(zh="最长三年，随时可以提前结束", en="At most three years; you can end it at any time"),
        ),
    )
