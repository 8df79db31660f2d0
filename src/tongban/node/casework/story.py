"""A case told to people: the sentence of each event, and whose side it happened on.

Promises: both languages always; nothing in a sentence that the case does not hold.
"""

from tongban.node.casework import catalogue, competence
from tongban.node.casework.history import CaseState, Happened
from tongban.node.casework.models import Case, Event
from tongban.node.casework.procedure import Procedure
from tongban.services import Service, Side, Text

REFUSED_BY_OFFICER = Text(zh="工作人员没有通过您的申请", en="An officer refused your application")


def sentence(case: Case, procedure: Procedure, event: Event | Happened) -> Text:
    """What the event means to the citizen, in one sentence."""
    told = procedure.happenings[event.kind].sentence
    return told.filled(_values(catalogue.of(case), event, told.placeholders))


def side_of(service: Service, own_place: str, event: Event) -> Side | None:
    """The side on which the event happened: the evidence's for an answer, else the deciding agency's."""
    need = service.definition.need(event.data.get("key", ""))
    place = need.place if need and event.kind in {"evidence-received", "evidence-refused"} else own_place
    return service.definition.side(place)


def agency_name(service: Service, place: str) -> Text:
    """The name of a side's agency as citizens know it."""
    side = service.definition.side(place)
    return side.agency if side else Text(zh=place, en=place)


def deciding_agency(case: Case) -> Text:
    """The name of the agency that the case is with."""
    return competence.agency_name(case.agency)


def waiting_for(service: Service, procedure: Procedure, state: CaseState) -> Text | None:
    """What the case waits for, in one sentence; None when it has ended."""
    status = procedure.states[state.status]
    away = [one for one in state.evidence if one.status == "waiting"]
    if status.is_final or not away:
        return status.waiting_for
    names = [agency_name(service, one.place) for one in away]
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return Text(
        zh=f"等待{zh}提供材料，您不用做什么，也不用重新提交",
        en=f"Waiting for evidence from {en}; you need not do anything, nor submit again",
    )


def _values(service: Service, event: Event | Happened, wanted: frozenset[str]) -> dict[str, object]:
    values: dict[str, object] = dict.fromkeys(wanted, "")
    need = service.definition.need(event.data.get("key", ""))
    if need:
        values |= {"agency": agency_name(service, need.place), "evidence": need.title}
    for name in wanted & event.data.keys():
        given = event.data[name]
        values[name] = Text.model_validate(given) if isinstance(given, dict) else given
    return values
