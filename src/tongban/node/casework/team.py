"""How an agency's work is spread over its officers."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from tongban.node.casework import assigning
from tongban.node.casework.models import Absence, Task
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.people import permissions
from tongban.node.people.models import Officer

SOON = timedelta(days=3)


@dataclass(frozen=True)
class Load:
    """One officer's open tasks; `officer` is None for the tasks that are nobody's."""

    officer: Officer | None
    open: int
    soon: int
    overdue: int
    away_until: date | None
    substitute: str


def colleagues(officer: Officer) -> list[Officer]:
    """The officers in office at the same agency, by name."""
    return list(Officer.objects.filter(agency=officer.agency, is_active=True).order_by("name", "pk"))


def colleague(officer: Officer, key: int) -> Officer | None:
    """The officer of this key, if in office at the same agency."""
    return Officer.objects.filter(agency=officer.agency, is_active=True, pk=key).first()


def team(officer: Officer) -> tuple[Load, ...]:
    """The spread of the agency's open tasks, nobody's first. Raises Refused `not-permitted`."""
    _require(officer, permissions.Act.SUPERVISE, permissions.Act.ASSIGN)
    day = today()
    counted: dict[int | None, tuple[int, int, int]] = {
        row["assignee"]: (row["open"], row["soon"], row["overdue"])
        for row in Task.objects.filter(agency=officer.agency, closed_at=None)
        .values("assignee")
        .annotate(
            open=Count("pk"),
            soon=Count("pk", filter=Q(due_on__gte=day, due_on__lte=day + SOON)),
            overdue=Count("pk", filter=Q(due_on__lt=day)),
        )
        .order_by()
    }
    away = {
        absence.officer_id: absence
        for absence in assigning.absent_on(day)
        .filter(officer__agency=officer.agency)
        .select_related("substitute")
    }
    loads = [_load(None, counted.get(None), None)]
    return tuple(loads + [_load(one, counted.get(one.pk), away.get(one.pk)) for one in colleagues(officer)])


def _load(officer: Officer | None, counted: tuple[int, int, int] | None, absence: Absence | None) -> Load:
    return Load(
        officer,
        *(counted or (0, 0, 0)),
        absence.last if absence else None,
        absence.substitute.name if absence else "",
    )


def _require(officer: Officer, *acts: permissions.Act) -> None:
    if not any(permissions.may(officer, act) for act in acts):
        raise Refused("not-permitted")
