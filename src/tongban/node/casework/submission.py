"""From a draft to a case: the application is complete, consent is given, the evidence is asked for.

Promises: case, first event, consents and questions are one transaction; the same draft twice is one case; the
answers pass the form's schema once more, and the agency is the one that decides for the place on the day.
"""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db import transaction

from tongban.node.casework import (
    asking,
    assisting,
    behalf,
    competence,
    drafts,
    handing,
    locking,
    log,
    procedures,
    rights,
    sorting,
    transferring,
)
from tongban.node.casework.models import Case, Draft
from tongban.node.casework.opening import Opening, opening
from tongban.node.casework.refusals import Refused
from tongban.node.casework.rights import ALWAYS, Condition
from tongban.node.clock import now, today
from tongban.node.config import this_node
from tongban.node.people import applicants
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Person
from tongban.services import Service


def submit(who: Person | Applicant, draft_id: UUID | str, consents: frozenset[str]) -> Case:
    """Submit a draft; `consents` holds the keys the citizen agreed to. Raises Refused."""
    applicant = applicants.of(who)
    count = None
    if applicant.mandate is None:
        draft, ready = locking.draft_seen(applicant, draft_id)
        count, service = ready.count, drafts.service_of(draft)
        if _only_opens(service):
            with suppress(log.Overtaken):
                got = ready.of(service.definition.kind)
                return _submitted(draft, applicant, consents, got, rights.unchanged(draft))
    with transaction.atomic():
        behalf.hold(applicant)
        draft = locking.draft_for(applicant, draft_id)
        got = opening(drafts.service_of(draft).definition.kind, draft.pk, count)
        return _submitted(draft, applicant, consents, got)


def _only_opens(service: Service) -> bool:
    """Whether nothing is written when such a case opens but its first event: no question, no message."""
    return not service.definition.evidence and service.definition.kind not in {"transfer", "assisted"}


def _submitted(
    draft: Draft,
    applicant: Applicant,
    consents: frozenset[str],
    got: Opening,
    holds: Condition = ALWAYS,
) -> Case:
    service = drafts.service_of(draft)
    if got.made is not None:
        return Case.objects.get(pk=got.made)
    behalf.may_apply(applicant, service.definition)
    if not service.form.accepts(drafts.person_facts(draft) | drafts.given(draft)):
        raise Refused("answers-incomplete")
    if not consents.issuperset(consent.key for consent in drafts.consents_needed(draft)):
        raise Refused("consent-missing")
    return _open(draft, applicant, service, got, holds)


def _open(draft: Draft, applicant: Applicant, service: Service, got: Opening, holds: Condition) -> Case:
    at, day = now(), today()
    given = drafts.given(draft)
    decides = competence.deciding(service.definition, given, day)
    case = Case(
        number=got.number,
        draft=draft,
        person=draft.person,
        enterprise=draft.enterprise,
        mandate=applicant.mandate,
        service_id=draft.service_id,
        procedure_id=got.procedure,
        agency=decides.agency,
        place=decides.place,
        status="",
        revision=0,
        snapshot={},
        opened_at=at,
        updated_at=at,
    )
    needs = service.definition.needs_at(this_node().office_place)
    asked = [asking.ask_with_consent(case, service.definition, need) for need in needs]
    data = {
        "answers": given,
        "applied_on": day.isoformat(),
        "evidence": [one.to_json() for one in asked],
        **_of_kind(case, service, given),
    }
    procedure = procedures.of(case)
    opened = log.Entry("opened", sorting.begins(procedure, asked), log.by_applicant(applicant), data)
    log.append(case, procedure, opened, holds)
    for one in asked:
        if one.refusal is not None:
            sorting.refused(case, one.need.key, one.refusal, "not-asked")
    return case


def _of_kind(case: Case, service: Service, given: dict[str, Any]) -> dict[str, Any]:
    """What a case of this kind does and says besides when it opens."""
    match service.definition.kind:
        case "handover":
            return handing.opening(service, given)
        case "assisted":
            return assisting.ask(case, service, given)
        case "transfer":
            return transferring.ask(case, service, given)
        case _:
            return {}
