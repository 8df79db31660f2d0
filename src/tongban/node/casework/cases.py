"""The cases that a citizen or an officer may see, as lists and one by one.

Promises: what is not visible is not found; an officer's reading of a case is recorded before it is shown.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.core.paginator import Paginator
from django.db import transaction

from tongban.node.casework import catalogue, procedures, rights, telling
from tongban.node.casework.models import Case, Notice, Task
from tongban.node.casework.refusals import Refused
from tongban.node.casework.shown import CaseLine, CaseView, InboxLine
from tongban.node.clock import now, today
from tongban.node.people import access
from tongban.node.people.models import Account, Officer, Person
from tongban.services import Text

MOST_LINES = 200
CASES_A_PAGE = 20
Listing = Literal["due", "overdue", "paused"]
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


def inbox(officer: Officer, status: Literal["open", "done"] = "open") -> list[InboxLine]:
    """The officer's tasks: open ones by due date, done ones by when they were closed."""
    tasks = Task.objects.filter(agency=officer.agency, case__in=rights.of_officer(officer))
    tasks = tasks.select_related("case__person", "case__service")
    tasks = tasks.defer("case__service__bundle", "case__snapshot")
    if status == "open":
        tasks = tasks.filter(closed_at=None).order_by("due_on", "pk")
    else:
        tasks = tasks.exclude(closed_at=None).order_by("-closed_at")
    day = today()
    return [_inbox_line(task, day) for task in tasks[:MOST_LINES]]


def listed(officer: Officer, which: Listing) -> list[CaseLine]:
    """The open cases that the officer may see: due with time left, overdue, or paused for somebody else."""
    rows = rights.of_officer(officer).select_related("service").defer("service__bundle", "snapshot")
    match which:
        case "due":
            rows = rows.filter(awaits="officer", due_on__gte=today()).order_by("due_on", "number")
        case "overdue":
            rows = rows.filter(awaits="officer", due_on__lt=today()).order_by("due_on", "number")
        case "paused":
            rows = rows.filter(awaits__in=("citizen", "other-side")).order_by("updated_at", "number")
    return [_line(case) for case in rows[:MOST_LINES]]


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


def _inbox_line(task: Task, day: date) -> InboxLine:
    case = task.case
    return InboxLine(
        number=case.number,
        service=catalogue.read(case.service).definition.name,
        person_name=case.person.name,
        task=task.kind,
        status=procedures.of(case).states[case.status].text,
        opened_at=task.opened_at,
        due_on=task.due_on,
        due_is_provisional=task.due_is_provisional,
        is_overdue=task.closed_at is None and task.due_on is not None and task.due_on < day,
        closed_at=task.closed_at,
    )
