"""The cases that a citizen or an officer may see, as lists and one by one.

Promises: what is not visible is not found; an officer's reading of a case is recorded before it is shown.
"""

from django.db import transaction
from django.db.models import QuerySet

from tongban.node.casework import catalogue, procedures, rights, telling
from tongban.node.casework.models import Case, Draft, Notice
from tongban.node.casework.refusals import Refused
from tongban.node.casework.shown import CaseLine, CaseView
from tongban.node.clock import now
from tongban.node.paging import Page, page_of
from tongban.node.people import access
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Account, Officer, Person
from tongban.services import Definition, Text

CASES_A_PAGE = 20
_READING = Text(zh="审核办件", en="Examining the case")
_DUTY = Text(zh="承办部门依职责办理本办件", en="The agency in charge handles this case")


def of_person(who: Person | Applicant, number: int = 1) -> Page[CaseLine]:
    """The citizen's cases, the latest first; a number beyond the last page gives the last."""
    rows = rights.of_citizen(who).select_related("service").defer("service__bundle", "snapshot")
    return page_of(rows.order_by("-opened_at", "-pk"), number, CASES_A_PAGE).told(_line)


def for_citizen(who: Person | Applicant, number: str) -> CaseView:
    """One of the citizen's cases. Raises Refused `not-found`, also for somebody else's."""
    case = _with_people(rights.of_citizen(who)).filter(number=number).first()
    if case is None:
        raise Refused("not-found")
    return telling.view(case, who)


def draft_of(who: Person | Applicant, number: str) -> Draft:
    """The application that one of the citizen's cases came from. Raises Refused `not-found`."""
    case = rights.of_citizen(who).filter(number=number).select_related("draft").first()
    if case is None or case.draft is None:
        raise Refused("not-found")
    return case.draft


def record_look(applicant: Applicant, view: CaseView) -> None:
    """Record that somebody opens a case of a person by that person's mandate. Raises LogUnavailable."""
    if applicant.agent is None or applicant.enterprise is not None:
        return
    definition = view.service.definition
    access.record_agents_look(
        person=applicant.person,
        agent=applicant.agent,
        service=definition.code,
        case_ref=view.number,
        fields=_fields(definition),
    )


def for_officer(officer: Officer, number: str) -> CaseView:
    """One case of the officer's agency; leaves an access record. Raises Refused `not-found`."""
    case = _with_people(rights.of_officer(officer)).filter(number=number).first()
    if case is None:
        raise Refused("not-found")
    agent = case.mandate.agent if case.mandate and case.enterprise is None else None
    with transaction.atomic():
        access.record_reading(
            person=case.person,
            officer=officer,
            service=case.service.code,
            case_ref=case.number,
            basis=_DUTY,
            purpose=_READING,
            fields=_fields(catalogue.of(case).definition),
            agent=agent,
        )
    return telling.view(case, officer)


def revision_for_officer(officer: Officer, number: str) -> int:
    """How far one case of the officer's agency is; shows nobody and leaves no record. Raises Refused."""
    revision = rights.of_officer(officer).filter(number=number).values_list("revision", flat=True).first()
    if revision is None:
        raise Refused("not-found")
    return revision


def notices(account: Account, number: int = 1) -> Page[Notice]:
    """The citizen's notices, the latest first; a number beyond the last page gives the last."""
    told = account.notices.select_related("event__case__service").order_by("-at", "-pk")
    return page_of(told, number)


def news(account: Account, at_most: int) -> list[Notice]:
    """The notices that the citizen has not seen yet, the latest first."""
    return list(account.notices.filter(read_at=None)[:at_most])


def mark_read(account: Account) -> None:
    """Note that the citizen has seen the notices up to now."""
    account.notices.filter(read_at=None).update(read_at=now())


def _with_people(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("person", "enterprise", "mandate__agent", "service")


def _fields(definition: Definition) -> list[str]:
    """What whoever opens a case sees of its person."""
    return sorted({"name", "answers"}.union(*(need.fields for need in definition.evidence)))


def _line(case: Case) -> CaseLine:
    state = procedures.of(case).states[case.status]
    return CaseLine(
        number=case.number,
        service=catalogue.of(case).definition.name,
        status=case.status,
        status_text=state.text,
        is_final=state.is_final,
        opened_at=case.opened_at,
        updated_at=case.updated_at,
        due_on=case.due_on,
    )
