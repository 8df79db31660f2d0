"""Ratings of handled cases (好差评): five grades, once a case, anonymous to the agency, figures public.

Promises: a stored rating holds no case, person or officer, only a keyed token that keeps it single;
a poor one opens a follow-up for the agency in the same transaction; few ratings show no distribution.
"""

import hashlib
import hmac
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Count, F, QuerySet

from tongban.node.casework import procedures, rights
from tongban.node.casework.models import FollowUp, Rating
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, today
from tongban.node.config import this_node
from tongban.node.paging import Page, page_of
from tongban.node.people import permissions
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Officer, Person
from tongban.services import Text

GRADES: Final[Mapping[int, Text]] = MappingProxyType(
    {
        5: Text(zh="非常满意", en="Very satisfied"),
        4: Text(zh="满意", en="Satisfied"),
        3: Text(zh="基本满意", en="Fairly satisfied"),
        2: Text(zh="不满意", en="Dissatisfied"),
        1: Text(zh="非常不满意", en="Very dissatisfied"),
    }
)
"""The five grades, best first, as the State Council's opinions on 好差评 name them (国办发〔2019〕51号)."""

BEST_POOR_GRADE: Final = 2
LONGEST_WORDS: Final = 500
FEWEST_SHOWN: Final = 5
"""With fewer ratings only their number is public, so that nobody can tell whose they are."""


@dataclass(frozen=True)
class Figures:
    """A service's public figures; `of_grade` is empty while there are fewer than FEWEST_SHOWN ratings."""

    count: int
    of_grade: Mapping[int, int]
    follow_ups_open: int = 0

    @property
    def satisfied_percent(self) -> int | None:
        """The share of grades 3 to 5 in whole percent, rounded down; None while grades are not shown."""
        if not self.of_grade:
            return None
        good = sum(count for grade, count in self.of_grade.items() if grade > BEST_POOR_GRADE)
        return 100 * good // self.count

    @property
    def average_tenths(self) -> int | None:
        """The average grade in tenths (47 is 4.7), rounded down; None while grades are not shown."""
        if not self.of_grade:
            return None
        return 10 * sum(grade * count for grade, count in self.of_grade.items()) // self.count


@dataclass(frozen=True)
class FollowUpLine:
    """A poor rating that the agency has to look into: what was said, never by whom or about which case."""

    id: int
    service: str
    grade: Text
    words: str
    rated_on: date
    finding: str
    is_open: bool


def may_rate(person: Person | Applicant, number: str) -> bool:
    """Whether this person may still rate this case: it is theirs, has ended, and is not rated."""
    case = rights.of_citizen(person).select_related("service").filter(number=number).first()
    if case is None or not procedures.of(case).states[case.status].is_final:
        return False
    return not Rating.objects.filter(token=_token(number)).exists()


def grade_given(person: Person | Applicant, number: str) -> Text | None:
    """The grade that this person gave for this case; None before."""
    if not rights.of_citizen(person).filter(number=number).exists():
        return None
    rating = Rating.objects.filter(token=_token(number)).first()
    return GRADES[rating.grade] if rating else None


def rate(person: Person | Applicant, number: str, grade: int, words: str = "") -> None:
    """Rate a case that has ended, with words of at most LONGEST_WORDS characters.

    Raises Refused `not-found`, `not-available` (not ended yet), `rated-already`, `rating-unusable`.
    """
    said = words.strip()
    if grade not in GRADES or len(said) > LONGEST_WORDS:
        raise Refused("rating-unusable")
    case = rights.of_citizen(person).select_related("service").filter(number=number).first()
    if case is None:
        raise Refused("not-found")
    if not procedures.of(case).states[case.status].is_final:
        raise Refused("not-available")
    try:
        with transaction.atomic():
            rating = Rating.objects.create(
                token=_token(number),
                service=case.service.code,
                agency=case.agency,
                grade=grade,
                words=said,
                rated_on=today(),
            )
            if grade <= BEST_POOR_GRADE:
                FollowUp.objects.create(rating=rating)
    except IntegrityError:
        raise Refused("rated-already") from None


def figures() -> Mapping[str, Figures]:
    """The public figures of every service that was rated, by its code; two queries."""
    counted: dict[str, Counter[int]] = {}
    for row in Rating.objects.values("service", "grade").annotate(count=Count("pk")).order_by():
        counted.setdefault(row["service"], Counter())[row["grade"]] = row["count"]
    open_ones = FollowUp.objects.filter(closed_at=None).values_list("rating__service", flat=True)
    waiting = Counter(open_ones)
    return {service: _figures(grades, waiting[service]) for service, grades in counted.items()}


def figures_of(service: str) -> Figures:
    """The public figures of one service; all zero when nobody has rated it."""
    return figures().get(service, Figures(0, {}))


def follow_ups(officer: Officer, number: int = 1) -> Page[FollowUpLine]:
    """One page of the agency's poor ratings that the officer's grants reach: open and oldest ones first."""
    rows = _reached(officer).select_related("rating")
    page = page_of(rows.order_by(F("closed_at").desc(nulls_first=True), "pk"), number)
    return page.told(_line)


def close_follow_up(officer: Officer, follow_up: int, finding: str) -> None:
    """Note what came of a poor rating. Raises Refused `not-found`, `reason-missing`, `not-available`."""
    words = finding.strip()
    if not words or len(words) > LONGEST_WORDS:
        raise Refused("reason-missing")
    with transaction.atomic():
        found = _reached(officer).select_for_update(of=("self",)).filter(pk=follow_up).first()
        if found is None:
            raise Refused("not-found")
        if found.closed_at is not None:
            raise Refused("not-available")
        found.closed_at, found.closed_by, found.finding = now(), officer, words
        found.save()


_ACTS = (permissions.Act.HANDLE, permissions.Act.SUPERVISE)


def _reached(officer: Officer) -> QuerySet[FollowUp]:
    place = this_node().office_place
    reached = permissions.within_grants(officer, _ACTS, service_field="rating__service", place=place)
    return FollowUp.objects.filter(reached, rating__agency=officer.agency)


def _token(number: str) -> str:
    """What keeps a case's rating single without naming the case: keyed with the node's secret."""
    key = hmac.new(this_node().secret_bytes(), b"rating", hashlib.sha256).digest()
    return hmac.new(key, number.encode(), hashlib.sha256).hexdigest()


def _figures(grades: Mapping[int, int], follow_ups_open: int) -> Figures:
    count = sum(grades.values())
    if count < FEWEST_SHOWN:
        return Figures(count, {})
    return Figures(count, {grade: grades.get(grade, 0) for grade in GRADES}, follow_ups_open)


def _line(row: FollowUp) -> FollowUpLine:
    rating = row.rating
    return FollowUpLine(
        id=row.pk,
        service=rating.service,
        grade=GRADES[rating.grade],
        words=rating.words,
        rated_on=rating.rated_on,
        finding=row.finding,
        is_open=row.closed_at is None,
    )
