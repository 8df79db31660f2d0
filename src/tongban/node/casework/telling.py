"""Builds the view of one case from its row, its events and what the exchange says of its questions.

Promises: reads only; the number of queries does not grow with the history.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tongban.node.casework import (
    acting,
    catalogue,
    correcting,
    enclosures,
    log,
    procedures,
    recording,
    session,
    story,
)
from tongban.node.casework.answered import answers_in
from tongban.node.casework.history import CaseState, EvidenceState
from tongban.node.casework.models import Case, Event
from tongban.node.casework.passage import passage, passed
from tongban.node.casework.procedure import Procedure
from tongban.node.casework.remedies import Remedy
from tongban.node.casework.shown import Behalf, CaseView, Decision, Entry, EvidenceView, Proposal
from tongban.node.config import this_node
from tongban.node.exchange import api
from tongban.services import Service, Text

_DELAY = Text(
    zh="{node}的系统暂时没有回应。您的申请已经保存，系统会自动继续核对，您不用重新提交。",
    en="{node} does not answer at present. Your application is kept and goes on by itself.",
)


_BY_THE_RULES = Text(zh="按规则自动办理", en="decided by the rules at once")


def view(case: Case, who: acting.Who) -> CaseView:
    """The case as this person sees it."""
    service, procedure = catalogue.of(case), procedures.of(case)
    state, events = log.state_of(case), {event.revision: event for event in log.history(case)}
    status = procedure.states[case.status]
    answers = answers_in(events.values())
    stations = passage(service.definition, procedure, state, events, this_node().office_place)
    return CaseView(
        number=case.number,
        service=service,
        procedure=procedure,
        person_name=case.enterprise.name if case.enterprise else case.person.name,
        behalf=_behalf(case),
        status=case.status,
        status_text=status.text,
        is_final=status.is_final,
        waiting_for=story.waiting_for(service, procedure, state),
        revision=case.revision,
        opened_at=case.opened_at,
        due_on=case.due_on,
        due_is_provisional=state.due_is_provisional,
        answers=_answers(service, case, answers),
        rows=correcting.askable(service, case, answers),
        asked_about=correcting.asked_about(service, case, answers),
        evidence=_evidence(service, case, state, events),
        proposal=_proposal(state, events),
        decision=_decision(case, state, events),
        timeline=tuple(_entry(case, service, procedure, event) for event in events.values()),
        passage=passed(stations) if status.is_final else stations,
        actions=acting.available(case, who),
        proposals=session.proposals(state),
        bill=recording.bill(service.definition, events),
    )


def _behalf(case: Case) -> Behalf | None:
    firm, mandate = case.enterprise, case.mandate
    if firm is None and mandate is None:
        return None
    return Behalf(
        agent=mandate.agent.name if mandate else case.person.name,
        enterprise=firm.pk if firm else "",
        mandated_until=mandate.valid_until if mandate else None,
        proof=mandate.proof if mandate else "",
    )


def _answers(service: Service, case: Case, answers: Mapping[str, Any]) -> tuple[tuple[Text, Text], ...]:
    """The answers in words; a file of a case that came from the other side stands among those that came."""
    asked = service.form.visible({"person.sex": case.person.sex, **answers})
    return tuple(
        (question.label, question.show(answers.get(question.key)))
        for question in asked
        if question.type != "file" or case.draft_id or question.key in answers
    )


def _evidence(
    service: Service, case: Case, state: CaseState, events: Mapping[int, Event]
) -> tuple[EvidenceView, ...]:
    waiting = api.waiting(case.number) if state.is_waiting and case.status == "gathering" else ()
    delays = {str(one.message): _delay(one) for one in waiting}
    return tuple(_piece(service, one, events, delays.get(one.message)) for one in state.evidence)


def _piece(
    service: Service, piece: EvidenceState, events: Mapping[int, Event], delay: Text | None
) -> EvidenceView:
    need, side = service.definition.need(piece.key), service.definition.side(piece.place)
    told = events[piece.told_by].data if piece.told_by else {}
    records = _without_digests(told)
    return EvidenceView(
        key=piece.key,
        type=piece.type,
        title=need.title if need else Text(zh=piece.type, en=piece.type),
        place=piece.place,
        side=side.code if side else "",
        agency=story.agency_name(service, piece.place),
        status=piece.status,
        since=datetime.fromisoformat(piece.since),
        settled_at=datetime.fromisoformat(piece.settled_at) if piece.settled_at else None,
        records=records,
        lines=tuple(
            recording.in_words(service.definition, piece.type, record)
            for record in records
            if "from" not in record
        ),
        papers=enclosures.papers(told),
        reason=_text(told.get("reason")),
        detail=_text(told.get("detail")),
        delay=delay,
        message_id=piece.message,
    )


def _without_digests(told: Mapping[str, Any]) -> tuple[Mapping[str, str | int], ...]:
    """The records as people read them: without digests of files, and without what is empty."""
    digests = {"", *(file["sha256"] for file in told.get("papers", ()))}
    records = told.get("records", ())
    return tuple({name: value for name, value in one.items() if value not in digests} for one in records)


def _delay(waiting: api.Waiting) -> Text | None:
    if waiting.reason is None:
        return None
    return _DELAY.filled({"node": Text(zh=waiting.node_title.zh, en=waiting.node_title.en)})


def _proposal(state: CaseState, events: Mapping[int, Event]) -> Proposal | None:
    if state.proposed_by is None:
        return None
    event = events[state.proposed_by]
    data = event.data
    return Proposal(
        outcome=data["outcome"],
        pool=data["pool"],
        title=Text.model_validate(data["title"]),
        text=Text.model_validate(data["text"]),
        explanation=data["explanation"],
        at=event.at,
    )


def _decision(case: Case, state: CaseState, events: Mapping[int, Event]) -> Decision | None:
    if state.decided_by is None:
        return None
    event = events[state.decided_by]
    data = event.data
    return Decision(
        outcome=data["outcome"],
        title=Text.model_validate(data["title"]),
        text=Text.model_validate(data["text"]),
        words=data.get("words", ""),
        agrees="words" not in data,
        at=event.at,
        officer_post=Text.model_validate(event.actor["post"]) if "post" in event.actor else _BY_THE_RULES,
        agency=Text.model_validate(data["peer_name"])
        if event.actor["role"] == "peer"
        else story.deciding_agency(case),
        remedy=Remedy.from_json(data["remedy"]) if "remedy" in data else None,
    )


def _entry(case: Case, service: Service, procedure: Procedure, event: Event) -> Entry:
    side = story.side_of(service, this_node().office_place, event)
    return Entry(
        at=event.at,
        kind=event.kind,
        side=side.code if side else "",
        text=story.sentence(case, procedure, event),
        detail=_text(event.data.get("text")),
        by=event.actor["by"]["name"] if "by" in event.actor else "",
        is_recalled=bool(event.data.get("recalled")),
    )


def _text(stored: object) -> Text | None:
    """A text in both languages that the event carries; what a person typed stands in the sentence already."""
    return Text.model_validate(stored) if isinstance(stored, dict) else None
