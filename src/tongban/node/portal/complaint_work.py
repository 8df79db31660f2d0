"""Who answers a complaint and by when: assigned, taken, its time limit extended once, answered.

Promises: nobody answers about a case on which they acted; what is one officer's no other answers; a limit is
extended once, before it has passed, with a reason that the citizen is told; an answer is given once; every
step is kept with who did it and when.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from tongban.node.casework import assigning, notifying
from tongban.node.casework.models import Case, Event
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, today
from tongban.node.config import this_node
from tongban.node.people import permissions
from tongban.node.people.models import Grant, Officer
from tongban.node.people.permissions import Act
from tongban.node.portal import complaint_limits, complaints
from tongban.node.portal.complaints import PATH
from tongban.node.portal.models import Complaint, ComplaintChange
from tongban.node.theme.wording import local_day
from tongban.places.calendar import add_working_days
from tongban.services import Text
from tongban.services.text import shown

Kind = ComplaintChange.Kind
MOST_REASON = 500
_ANSWERED = Text(
    zh="您关于{about}的投诉有了答复，请查看", en="Your complaint about {about} has been answered; read it"
)
_EXTENDED = Text(
    zh="您关于{about}的投诉延期到{day}答复。原因：{reason}",
    en="Your complaint about {about} will be answered by {day} instead. Reason: {reason}",
)


def able(complaint: Complaint) -> QuerySet[Officer]:
    """Who may answer it: in office at its agency, with its service, and without a hand in its case."""
    holding = permissions.holding_on(today()) & Q(officer=OuterRef("pk"), act__in=(Act.HANDLE, Act.SUPERVISE))
    places = permissions.covering(this_node().office_place)
    grants = Grant.objects.filter(holding, service__in=("", complaint.service), place__in=places)
    officers = Officer.objects.filter(Exists(grants), agency=complaint.agency, is_active=True)
    return officers.exclude(pk__in=_who_acted(complaint)).order_by("name", "pk")


def may_assign(officer: Officer, complaint: Complaint) -> bool:
    """Whether the officer may say who answers it: complaints are those of the node's own place."""
    place = this_node().office_place
    return permissions.may(officer, Act.ASSIGN, service=complaint.service, place=place)


def assign(by: Officer, complaint: UUID, to: Officer) -> None:
    """Give a complaint to an officer, or to who stands in for them.

    Raises Refused: `not-found`, `not-permitted` without the right to assign its service or for who may not
    answer, `complaint-own-case` for who acted on the case, `not-available` when it was answered already.
    """
    receiver = assigning.stand_in(to, today())
    with transaction.atomic():
        found = _open(by, complaint)
        if not may_assign(by, found):
            raise Refused("not-permitted")
        _give(found, receiver, by)


def take(officer: Officer, complaint: UUID) -> None:
    """Take a complaint that is nobody's, or of somebody for whom the officer stands in.

    Raises Refused: `complaint-assigned` when it is another's, and those of `assign`.
    """
    with transaction.atomic():
        found = _open(officer, complaint)
        _hold_to_expected(officer, found)
        _give(found, officer, officer)


def may_extend(complaint: Complaint) -> bool:
    """Whether its time limit may be extended: once, and before it has passed."""
    is_open = complaint.answered_at is None and complaint.extended_at is None
    return is_open and complaint.due_on is not None and complaint.due_on >= today()


def extend(officer: Officer, complaint: UUID, reason: str) -> None:
    """Extend the time limit by the working days of the table, and tell the citizen until when and why.

    Raises Refused: `complaint-not-extendable` the second time and after the limit, and those of `answer`.
    """
    with transaction.atomic():
        found = _to_answer(officer, complaint)
        if not may_extend(found) or found.due_on is None:
            raise Refused("complaint-not-extendable")
        due = add_working_days(found.due_on, complaint_limits.on(local_day(found.at)).extension)
        found.extended_at, found.extended_by, found.extension_reason = now(), officer, reason
        found.due_on, found.due_is_provisional = due.on, due.provisional
        found.save()
        _note(found, Kind.EXTENDED, officer)
        words = {
            "about": complaints.about(found),
            "day": shown(due.on),
            "reason": Text(zh=reason, en=reason),
        }
        notifying.tell(found.person_id, _EXTENDED.filled(words), PATH, found.extended_at)


def obstacle(officer: Officer, complaint: Complaint) -> Text | None:
    """Why it is not this officer who answers; None when it may be."""
    try:
        _hold_to_expected(officer, complaint)
        _hold_to_able(officer, complaint)
    except Refused as refused:
        return refused.text
    return None


def answer(officer: Officer, complaint: UUID, words: str) -> None:
    """Answer a complaint, and tell the citizen so.

    Raises Refused: `not-found`, `not-permitted`, `not-available` when it was answered already,
    `complaint-own-case` for who acted on the case, `complaint-assigned` when it is another's.
    """
    with transaction.atomic():
        found = _to_answer(officer, complaint)
        found.answer, found.answered_at, found.answered_by = words, now(), officer
        found.save()
        _note(found, Kind.ANSWERED, officer)
        text = _ANSWERED.filled({"about": complaints.about(found)})
        notifying.tell(found.person_id, text, PATH, found.answered_at)


def _open(officer: Officer, complaint: UUID) -> Complaint:
    """A complaint that waits for its answer, locked with its case, so that nobody acts on it meanwhile."""
    found = complaints.visible(officer).select_for_update(of=("self",)).filter(pk=complaint).first()
    if found is None:
        raise Refused("not-found")
    if found.answered_at is not None:
        raise Refused("not-available")
    if found.case_id is not None:
        Case.objects.select_for_update().only("pk").get(pk=found.case_id)
    return found


def _to_answer(officer: Officer, complaint: UUID) -> Complaint:
    found = _open(officer, complaint)
    _hold_to_expected(officer, found)
    _hold_to_able(officer, found)
    return found


def _give(complaint: Complaint, to: Officer, by: Officer) -> None:
    _hold_to_able(to, complaint)
    if complaint.assignee == to:
        return
    complaint.assignee, complaint.assigned_by, complaint.assigned_at = to, by, now()
    complaint.save()
    _note(complaint, Kind.TAKEN if to == by else Kind.ASSIGNED, by, to)


def _note(complaint: Complaint, kind: Kind, by: Officer, to: Officer | None = None) -> None:
    ComplaintChange.objects.create(
        complaint=complaint, kind=kind, at=now(), by=by, to=to, due_on=complaint.due_on
    )


def _hold_to_expected(officer: Officer, complaint: Complaint) -> None:
    if not Complaint.objects.filter(assigning.expected_of(officer), pk=complaint.pk).exists():
        raise Refused("complaint-assigned")


def _hold_to_able(officer: Officer, complaint: Complaint) -> None:
    if officer.pk in _who_acted(complaint):
        raise Refused("complaint-own-case")
    if not able(complaint).filter(pk=officer.pk).exists():
        raise Refused("not-permitted")


def _who_acted(complaint: Complaint) -> frozenset[int]:
    """The officers who acted on the case, as its events tell."""
    actors = Event.objects.filter(case=complaint.case_id).values_list("actor", flat=True)
    told = actors if complaint.case_id else ()
    return frozenset(actor["officer"] for actor in told if actor.get("officer") is not None)
