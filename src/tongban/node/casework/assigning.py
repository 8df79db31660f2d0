"""Who does which task: assigned one by one or in bulk, taken, given back; absence and who stands in.

Promises: all of a bulk or nothing; only open tasks of the own agency, only to officers in office there; an
assignment says who is expected to act, what may be done stays the definition's and the rights' affair.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from tongban.node.casework import rights
from tongban.node.casework.models import Absence, AbsenceChange, Task
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, today
from tongban.node.people import permissions
from tongban.node.people.models import Officer

MOST_AT_ONCE = 500


def assign(by: Officer, tasks: Iterable[int], to: Officer) -> int:
    """Give tasks to an officer of the same agency; how many changed hands.

    Who is absent gets none: they go to the officer who stands in. Raises Refused `task-beyond-colleague` for
    who could not open one of them, `not-permitted` without the
    permission to assign, `not-found` when one of them is not an open task of the agency, or of a service or
    place for which the permission was not given.
    """
    if not permissions.may(by, permissions.Act.ASSIGN):
        raise Refused("not-permitted")
    return _give(by, frozenset(tasks), to, rights.reaching(by, of="case__", acts=(permissions.Act.ASSIGN,)))


def take(officer: Officer, tasks: Iterable[int]) -> int:
    """Take tasks that are nobody's. Raises Refused `not-found`, `not-available` when one is somebody's."""
    wanted, reached = frozenset(tasks), rights.reaching(officer, of="case__")
    with transaction.atomic():
        if _locked(officer, wanted, reached).exclude(assignee=None).exclude(assignee=officer).exists():
            raise Refused("not-available")
        return _give(officer, wanted, officer, reached)


def give_back(officer: Officer, tasks: Iterable[int]) -> int:
    """Give own tasks back to the agency. Raises Refused `not-found`."""
    wanted = frozenset(tasks)
    with transaction.atomic():
        mine = _locked(officer, wanted, Q()).filter(assignee=officer)
        if mine.count() != len(wanted):
            raise Refused("not-found")
        return mine.update(assignee=None, assigned_by=officer, assigned_at=now())


def be_absent(officer: Officer, first: date, last: date, substitute: Officer) -> Absence:
    """Note an absence, both days included, and who stands in. Raises Refused `not-permitted`."""
    is_of_agency = substitute.is_active and substitute.agency == officer.agency and substitute != officer
    if last < first or not is_of_agency:
        raise Refused("not-permitted")
    with transaction.atomic():
        absence = Absence.objects.create(officer=officer, first=first, last=last, substitute=substitute)
        _note(absence, AbsenceChange.Kind.NOTED, officer)
    return absence


def come_back(officer: Officer, absence: int) -> None:
    """End an own absence: today is the first day back; one that has not begun does not happen at all.

    Raises Refused `not-found` when there is none that goes on.
    """
    on = today()
    with transaction.atomic():
        mine = Absence.objects.select_for_update().filter(pk=absence, officer=officer, last__gte=on).first()
        if mine is None or mine.cancelled:
            raise Refused("not-found")
        mine.cancelled = mine.first >= on
        mine.last = mine.last if mine.cancelled else on - timedelta(days=1)
        mine.save()
        _note(mine, AbsenceChange.Kind.ENDED, officer)


def absent_on(day: date) -> QuerySet[Absence]:
    """The absences that hold on a day."""
    return Absence.objects.filter(first__lte=day, last__gte=day, cancelled=False)


def _note(absence: Absence, kind: AbsenceChange.Kind, by: Officer) -> None:
    AbsenceChange.objects.create(
        absence=absence,
        kind=kind,
        at=now(),
        by=by,
        first=absence.first,
        last=absence.last,
        substitute=absence.substitute,
    )


def stand_in(officer: Officer, on: date) -> Officer:
    """Who does an officer's work on a day: the officer, or whoever stands in, and in turn for that one."""
    seen = {officer.pk}
    while True:
        absence = absent_on(on).filter(officer=officer).select_related("substitute").order_by("-pk").first()
        if absence is None or not absence.substitute.is_active or absence.substitute.pk in seen:
            return officer
        officer = absence.substitute
        seen.add(officer.pk)


def expected_of(officer: Officer) -> Q:
    """Tasks expected of an officer: own, nobody's, and of those whom the officer stands in for."""
    on = today()
    absent = absent_on(on).filter(substitute=officer).values("officer")
    return Q(assignee=officer) | Q(assignee=None) | Q(assignee__in=absent)


def _give(by: Officer, wanted: frozenset[int], to: Officer, reached: Q) -> int:
    receiver = stand_in(to, today())
    if not receiver.is_active or receiver.agency != by.agency or len(wanted) > MOST_AT_ONCE:
        raise Refused("not-permitted")
    with transaction.atomic():
        found = _locked(by, wanted, reached)
        if found.count() != len(wanted):
            raise Refused("not-found")
        if found.filter(rights.reaching(receiver, of="case__")).count() != len(wanted):
            raise Refused("task-beyond-colleague")
        return found.exclude(assignee=receiver).update(assignee=receiver, assigned_by=by, assigned_at=now())


def _locked(officer: Officer, wanted: frozenset[int], reached: Q) -> QuerySet[Task]:
    mine = Task.objects.filter(reached, pk__in=wanted, agency=officer.agency, closed_at=None)
    list(mine.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    return mine
