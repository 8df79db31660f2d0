"""From a draft to a case: the application is complete, consent is given, the evidence is asked for.

Promises: case, first event, consents and questions are one transaction; the same draft twice is one case; the
answers pass the form's schema once more, and the agency is the one that decides for the place on the day.
"""

from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.node.casework import (
    asking,
    behalf,
    catalogue,
    competence,
    drafts,
    handing,
    log,
    numbers,
    procedures,
    sorting,
    transferring,
)
from tongban.node.casework.models import Case, Draft
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, today
from tongban.node.config import this_node
from tongban.node.people import applicants
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Person
from tongban.services import Service


def submit(who: Person | Applicant, draft_id: UUID | str, consents: frozenset[str]) -> Case:
    """Submit a draft; `consents` holds the keys the citizen agreed to. Raises Refused."""
    applicant = applicants.of(who)
    with transaction.atomic():
        behalf.hold(applicant)
        draft = drafts.lock(applicant, draft_id)
        made = Case.objects.filter(draft=draft).first()
        if made is not None:
            return made
        behalf.may_apply(applicant, drafts.service_of(draft).definition)
        if not drafts.service_of(draft).form.accepts(drafts.person_facts(draft) | drafts.given(draft)):
            raise Refused("answers-incomplete")
        if not consents.issuperset(consent.key for consent in drafts.consents_needed(draft)):
            raise Refused("consent-missing")
        return _open(draft, applicant)


def _open(draft: Draft, applicant: Applicant) -> Case:
    service = catalogue.of(draft)
    node, at, day = this_node(), now(), today()
    given = drafts.given(draft)
    agency = competence.deciding(service.definition, given, day).agency
    case = Case.objects.create(
        number=numbers.next_number(node.case_prefix, day),
        draft=draft,
        person=draft.person,
        enterprise=draft.enterprise,
        mandate=applicant.mandate,
        service_id=draft.service_id,
        procedure=procedures.current(service.definition.kind),
        agency=agency,
        status="",
        revision=0,
        snapshot={},
        opened_at=at,
        updated_at=at,
    )
    asked = [asking.ask_with_consent(case, service.definition, need) for need in service.definition.evidence]
    data = {
        "answers": given,
        "applied_on": day.isoformat(),
        "evidence": [one.to_json() for one in asked],
        **_of_kind(case, service, given),
    }
    procedure = procedures.of(case)
    log.append(case, procedure, log.Entry("opened", procedure.initial, log.by_applicant(applicant), data))
    for one in asked:
        if one.refusal is not None:
            sorting.refused(case, one.need.key, one.refusal, "not-asked")
    return case


def _of_kind(case: Case, service: Service, given: dict[str, Any]) -> dict[str, Any]:
    """What a case of this kind does and says besides when it opens."""
    match service.definition.kind:
        case "handover":
            return handing.opening(service, given)
        case "transfer":
            return transferring.ask(case, service, given)
        case _:
            return {}
