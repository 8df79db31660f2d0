"""An officer's tasks, page by page: by due date, filtered, and found by number, name, code, last four digits.

Promises: a page reads as many rows as it shows, however many there are; what the officer may not see is not
there.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from tongban.node.casework import assigning, catalogue, procedures, rights
from tongban.node.casework.models import Case, Task
from tongban.node.casework.shown import InboxLine
from tongban.node.clock import today
from tongban.node.people import access
from tongban.node.people.models import Officer
from tongban.services import Text

_SEARCHING = Text(zh="查找办件", en="Searching for a case")
_DUTY = Text(zh="承办部门依职责办理本办件", en="The agency in charge handles this case")

LINES_A_PAGE = 50
FOUND_AT_MOST = 50
SHORTEST_WORDS = 2
Which = Literal["open", "due", "overdue", "paused", "done"]
Whose = Literal["all", "expected", "mine", "nobody"]
Origin = Literal["all", "here", "there"]
"""Where the applicant applied: here, or on the other side, which handed the case over."""
_LAST_FOUR = re.compile(r"\d{3}[\dXx]")
_AFTER = re.compile(r"(\d{4}-\d\d-\d\d(?:T[\d:.+-]+)?|none)_(\d{1,18})")


@dataclass(frozen=True)
class Wanted:
    """Which tasks: by time limit, service, whose, from where; `after` is where the page before ended."""

    which: Which = "open"
    service: str = ""
    whose: Whose = "all"
    origin: Origin = "all"
    after: str = ""


@dataclass(frozen=True)
class Worklist:
    """One page of tasks; `next` is what the following page asks for, empty on the last."""

    lines: tuple[InboxLine, ...]
    next: str


def page(officer: Officer, wanted: Wanted) -> Worklist:
    """One page of the officer's tasks; an unusable `after` gives the first."""
    if wanted.which == "paused":
        return _paused(officer, wanted)
    is_done = wanted.which == "done"
    rows = _tasks(officer).filter(closed_at__isnull=not is_done)
    if wanted.service:
        rows = rows.filter(rights.of_services((wanted.service,), of="case__"))
    if wanted.origin != "all":
        rows = rows.filter(case__draft__isnull=wanted.origin == "there")
    match wanted.whose:
        case "expected":
            rows = rows.filter(assigning.expected_of(officer))
        case "mine":
            rows = rows.filter(closed_by=officer) if is_done else rows.filter(assignee=officer)
        case "nobody":
            rows = rows.filter(assignee=None)
    match wanted.which:
        case "due":
            rows = rows.filter(due_on__gte=today())
        case "overdue":
            rows = rows.filter(due_on__lt=today())
    rows = _after(rows, wanted.after, is_done=is_done)
    rows = rows.order_by("-closed_at", "-pk") if is_done else rows.order_by("due_on", "pk")
    found = list(rows[: LINES_A_PAGE + 1])
    following = _place(found[LINES_A_PAGE - 1], is_done=is_done) if len(found) > LINES_A_PAGE else ""
    day = today()
    return Worklist(tuple(_line(task, day) for task in found[:LINES_A_PAGE]), following)


def search(officer: Officer, words: str) -> tuple[InboxLine, ...]:
    """The cases, open and ended, whose number or applicant's name begins so, by its code or last four digits.

    Nothing for fewer than two characters; the latest first, at most fifty. That the officer was shown whose
    cases they are is recorded for each. Raises LogUnavailable.
    """
    said = words.strip()
    if len(said) < SHORTEST_WORDS:
        return ()
    found = Q(number__istartswith=said) | Q(person__name__startswith=said)
    found |= Q(enterprise__name__startswith=said) | Q(enterprise=said.upper())
    if _LAST_FOUR.fullmatch(said):
        found |= Q(person__resident_id__endswith=said.upper())
    rows = rights.of_officer(officer).filter(found).select_related("person", "enterprise", "service")
    rows = rows.defer("service__bundle", "snapshot").order_by("-opened_at", "-pk")
    found_cases = list(rows[:FOUND_AT_MOST])
    _record(officer, found_cases)
    return tuple(_case_line(case) for case in found_cases)


