"""Mandates shown on paper at a counter (窗口登记委托): entered by an officer, checked by another if need be.

Promises: both people are known by name and ID number; who entered and who checked are two; a mandate holds
only once it is kept, and then like any other: both see it and either ends it.
"""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from tongban.node.clock import now, today
from tongban.node.people import access, mandates, permissions
from tongban.node.people.mandates import Fault, MandateRefused, Terms
from tongban.node.people.models import CounterEntry, Enterprise, Mandate, Officer, Person
from tongban.node.people.register import person_of_number
from tongban.services import Text

LONGEST_REFERENCE = 80
_FIELDS = ("name", "resident_id")
_BASIS = Text(zh="双方到窗口登记委托", en="Both came to the counter to have a mandate registered")
_PURPOSE = Text(zh="登记代办的委托", en="Registering a mandate")


@dataclass(frozen=True)
class Present:
    """Somebody at the counter, as their identity card says."""

    name: str = field(repr=False)
    number: str = field(repr=False)


@dataclass(frozen=True)
class Paper:
    """What the paper says: who lets whom act; `enterprise` is the code of one that the giver heads."""

    giver: Present
    agent: Present
    terms: Terms
    reference: str
    enterprise: str = ""


def register(
    officer: Officer, paper: Paper, key: UUID, *, must_be_checked: bool
) -> tuple[Mandate | CounterEntry, bool]:
    """Register what was shown at the counter, with whether it is new: the same `key` twice is one.

    The mandate, or where another officer must check it first, the entry that waits for that. Raises
    MandateRefused, ResidentIdRefused, LogUnavailable.
    """
    with transaction.atomic():
        Officer.objects.select_for_update().get(pk=officer.pk)
        known = _known(officer, key)
        if known is not None:
            return known, False
        giver, agent = _person(paper.giver), _person(paper.agent)
        if agent == giver:
            raise MandateRefused(Fault.AGENT_IS_GIVER)
        firm = _firm(giver, paper.enterprise) if paper.enterprise else None
        mandates.check_dates(paper.terms)
        entry = CounterEntry(
            id=key,
            giver=giver,
            enterprise=firm,
            agent=agent,
            services=sorted(set(paper.terms.services)),
            valid_from=paper.terms.valid_from,
            valid_until=paper.terms.valid_until,
            reference=paper.reference,
            entered_by=officer,
            entered_at=now(),
        )
        _record_looks(officer, entry)
        if must_be_checked:
            entry.save(force_insert=True)
            return entry, True
        return _keep(entry), True


def check(officer: Officer, key: UUID) -> Mandate:
    """Let an entry of a colleague hold. Raises MandateRefused: not found, own entry, over."""
    with transaction.atomic():
        entry = _waiting_for(officer, key)
        if entry.valid_until < today():
            raise MandateRefused(Fault.DATES_UNUSABLE)
        entry.outcome, entry.checked_by, entry.checked_at = CounterEntry.Outcome.KEPT, officer, now()
        entry.save()
        _record_looks(officer, entry)
        return _keep(entry)


def decline(officer: Officer, key: UUID) -> CounterEntry:
    """Let an entry of a colleague not hold. Raises MandateRefused: not found, own entry."""
    with transaction.atomic():
        entry = _waiting_for(officer, key)
        entry.outcome, entry.checked_by, entry.checked_at = CounterEntry.Outcome.DECLINED, officer, now()
        entry.save()
        return entry


def end(officer: Officer, key: UUID) -> Mandate:
    """End a mandate that the officer's agency registered. Raises MandateRefused `mandate-not-found`."""
    with transaction.atomic():
        found = registered(officer).order_by().select_for_update(of=("self",)).filter(pk=key, ended_at=None)
        mandate = found.first()
        if mandate is None:
            raise MandateRefused(Fault.NOT_FOUND)
        return mandates.close(mandate, Mandate.EndedBy.AGENCY)


def registered(officer: Officer) -> QuerySet[Mandate]:
    """The mandates that the officer's agency registered at its counter, the latest first."""
    rows = Mandate.objects.filter(registered_by__agency=officer.agency)
    visible = rows if officer.is_active else rows.none()
    return visible.select_related("person", "enterprise", "agent", "registered_by")


def waiting(officer: Officer) -> QuerySet[CounterEntry]:
    """The agency's entries that wait for another officer, the oldest first."""
    rows = CounterEntry.objects.filter(entered_by__agency=officer.agency, outcome="")
    visible = rows if officer.is_active else rows.none()
    return visible.select_related("giver", "enterprise", "agent", "entered_by").order_by("entered_at", "pk")


def _known(officer: Officer, key: UUID) -> Mandate | CounterEntry | None:
    return (
        Mandate.objects.filter(pk=key, registered_by=officer).first()
        or CounterEntry.objects.filter(pk=key, entered_by=officer).first()
    )


def _waiting_for(officer: Officer, key: UUID) -> CounterEntry:
    entry = waiting(officer).select_for_update(of=("self",)).filter(pk=key).first()
    if entry is None:
        raise MandateRefused(Fault.NOT_FOUND)
    if entry.entered_by_id == officer.pk:
        raise MandateRefused(Fault.OWN_ENTRY)
    return entry


def _person(present: Present) -> Person:
    person = person_of_number(present.number, present.name)
    if person.name != present.name:
        raise MandateRefused(Fault.NAME_DIFFERS)
    return person


def _firm(giver: Person, code: str) -> Enterprise:
    firm = permissions.represented_by(giver).filter(pk=code).first()
    if firm is None:
        raise MandateRefused(Fault.NOT_REPRESENTED)
    return firm


def _keep(entry: CounterEntry) -> Mandate:
    return mandates.keep(
        Mandate(
            id=entry.pk,
            person=None if entry.enterprise else entry.giver,
            enterprise=entry.enterprise,
            agent=entry.agent,
            services=entry.services,
            valid_from=entry.valid_from,
            valid_until=entry.valid_until,
            proof=Mandate.Proof.COUNTER,
            reference=entry.reference,
            given_at=now(),
            given_by=entry.giver,
            registered_by=entry.entered_by,
        )
    )


def _record_looks(officer: Officer, entry: CounterEntry) -> None:
    for person in (entry.giver, entry.agent):
        access.record_reading(
            person=person,
            officer=officer,
            service="",
            case_ref="",
            basis=_BASIS,
            purpose=_PURPOSE,
            fields=_FIELDS,
        )
