"""How an agency's work is spread over its officers, and what it achieved: figures for who supervises."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, DateField, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, TruncMonth

from tongban.node.casework import assigning, catalogue, outcomes, ratings
from tongban.node.casework.models import Absence, Case, Task
from tongban.node.casework.outcomes import OutcomeFigure
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.people import permissions
from tongban.node.people.models import Officer
from tongban.services import Text

SOON = timedelta(days=3)
MONTHS = 12


@dataclass(frozen=True)
class Load:
    """One officer's open tasks; `officer` is None for the tasks that are nobody's."""

    officer: Officer | None
    open: int
    soon: int
    overdue: int
    away_until: date | None
    substitute: str


@dataclass(frozen=True)
class Month:
    """One month: cases that came and cases that ended."""

    first: date
    opened: int
    ended: int


@dataclass(frozen=True)
class ServiceFigures:
    """One service in the period; `in_time` counts the ended cases that kept their limit.

    `from_here` and `from_there` say on which side the cases that came were applied for; None where a count
    under five is left out, and the other with it.
    """

    code: str
    name: Text
    opened: int
    ended: int
    in_time: int
    mean_days: float | None
    rating_tenths: int | None
    from_here: int | None
    from_there: int | None

    @property
    def rating(self) -> str:
        """The average grade with one decimal; empty while grades are not shown."""
        return "" if self.rating_tenths is None else f"{self.rating_tenths / 10:.1f}"


@dataclass(frozen=True)
class Statistics:
    """An agency's figures since a day."""

    since: date
    months: tuple[Month, ...]
    services: tuple[ServiceFigures, ...]
    outcomes: tuple[OutcomeFigure, ...]


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


def statistics(officer: Officer) -> Statistics:
    """The agency's figures of the last twelve months. Raises Refused `not-permitted`."""
    _require(officer, permissions.Act.SUPERVISE)
    this = today().replace(day=1)
    since = date(this.year - 1, this.month, 1) + timedelta(days=31)
    since = since.replace(day=1)
    mine = Case.objects.filter(agency=officer.agency)
    opened = mine.filter(opened_at__date__gte=since)
    ended = mine.filter(awaits="nobody", updated_at__date__gte=since)
    came, went = _by_month(opened, "opened_at"), _by_month(ended, "updated_at")
    months = tuple(Month(first, came.get(first, 0), went.get(first, 0)) for first in _months(since, this))
    return Statistics(since, months, _services(opened, ended), outcomes.of(ended))


def _services(opened: QuerySet[Case], ended: QuerySet[Case]) -> tuple[ServiceFigures, ...]:
    names = {service.code: service.definition.name for service in catalogue.offered()}
    grades = {code: figures.average_tenths for code, figures in ratings.figures().items()}
    came: dict[str, tuple[int, int]] = {
        row["service__code"]: (row["here"], row["there"])
        for row in opened.values("service__code")
        .annotate(here=Count("pk", filter=Q(draft__isnull=False)), there=Count("pk", filter=Q(draft=None)))
        .order_by()
    }
    went: dict[str, tuple[int, int, timedelta]] = {
        row["service__code"]: (row["count"], row["in_time"], row["took"])
        for row in ended.values("service__code")
        .annotate(
            count=Count("pk"),
            in_time=Count("pk", filter=Q(due_on=None) | Q(due_on__gte=Cast("updated_at", DateField()))),
            took=Sum(F("updated_at") - F("opened_at")),
        )
        .order_by()
    }
    found = []
    for code in sorted(came.keys() | went.keys()):
        count, in_time, took = went.get(code, (0, 0, timedelta()))
        here, there = came.get(code, (0, 0))
        shown = outcomes.without_small({"here": here, "there": there}) if here and there else {}
        found.append(
            ServiceFigures(
                code=code,
                name=names.get(code, Text(zh=code, en=code)),
                opened=here + there,
                ended=count,
                in_time=in_time,
                mean_days=took / count / timedelta(days=1) if count else None,
                rating_tenths=grades.get(code),
                from_here=shown.get("here", here),
                from_there=shown.get("there", there),
            )
        )
    return tuple(found)


def _load(officer: Officer | None, counted: tuple[int, int, int] | None, absence: Absence | None) -> Load:
    return Load(
        officer,
        *(counted or (0, 0, 0)),
        absence.last if absence else None,
        absence.substitute.name if absence else "",
    )


def _by_month(rows: QuerySet[Case], moment: str) -> dict[date, int]:
    counted = rows.annotate(month=TruncMonth(moment)).values_list("month").annotate(Count("pk")).order_by()
    return {month.date(): count for month, count in counted}


def _months(first: date, last: date) -> list[date]:
    found = [first]
    while found[-1] < last:
        found.append((found[-1] + timedelta(days=31)).replace(day=1))
    return found


def _require(officer: Officer, *acts: permissions.Act) -> None:
    if not any(permissions.may(officer, act) for act in acts):
        raise Refused("not-permitted")
