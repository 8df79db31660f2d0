"""What the other side says about a case becomes an event of the case, or opens one.

Promises: runs inside the transaction that takes the message in; each message is one event; a case that
cannot be opened here is given back with the reason, never left lying.
"""

import logging
from typing import Any

from tongban.node.casework import (
    assisting,
    catalogue,
    enclosures,
    log,
    procedures,
    remaking,
    settling,
    sorting,
    transferring,
)
from tongban.node.casework.models import Case
from tongban.node.casework.opening import opening
from tongban.node.casework.partner import amount_text, peer_name
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, today
from tongban.node.config import this_node
from tongban.node.exchange import api
from tongban.node.people.models import Person
from tongban.node.people.register import person_of_number
from tongban.places.resident_id import ResidentIdRefused
from tongban.protocol.conversations import (
    Adjudication,
    Amount,
    CaseAnswer,
    CaseContents,
    Claim,
    Clearing,
    ContactLetter,
    Reason,
    Statement,
)
from tongban.services import Service

logger = logging.getLogger(__name__)

_NOT_OFFERED = api.Text(zh="本地没有开通这个事项", en="This service is not open on this side")
_NO_PERSON = api.Text(
    zh="缺少申请人或证件号码不正确", en="The applicant is missing or the ID number is wrong"
)
_NOT_TAKEN = {"handover-lapsed", "handover-declined"}
_NOT_TRANSFERRED = {"transfer-declined", "transfer-lapsed", "transfer-inadmissible"}
_NOT_SETTLED = {"settlement-declined", "settlement-lapsed"}
_OVER_TIME = {"zh": "对方逾期未办", "en": "The other side did not act in time"}


def heard(effect: api.Effect) -> None:
    """Take in what took effect in a conversation of kind handover, transfer or settlement."""
    if effect.by is api.By.DECISION:
        if effect.is_recalled:
            remaking.again(effect)
        return
    if isinstance(effect.message.body, CaseContents | ContactLetter | Claim):
        _open(effect)
        return
    case = Case.objects.select_for_update().filter(conversation=effect.conversation.id).first()
    if case is None:
        logger.error("a conversation names no case that is here: %s", effect.conversation.id)
        return
    procedure = procedures.of(case)
    kind = assisting.answered(effect) if procedure.kind == "assisted" else None
    happening = procedure.happenings.get(kind or _kind(effect))
    if effect.message.kind == "handover-returned" and case.status == "withdrawing":
        happening = procedure.happenings["handover-let-go"]
    actor = log.PEER if effect.by is api.By.PEER else log.NODE
    if happening is None or actor.role not in happening.by or case.status not in happening.during:
        return
    status = procedure.target(happening.kind, case.status)
    log.append(case, procedure, log.Entry(happening.kind, status, actor, _data(case, effect)))
    if procedure.kind == "assisted":
        assisting.close(effect)


def _kind(effect: api.Effect) -> str:
    said = effect.message.kind
    if effect.conversation.role is api.Role.OPENER:
        if said in _NOT_TAKEN:
            return "handover-not-taken"
        if said in _NOT_TRANSFERRED:
            return "transfer-declined"
        if said in _NOT_SETTLED:
            return "settlement-refused"
    return said


def _data(case: Case, effect: api.Effect) -> dict[str, Any]:
    body, data = effect.message.body, {"peer_name": peer_name(case), "reason": _OVER_TIME}
    match body:
        case Reason() if effect.conversation.kind_name == "settlement":
            reason = body.reason.model_dump()
            return data | {"reason": reason} | settling.refused_there(reason)
        case Reason():
            return data | {"reason": body.reason.model_dump()}
        case Adjudication():
            return data | settling.heard(case, body)
        case Clearing():
            return data | {"reference": body.reference, "booked_on": body.on.isoformat()}
        case CaseAnswer():
            return data | {"text": body.text.model_dump()}
        case Statement():
            service = catalogue.of(case)
            found = transferring.checked(service, dict(body.contents), body.amount)
            stated = {
                "amount": body.amount,
                "amount_text": amount_text(body.amount),
                "months": body.months,
                "stated": enclosures.others_in(body.contents),
                "files": enclosures.named_in(body.contents),
            }
            return data | stated | found
        case Amount():
            return data | {"reference": body.reference, "amount_text": amount_text(body.amount)}
        case _ if effect.message.kind in _NOT_SETTLED:
            return data | settling.refused_there(_OVER_TIME)
        case _:
            told = getattr(body, "reason", None)
            return data | ({"reason": told.model_dump()} if told else {})


def _open(effect: api.Effect) -> None:
    try:
        row = catalogue.current(effect.conversation.service)
    except Refused:
        _give_back(effect, _NOT_OFFERED)
        return
    body = effect.message.body
    assert isinstance(body, CaseContents | ContactLetter | Claim)
    person = _person(body)
    if person is None:
        _give_back(effect, _NO_PERSON)
        return
    service, at = catalogue.read(row), now()
    got = opening(service.definition.kind)
    case = Case(
        number=got.number,
        person=person,
        service=row,
        procedure_id=got.procedure,
        agency=effect.conversation.own_agency,
        place=this_node().office_place,
        status="",
        revision=0,
        snapshot={},
        opened_at=at,
        updated_at=at,
    )
    procedure = procedures.of(case)
    happening = procedure.happenings[effect.message.kind]
    (status,) = happening.reaches
    data = _opening(service, body) | {
        "conversation": str(effect.conversation.id),
        "peer_name": peer_name(case),
        "peer_case": effect.conversation.case_ref,
        "applied_on": today().isoformat(),
    }
    asked = settling.look_up(case, service) if isinstance(body, Claim) else []
    data |= {"evidence": [one.to_json() for one in asked]}
    log.append(case, procedure, log.Entry(happening.kind, status, log.PEER, data))
    for one in asked:
        if one.refusal is not None:
            sorting.refused(case, one.need.key, one.refusal, "not-asked")


def _opening(service: Service, body: CaseContents | ContactLetter | Claim) -> dict[str, Any]:
    contents = dict(body.contents)
    answers = {}
    for question in service.form.questions:
        given = contents.get(f"answer_{question.key}")
        if given is not None:
            answers[question.key] = given
    data: dict[str, Any] = {"answers": answers, "files": enclosures.named_in(contents)}
    if isinstance(body, Claim):
        data |= settling.claimed(service, body)
    if isinstance(body, CaseContents) and service.definition.categories:
        category = service.definition.category(str(contents.get("category", "")))
        category = category or service.definition.categories[-1]
        data |= {
            "title": body.title.model_dump(),
            "category": category.code,
            "told": contents.get("reason", ""),
        }
    return data


def _person(body: CaseContents | ContactLetter | Claim) -> Person | None:
    if body.subject is None:
        return None
    try:
        return person_of_number(body.subject, str(body.contents.get("name", "")))
    except ResidentIdRefused:
        return None


def _give_back(effect: api.Effect, reason: api.Text) -> None:
    """Give back what cannot be opened here; what was given back before an old backup is so by itself."""
    if effect.is_recalled:
        return
    logger.warning("given back: %s for %s", effect.message.kind, effect.conversation.service)
    if effect.conversation.kind_name == "transfer":
        api.decline_transfer(effect.conversation.id, reason)
    elif effect.conversation.kind_name == "settlement":
        api.refuse_claim(effect.conversation.id, reason)
    else:
        api.return_case(effect.conversation.id, reason)
