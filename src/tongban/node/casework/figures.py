"""What agencies achieved: figures of twelve months for who supervises one, or oversees several.

Promises: figures of the agencies and services that the officer's grants name and no others; counts under five
are left out, and cannot be worked out from the other agencies' and the sum either.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, DateField, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, TruncMonth

from tongban.node.casework import catalogue, outcomes, ratings, rights
from tongban.node.casework.models import Case
from tongban.node.casework.outcomes import OutcomeFigure
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.config import this_node
from tongban.node.people import permissions
from tongban.node.people.models import Officer
from tongban.places import agencies
from tongban.places.agencies import AgencyCode
from tongban.services import Text

MONTHS = 12
Reached = Mapping[str, frozenset[str] | None]
"""Agencies by code with the services whose figures may be seen; None for every one."""


@dataclass(frozen=True)
class Month:
    """One month: cases that came and cases that ended."""

    first: date
    opened: int
    ended: int


@dataclass(frozen=True)
class AgencyFigures:
    """One agency in the period, or the sum of several; `in_time` counts the ended that kept their limit."""

    code: str
    opened: int = 0
    ended: int = 0
    in_time: int = 0

    def __add__(self, other: "AgencyFigures") -> "AgencyFigures":
        ended, in_time = self.ended + other.ended, self.in_time + other.in_time
        return AgencyFigures(self.code, self.opened + other.opened, ended, in_time)


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
    """The figures since a day of the agencies that were chosen, together."""

    since: date
    agencies: tuple[AgencyFigures, ...]
    months: tuple[Month, ...]
    services: tuple[ServiceFigures, ...]
    outcomes: tuple[OutcomeFigure, ...]

    @property
    def total(self) -> AgencyFigures:
        """The sum over the agencies."""
        return sum(self.agencies, AgencyFigures(""))


def reached(officer: Officer) -> Reached:
    """The agencies whose figures the officer may see: the own one to supervise, a place's to oversee.

    Each with the services that the grants name, or None for all of them.
    """
    found: dict[str, frozenset[str] | None] = {}
    overseeing = list(permissions.granted(officer, permissions.Act.OVERSEE))
    staffed = Officer.objects.filter(is_active=True).order_by("agency").values_list("agency", flat=True)
    for code in staffed.distinct() if overseeing else ():
        over = {one.service for one in overseeing if _lies_in(code, one.place)}
        if over:
            found[code] = None if "" in over else frozenset(over)
    supervised = permissions.granted(officer, permissions.Act.SUPERVISE)
    own = supervised.filter(place__in=permissions.covering(this_node().office_place))
    services = frozenset(own.values_list("service", flat=True))
    if services:
        before = found.get(officer.agency, frozenset())
        found[officer.agency] = None if "" in services or before is None else services | before
    return found


def statistics(officer: Officer, agency: str = "") -> Statistics:
    """The figures of the last twelve months of one agency; without one, of all that the officer reaches.

    Raises Refused `not-permitted` for who reaches none, `not-found` for one that is not among them.
    """
    within = reached(officer)
    if not within:
        raise Refused("not-permitted")
    if agency and agency not in within:
        raise Refused("not-found")
    chosen = {agency: within[agency]} if agency else within
    this = today().replace(day=1)
    since = (date(this.year - 1, this.month, 1) + timedelta(days=31)).replace(day=1)
    cases = Case.objects.filter(_of(chosen))
    opened = cases.filter(opened_at__date__gte=since)
    ended = cases.filter(awaits="nobody", updated_at__date__gte=since)
    came, went = _by_month(opened, "opened_at"), _by_month(ended, "updated_at")
    months = tuple(Month(first, came.get(first, 0), went.get(first, 0)) for first in _months(since, this))
    found = _Counted(opened, ended)
    return Statistics(since, found.agencies(chosen), months, found.services(), outcomes.of(ended))


class _Counted:
    """What came and what ended, by agency and service; two queries."""

    def __init__(self, opened: QuerySet[Case], ended: QuerySet[Case]) -> None:
        sides = {
            "here": Count("pk", filter=Q(draft__isnull=False)),
            "there": Count("pk", filter=Q(draft=None)),
        }
        by = ("agency", "service__code")
        self._came: dict[tuple[str, str], tuple[int, int]] = {
            (row["agency"], row["service__code"]): (row["here"], row["there"])
            for row in opened.values(*by).annotate(**sides).order_by()
        }
        in_time = Q(due_on=None) | Q(due_on__gte=Cast("updated_at", DateField()))
        self._went: dict[tuple[str, str], tuple[int, int, timedelta]] = {
            (row["agency"], row["service__code"]): (row["count"], row["kept"], row["took"])
            for row in ended.values(*by)
            .annotate(
                count=Count("pk"),
                kept=Count("pk", filter=in_time),
                took=Sum(F("updated_at") - F("opened_at")),
            )
            .order_by()
        }

    def agencies(self, chosen: Reached) -> tuple[AgencyFigures, ...]:
        """The figures of each of these agencies, those of none as well."""
        found = {code: AgencyFigures(code) for code in sorted(chosen)}
        for (agency, _), sides in self._came.items():
            found[agency] += AgencyFigures(agency, opened=sum(sides))
        for (agency, _), (count, in_time, _took) in self._went.items():
            found[agency] += AgencyFigures(agency, ended=count, in_time=in_time)
        return tuple(found.values())

    def services(self) -> tuple[ServiceFigures, ...]:
        """The figures of each service, all agencies together."""
        names = {service.code: service.definition.name for service in catalogue.offered()}
        grades = {code: told.average_tenths for code, told in ratings.figures().items()}
        codes = sorted({service for _, service in self._came.keys() | self._went.keys()})
        return tuple(
            self._service(code, names.get(code, Text(zh=code, en=code)), grades.get(code)) for code in codes
        )

    def _service(self, code: str, name: Text, rating_tenths: int | None) -> ServiceFigures:
        came = [sides for (_, service), sides in self._came.items() if service == code]
        went = [counts for (_, service), counts in self._went.items() if service == code]
        here, there = sum(one for one, _ in came), sum(one for _, one in came)
        count = sum(one for one, _, _ in went)
        took = sum((one for _, _, one in went), timedelta())
        is_told = not any(_has_small(sides) for sides in (*came, (here, there)))
        return ServiceFigures(
            code=code,
            name=name,
            opened=here + there,
            ended=count,
            in_time=sum(one for _, one, _ in went),
            mean_days=took / count / timedelta(days=1) if count else None,
            rating_tenths=rating_tenths,
            from_here=here if is_told else None,
            from_there=there if is_told else None,
        )


def _lies_in(agency: str, place: str) -> bool:
    """Whether an agency is one of a place; every one is of the empty place."""
    known = agencies.agencies().get(AgencyCode(agency))
    return not place or (known is not None and permissions.covers(place, known.place))


def _has_small(sides: tuple[int, int]) -> bool:
    """Whether one of two counts, both of something, is too small to be told beside their sum."""
    return all(sides) and min(sides) < outcomes.LEAST_SHOWN


def _of(chosen: Reached) -> Q:
    whole = [code for code, services in chosen.items() if services is None]
    found = Q(agency__in=whole)
    for code, services in chosen.items():
        if services is not None:
            found |= Q(agency=code) & rights.of_services(services)
    return found


def _by_month(rows: QuerySet[Case], moment: str) -> dict[date, int]:
    counted = rows.annotate(month=TruncMonth(moment)).values_list("month").annotate(Count("pk")).order_by()
    return {month.date(): count for month, count in counted}


def _months(first: date, last: date) -> list[date]:
    found = [first]
    while found[-1] < last:
        found.append((found[-1] + timedelta(days=31)).replace(day=1))
    return found