def _record(officer: Officer, found: Sequence[Case]) -> None:
    with transaction.atomic():
        access.record_found(
            officer=officer,
            found=[(case.person, case.service.code, case.number) for case in found],
            basis=_DUTY,
            purpose=_SEARCHING,
        )


def services_of(officer: Officer) -> list[tuple[str, Text]]:
    """The services that the officer handles, by code, with their names.

    They are those that name the officer's agency; all, for an agency that none names.
    """
    reached = rights.services_reached(officer)
    offered = [one for one in catalogue.offered() if reached is None or one.code in reached]
    own = [one for one in offered if officer.agency in {side.agency_code for side in one.definition.sides}]
    return [(one.code, one.definition.name) for one in own or offered]


def _tasks(officer: Officer) -> QuerySet[Task]:
    rows = Task.objects.filter(rights.reaching(officer, of="case__"), agency=officer.agency)
    rows = rows.select_related("case__person", "case__enterprise", "case__service", "assignee")
    return rows.defer("case__service__bundle", "case__snapshot")


def _paused(officer: Officer, wanted: Wanted) -> Worklist:
    rows = rights.of_officer(officer).filter(awaits__in=("citizen", "other-side"))
    if wanted.service:
        rows = rows.filter(rights.of_services((wanted.service,)))
    if wanted.origin != "all":
        rows = rows.filter(draft__isnull=wanted.origin == "there")
    rows = rows.select_related("person", "enterprise", "service").defer("service__bundle", "snapshot")
    found = list(_paused_after(rows, wanted.after).order_by("updated_at", "pk")[: LINES_A_PAGE + 1])
    last = found[LINES_A_PAGE - 1] if len(found) > LINES_A_PAGE else None
    following = f"{last.updated_at.isoformat()}_{last.pk}" if last else ""
    return Worklist(tuple(_case_line(case) for case in found[:LINES_A_PAGE]), following)


def _paused_after(rows: QuerySet[Case], after: str) -> QuerySet[Case]:
    moment, _, key = after.partition("_")
    try:
        at, pk = datetime.fromisoformat(moment), UUID(key)
    except ValueError:
        return rows
    if at.tzinfo is None:
        return rows
    return rows.filter(Q(updated_at__gt=at) | Q(updated_at=at, pk__gt=pk))


def _after(rows: QuerySet[Task], after: str, *, is_done: bool) -> QuerySet[Task]:
    place = _AFTER.fullmatch(after)
    if place is None:
        return rows
    key = int(place.group(2))
    if is_done:
        try:
            moment = datetime.fromisoformat(place.group(1))
        except ValueError:
            return rows
        return rows.filter(Q(closed_at__lt=moment) | Q(closed_at=moment, pk__lt=key))
    if place.group(1) == "none":
        return rows.filter(due_on=None, pk__gt=key)
    try:
        day = date.fromisoformat(place.group(1))
    except ValueError:
        return rows
    return rows.filter(Q(due_on__gt=day) | Q(due_on=day, pk__gt=key) | Q(due_on=None))


def _place(task: Task, *, is_done: bool) -> str:
    moment = task.closed_at if is_done else task.due_on
    return f"{moment.isoformat() if moment else 'none'}_{task.pk}"


def _line(task: Task, day: date) -> InboxLine:
    case = task.case
    return InboxLine(
        number=case.number,
        service=catalogue.of(case).definition.name,
        person_name=case.enterprise.name if case.enterprise else case.person.name,
        task=task.kind,
        status=procedures.of(case).states[case.status].text,
        opened_at=task.opened_at,
        due_on=task.due_on,
        due_is_provisional=task.due_is_provisional,
        is_overdue=task.closed_at is None and task.due_on is not None and task.due_on < day,
        closed_at=task.closed_at,
        id=task.pk,
        assignee=task.assignee.name if task.assignee else "",
        is_from_there=case.draft_id is None,
    )


def _case_line(case: Case) -> InboxLine:
    return InboxLine(
        number=case.number,
        service=catalogue.of(case).definition.name,
        person_name=case.enterprise.name if case.enterprise else case.person.name,
        task="",
        status=procedures.of(case).states[case.status].text,
        opened_at=case.opened_at,
        due_on=case.due_on,
        due_is_provisional=False,
        is_overdue=False,
        closed_at=None,
        is_from_there=case.draft_id is None,
    )
