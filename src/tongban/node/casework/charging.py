"""A bill that a point of service submits by its own system: one case at the place of care, claimed at once.

Promises: case, first event and claim are one transaction, the caller's; what is cancelled names the point.
"""

from collections.abc import Sequence

from tongban.node.casework import catalogue, competence, log, procedures, reversing, settling
from tongban.node.casework.competence import Competent
from tongban.node.casework.models import Case, Draft, Event, PublishedService
from tongban.node.casework.opening import opening
from tongban.node.casework.partner import conversation_of, saying
from tongban.node.casework.refusals import Refused
from tongban.node.clock import LOCAL_ZONE, now, today
from tongban.node.exchange import api
from tongban.node.people.models import Person
from tongban.node.people.register import person_of_number
from tongban.places.resident_id import ResidentIdRefused
from tongban.protocol.conversations import Claim
from tongban.services import Answer, Text
from tongban.services.settlement import Record

_CANCELLED = Text(zh="就医的定点机构撤销了账单", en="The point of service cancelled the bill")


def charge(person: Person, service: str, bill: str, lines: Sequence[Record], point: Text) -> Case:
    """Open the case of a person's bill and claim it from the home scheme. Raises Refused.

    `lines` are records of the service's evidence of bills, without the bill's number.
    """
    row = catalogue.current(service)
    read, at, day = catalogue.read(row), now(), today()
    settlement = settling.settlement_of(read)
    answers: dict[str, Answer] = {settlement.bill_number: bill}
    decides = competence.deciding(read.definition, answers, day)
    draft = Draft.objects.create(person=person, service=row, answers=answers, created_at=at, updated_at=at)
    case = _new(row, person, draft, "", decides)
    told = {
        "answers": answers,
        "applied_on": day.isoformat(),
        "evidence": [],
        "bill": bill,
        "lines": [{**line, settlement.bill_number: bill} for line in lines],
        "point": point.to_json(),
    }
    log.append(case, procedures.of(case), log.Entry("bill-submitted", "gathering", log.NODE, told))
    settling.gathered(case)
    return case


def _new(row: PublishedService, person: Person, draft: Draft, number: str, decides: Competent) -> Case:
    """A case that is about to open; under a number of its own unless it has one already."""
    got, at = opening(catalogue.read(row).definition.kind), now()
    return Case(
        number=number or got.number,
        draft=draft,
        person=person,
        service=row,
        procedure_id=got.procedure,
        agency=decides.agency,
        place=decides.place,
        status="",
        revision=0,
        snapshot={},
        opened_at=at,
        updated_at=at,
    )


def recall(effect: api.Effect, claim: Claim) -> Case | None:
    """Open again the case of an own claim that was forgotten with an old backup; None where it cannot be.

    The claim's own event is the caller's to append.
    """
    try:
        row = catalogue.current(effect.conversation.service)
        person = person_of_number(claim.subject, str(claim.contents.get("name", "")))
        return _recalled(effect, claim, row, person)
    except (Refused, ResidentIdRefused):
        return None


def _recalled(effect: api.Effect, claim: Claim, row: PublishedService, person: Person) -> Case:
    read, at = catalogue.read(row), effect.message.created
    told = settling.claimed(read, claim)
    decides = competence.deciding(read.definition, told["answers"], at.astimezone(LOCAL_ZONE).date())
    draft = Draft.objects.create(
        person=person, service=row, answers=told["answers"], created_at=at, updated_at=at
    )
    case = _new(row, person, draft, effect.conversation.case_ref, decides)
    told |= {"applied_on": at.astimezone(LOCAL_ZONE).date().isoformat(), "evidence": [], "recalled": True}
    log.append(case, procedures.of(case), log.Entry("bill-recalled", "gathering", log.NODE, told))
    return case


def tie(person: Person, service: str, bill: str, lines: Sequence[Record], point: Text) -> Case | None:
    """The recalled case of a bill that its point sends again, once; None when there is none.

    Raises Refused `inputs-unusable` when the bill is another one than was claimed.
    """
    opened = Event.objects.filter(
        case__person=person, case__service__code=service, kind="bill-recalled", data__bill=bill
    )
    event = opened.select_related("case").first()
    if event is None:
        return None
    case = Case.objects.select_for_update().get(pk=event.case_id)
    if "point" in log.state_of(case).facts:
        return None
    number = settling.settlement_of(catalogue.of(case)).bill_number
    if event.data["lines"] != [{**line, number: bill} for line in lines]:
        raise Refused("inputs-unusable")
    entry = log.Entry("bill-tied", case.status, log.NODE, {"point": point.to_json()})
    log.append(case, procedures.of(case), entry)
    return case


def cancel(number: str, point: Text) -> Case:
    """Take a submitted bill back, or ask the home side to stop; what is cancelled already stays so.

    Of a bill that is settled the home side is asked for a reversal. Raises Refused `not-available` where
    nothing is settled or asked any more.
    """
    case = Case.objects.select_for_update().get(number=number)
    is_cancelled = case.status in {"withdrawn", "withdrawing", "reversing", "reversed"}
    if is_cancelled or reversing.asked_for_by_point(case, point, _CANCELLED):
        return case
    procedure, state = procedures.of(case), log.state_of(case)
    kind = "bill-cancellation-asked" if state.status == "claimed" else "bill-cancelled"
    if state.status not in procedure.happenings[kind].during:
        raise Refused("not-available")
    conversation = conversation_of(state)
    if conversation is not None:
        with saying():
            api.withdraw(conversation, api.Text(zh=_CANCELLED.zh, en=_CANCELLED.en))
    (status,) = procedure.happenings[kind].reaches
    log.append(case, procedure, log.Entry(kind, status, log.NODE, {"point": point.to_json()}))
    return case
