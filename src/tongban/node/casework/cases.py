"""The cases that a citizen or an officer may see, as lists and one by one.

Promises: what is not visible is not found; an officer's reading of a case is recorded before it is shown.
"""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db import transaction

from tongban.node.casework import catalogue, procedures, rights, telling
from tongban.node.casework.models import Case, Notice
from tongban.node.casework.refusals import Refused
from tongban.node.casework.shown import CaseLine, CaseView
from tongban.node.clock import now
from tongban.node.people import access
from tongban.node.people.models import Account, Officer, Person
from tongban.services import Text

MOST_LINES = 200
CASES_A_PAGE = 20
_READING = Text(zh="审核办件", en="Examining the case")
_DUTY = Text(zh="承办部门依职责办理本办件", en="The agency in charge handles this case")


@dataclass(frozen=True)
class CasePage:
    """One page of a citizen's cases; `number` counts from 1, `pages` is at least 1."""

    lines: tuple[CaseLine, ...]
    number: int
    pages: int
    total: int


def of_person(person: Person, number: int = 1) -> CasePage:
    """The citizen's cases, the latest first; a number beyond the last page gives the last."""
    rows = rights.of_citizen(person).select_related("service").defer("service__bundle", "snapshot")
    pages = Paginator(rows.order_by("-opened_at", "-pk"), CASES_A_PAGE)
    page = pages.get_page(number)
    return CasePage(tuple(map(_line, page.object_list)), page.number, pages.num_pages, pages.count)


def for_citizen(person: Person, number: str) -> CaseView:
    """One of the citizen's cases. Raises Refused `not-found`, also for somebody else's."""
    case = rights.of_citizen(person).select_related("person", "service").filter(number=number).first()
    if case is None:
        raise Refused("not-found")
    return telling.view(case, person)


def for_officer(officer: Officer, number: str) -> CaseView:
    """One case of the officer's agency; leaves an access record. Raises Refused `not-found`."""
    case = rights.of_officer(officer).select_related("person", "service").filter(number=number).first()
    if case is None:
        raise Refused("not-found")
    service = catalogue.read(case.service)
    fields = sorted({"name", "answers"}.union(*(need.fields for need in service.definition.evidence)))
    with transaction.atomic():
        access.record_reading(
            person=case.person,
            officer=officer,
            service=case.service.code,
            case_ref=case.number,
            basis=_DUTY,
            purpose=_READING,
            fields=fields,
        )
    return telling.view(case, officer)


def notices(account: Account) -> list[Notice]:
    """The citizen's notices, the latest first."""
    return list(account.notices.all()[:MOST_LINES])


def mark_read(account: Account) -> None:
    """Note that the citizen has seen the notices up to now."""
    account.notices.filter(read_at=None).update(read_at=now())


def _line(case: Case) -> CaseLine:
    state = procedures.of(case).states[case.status]
    return CaseLine(
        number=case.number,
        service=catalogue.read(case.service).definition.name,
        status=case.status,
        status_text=state.text,
        is_final=state.is_final,
        opened_at=case.opened_at,
        updated_at=case.updated_at,
        due_on=case.due_on,
    )
