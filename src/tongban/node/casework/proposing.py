"""All evidence is in: the law of the case's own version decides, and the result is proposed to an officer.

Promises: the explanation is stored whole with the event; what the law cannot use becomes an officer's task.
"""

from typing import Any

from tongban.node.casework import catalogue, log, procedures
from tongban.node.casework.answered import answers_in
from tongban.node.casework.models import Case
from tongban.node.clock import today
from tongban.node.config import this_node
from tongban.services import Known, NotComputable, Service, Text, explain, facts, lacking, lists_needed
from tongban.services import propose as proposal_of


def propose(case: Case) -> None:
    """Work the case out and append `proposed`, or `calculation-failed` with the reason."""
    _work_out(case, "proposed", "calculation-failed")


def propose_again(case: Case) -> None:
    """Work the case out with corrected answers and append `worked-out-again`, or that it failed."""
    _work_out(case, "worked-out-again", "calculation-failed-again")


def _work_out(case: Case, done: str, failed: str) -> None:
    service = catalogue.of(case)
    known = known_of(case)
    on = today()
    try:
        _expect_records(service, known)
        explanation = explain(service, facts(service.definition, known), on)
    except NotComputable as failure:
        data: dict[str, Any] = {"reason": failure.text.to_json()}
        _append(case, failed, data)
        return
    proposed = proposal_of(
        service.definition, explanation["outcomes"], known.answers, this_node().office_place
    )
    data = {
        "outcome": proposed.outcome,
        "pool": proposed.pool,
        "title": proposed.title.to_json(),
        "text": proposed.text.to_json(),
        "explanation": explanation,
        "bundle": case.service.sha256,
    }
    _append(case, done, data)


def _expect_records(service: Service, known: Known) -> None:
    titles = lacking(service.definition, known, lists_needed(service))
    if titles:
        zh, en = "、".join(one.zh for one in titles), ", ".join(one.en for one in titles)
        raise NotComputable(Text(zh=f"两地都没有查到：{zh}", en=f"Neither side has a record: {en}"))


def known_of(case: Case) -> Known:
    """What the case's events and its person tell, in the form that the service's facts are made from."""
    events = {event.revision: event for event in log.history(case)}
    opened = events[1].data
    evidence: dict[str, list[dict[str, str | int]]] = {}
    for piece in log.state_of(case).evidence:
        if piece.status == "received" and piece.told_by is not None:
            evidence.setdefault(piece.type, []).extend(events[piece.told_by].data["records"])
    return Known(
        person={"birth_month": case.person.birth_month, "sex": case.person.sex},
        case={"apply_month": opened["applied_on"][:7]},
        answers=answers_in(events.values()),
        evidence=evidence,
    )


def _append(case: Case, kind: str, data: dict[str, Any]) -> None:
    procedure = procedures.of(case)
    log.append(case, procedure, log.Entry(kind, procedure.only_target(kind), log.NODE, data))
