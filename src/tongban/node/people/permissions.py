"""What officers may do: acts by service and place, for a time; one predicate for SQL, one answer for code.

Promises: who is out of office may do nothing; what nobody granted is not allowed.
"""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from tongban.node.clock import today
from tongban.node.people.models import Enterprise, Grant, Officer, Person, Representative
from tongban.places import divisions

Act = Grant.Act


def grant(
    officer: Officer,
    act: Grant.Act,
    *,
    service: str = "",
    place: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Grant:
    """Let the officer do `act`; granting the same twice is granting it once. Raises UnknownPlace."""
    if place:
        divisions.place_code(place)
    given, _ = Grant.objects.get_or_create(
        officer=officer,
        act=act,
        service=service,
        place=place,
        valid_from=valid_from or today(),
        defaults={"valid_until": valid_until},
    )
    return given


def granted(officer: Officer, *acts: Grant.Act) -> QuerySet[Grant]:
    """The officer's grants of any of these acts that hold today; none for who is out of office."""
    if not officer.is_active:
        return Grant.objects.none()
    return Grant.objects.filter(holding_on(today()), officer=officer, act__in=acts)


def acts_of(officer: Officer) -> frozenset[Grant.Act]:
    """The acts that the officer may do for any service at any place today."""
    held = granted(officer, *Grant.Act).values_list("act", flat=True)
    return frozenset(Grant.Act(act) for act in held)


def may(officer: Officer, act: Grant.Act, *, service: str = "", place: str = "") -> bool:
    """Whether the officer may do `act` for this service at this place; empty asks about any."""
    return any(
        (not service or given.service in {"", service}) and (not place or covers(given.place, place))
        for given in granted(officer, act)
    )


def within_grants(officer: Officer, acts: Iterable[Grant.Act], *, service_field: str, place: str) -> Q:
    """The SQL predicate for rows of a service named by `service_field`, at a place, that an act reaches.

    The agency is not part of it: a list filters by the officer's agency besides.
    """
    reaching = granted(officer, *acts).filter(Q(service="") | Q(service=OuterRef(service_field)))
    return Q(Exists(reaching.filter(place__in=covering(place))))


def represented_by(person: Person) -> QuerySet[Enterprise]:
    """The enterprises that the person heads today, and so acts for by office."""
    holding = Representative.objects.filter(holding_on(today()), person=person, enterprise=OuterRef("pk"))
    return Enterprise.objects.filter(Exists(holding)).order_by(F("name"))


def holding_on(on: date) -> Q:
    """The rows with `valid_from` and `valid_until` that hold on this day, both included."""
    return Q(valid_until=None, valid_from__lte=on) | Q(valid_until__gte=on, valid_from__lte=on)


def covering(place: str) -> tuple[str, ...]:
    """The places of grants that reach this one: every one, it, and those above it."""
    return ("", place, *divisions.parents(place))


def covers(given: str, place: str) -> bool:
    """Whether a grant at the place `given`, every one when empty, reaches `place`: that one, or one above."""
    return given in covering(place)
