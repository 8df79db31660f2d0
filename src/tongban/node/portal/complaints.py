"""Complaints about a service or a case: filed by a citizen, read and answered by the agency in charge.

Promises: a form sent twice is one complaint; an officer's reading is recorded before it is shown; an answer
is given once and the citizen sees it.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from tongban.node.casework import catalogue, competence, rights
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, today
from tongban.node.paging import Page, page_of
from tongban.node.people import access
from tongban.node.people.models import Officer, Person
from tongban.node.portal.models import Complaint
from tongban.services import Text

MOST_CHARACTERS = 2000
FIELDS = ("name", "complaint")
_READING = Text(zh="处理投诉", en="Handling a complaint")
_DUTY = Text(zh="承办部门依职责答复投诉", en="The agency in charge answers complaints")


def file(person: Person, token: UUID, words: str, *, case: str = "", service: str = "") -> Complaint:
    """File a complaint about one of the citizen's cases, or about a service. Raises Refused."""
    about = rights.of_citizen(person).select_related("service").filter(number=case).first() if case else None
    if case and about is None:
        raise Refused("not-found")
    code = about.service.code if about else catalogue.service(service).code
    filed, _ = Complaint.objects.get_or_create(
        token=token,
        person=person,
        defaults={
            "service": code,
            "case": about,
            "agency": about.agency if about else _agency(code),
            "words": words,
            "at": now(),
        },
    )
    return filed


def of_person(person: Person, number: int = 1) -> Page[Complaint]:
    """One page of the citizen's complaints, the latest first."""
    rows = Complaint.objects.filter(person=person).select_related("case")
    return page_of(rows.order_by("-at", "pk"), number)


def of_agency(officer: Officer, number: int = 1) -> Page[Complaint]:
    """One page of what the officer's agency has to answer: open ones first, the oldest of them first."""
    rows = _visible(officer).select_related("case")
    return page_of(rows.order_by(F("answered_at").desc(nulls_first=True), "at", "pk"), number)


def for_officer(officer: Officer, complaint: UUID) -> Complaint:
    """One complaint to the officer's agency; leaves an access record. Raises Refused `not-found`."""
    found = _visible(officer).select_related("person", "case").filter(pk=complaint).first()
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


def answer(officer: Officer, complaint: UUID, words: str) -> None:
    """Answer a complaint. Raises Refused: `not-found`, `not-available` when it was answered already."""
    with transaction.atomic():
        found = _visible(officer).select_for_update().filter(pk=complaint).first()
        if found is None:
            raise Refused("not-found")
        if found.answered_at is not None:
            raise Refused("not-available")
        found.answer, found.answered_at, found.answered_by = words, now(), officer
        found.save()


def _visible(officer: Officer) -> QuerySet[Complaint]:
    rows = Complaint.objects.filter(agency=officer.agency)
    return rows if officer.is_active else rows.none()


def _agency(code: str) -> str:
    return competence.deciding(catalogue.service(code).definition, {}, today()).agency
