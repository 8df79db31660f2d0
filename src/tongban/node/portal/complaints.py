"""Complaints about a service or a case: filed by a citizen, a task of the agency until it is answered.

Promises: a form sent twice is one complaint; while one is open there is no second about the same; each has a
time limit; a reading is recorded before it is shown, to officers of the agency with the complaint's service.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Min, Q, QuerySet

from tongban.node.casework import assigning, catalogue, competence, rights
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, today
from tongban.node.config import this_node
from tongban.node.paging import Page, page_of
from tongban.node.people import access, permissions
from tongban.node.people.models import Officer, Person
from tongban.node.portal import complaint_limits
from tongban.node.portal.models import Complaint
from tongban.places.calendar import add_working_days
from tongban.services import Text

MOST_CHARACTERS = 2000
FIELDS = ("name", "complaint")
PATH = "/complaints/"
Which = Literal["all", "open", "mine", "due", "overdue", "answered"]
_ACTS = (permissions.Act.HANDLE, permissions.Act.SUPERVISE, permissions.Act.ASSIGN)
_READING = Text(zh="处理投诉", en="Handling a complaint")
_DUTY = Text(zh="承办部门依职责答复投诉", en="The agency in charge answers complaints")


@dataclass(frozen=True)
class Waiting:
    """What waits for an agency's answer: how many, how many past their limit, the earliest last day."""

    open: int
    overdue: int
    next_due: date | None


def file(person: Person, token: UUID, words: str, *, case: str = "", service: str = "") -> Complaint:
    """File a complaint about one of the citizen's cases, or about a service.

    Raises Refused: `not-found` for a case that is not theirs, `service-unknown`, `complaint-open` while one
    about the same waits for its answer, and those of `competence.deciding`.
    """
    its_case = (
        rights.of_citizen(person).select_related("service").filter(number=case).first() if case else None
    )
    if case and its_case is None:
        raise Refused("not-found")
    code = its_case.service.code if its_case else catalogue.service(service).code
    agency = its_case.agency if its_case else _agency(code)
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        filed = Complaint.objects.filter(token=token, person=person).first()
        if filed is not None:
            return filed
        same = Complaint.objects.filter(person=person, service=code, case=its_case, answered_at=None)
        if same.exists():
            raise Refused("complaint-open")
        due = add_working_days(today(), complaint_limits.on(today()).working_days)
        return Complaint.objects.create(
            token=token,
            person=person,
            service=code,
            case=its_case,
            agency=agency,
            words=words,
            at=now(),
            due_on=due.on,
            due_is_provisional=due.provisional,
        )


def of_person(person: Person, number: int = 1) -> Page[Complaint]:
    """One page of the citizen's complaints, the latest first."""
    rows = Complaint.objects.filter(person=person).select_related("case")
    return page_of(rows.order_by("-at", "pk"), number)


def of_agency(officer: Officer, number: int = 1, which: Which = "all") -> Page[Complaint]:
    """One page of what the officer's agency has to answer: open ones first, by due date."""
    rows = _which(officer, which).select_related("case", "assignee")
    return page_of(rows.order_by(F("answered_at").desc(nulls_first=True), "due_on", "at", "pk"), number)


def waiting(officer: Officer) -> Waiting:
    """What waits for an answer of the officer's agency; one query."""
    told = (
        visible(officer)
        .filter(answered_at=None)
        .aggregate(
            open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today())), next_due=Min("due_on")
        )
    )
    return Waiting(**told)


def is_overdue(complaint: Complaint) -> bool:
    """Whether it still waits for its answer after the last day of its limit."""
    return complaint.answered_at is None and complaint.due_on is not None and complaint.due_on < today()


def for_officer(officer: Officer, complaint: UUID) -> Complaint:
    """One complaint to the officer's agency; leaves an access record. Raises Refused `not-found`."""
    found = visible(officer).select_related("person", "case", "assignee").filter(pk=complaint).first()
    if found is None:
        raise Refused("not-found")
    with transaction.atomic():
        access.record_reading(
            person=found.person,
            officer=officer,
            service=found.service,
            case_ref=found.case.number if found.case else "",
            basis=_DUTY,
            purpose=_READING,
            fields=FIELDS,
        )
    return found


def _which(officer: Officer, which: Which) -> QuerySet[Complaint]:
    rows = visible(officer)
    match which:
        case "open":
            return rows.filter(answered_at=None)
        case "mine":
            theirs = assigning.expected_of(officer) & Q(assignee__isnull=False)
            return rows.filter(theirs, answered_at=None)
        case "due":
            return rows.filter(answered_at=None, due_on__gte=today())
        case "overdue":
            return rows.filter(answered_at=None, due_on__lt=today())
        case "answered":
            return rows.filter(answered_at__isnull=False)
    return rows


def visible(officer: Officer) -> QuerySet[Complaint]:
    """The complaints to the officer's agency, as far as the officer's grants reach their services here."""
    reached = permissions.within_grants(
        officer, _ACTS, service_field="service", place=this_node().office_place
    )
    return Complaint.objects.filter(reached, agency=officer.agency)


def about(complaint: Complaint) -> Text:
    """What the complaint is about: the case's number, or the name of the service."""
    if complaint.case is not None:
        number = complaint.case.number
        return Text(zh=f"办件 {number}", en=f"case {number}")
    try:
        return catalogue.service(complaint.service).definition.name
    except Refused:
        return Text(zh=complaint.service, en=complaint.service)


def _agency(code: str) -> str:
    return competence.deciding(catalogue.service(code).definition, {}, today()).agency
