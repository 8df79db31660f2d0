"""Which cases and drafts somebody reaches, in every name: lists, locks and the rule in words say the same."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.db.models import QuerySet

from tests.casework.kinds import new_case
from tests.services.shipped import TWO_SIDED, copy_shipped
from tongban.node.casework import catalogue, locking, rights
from tongban.node.casework.models import Case, Draft
from tongban.node.casework.refusals import Refused
from tongban.node.clock import now, today
from tongban.node.people import applicants
from tongban.node.people.applicants import Applicant
from tongban.node.people.models import Enterprise, Mandate, Person, Representative
from tongban.node.people.register import create_citizen
from tongban.services import Service

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
PERIODS = [
    (today() + DAY * first, today() + DAY * last)
    for first, last in ((-9, -1), (-9, 0), (0, 0), (0, 9), (1, 9), (-9, 9))
]
ONE, OTHER = "medical-retirement", "hotline-handover"
SERVICES = ((), (ONE,), (OTHER,), (ONE, OTHER), ("old-age-allowance",))
FIRMS = ("91510100621702170A", "91510100000000000X")


class World:
    """A giver, an agent, a firm that the giver heads and another; a case and a draft of everybody's."""

    def __init__(self, giver: Person) -> None:
        agent = create_citizen("agent", "a long password", "510104199003070023", "代办人").person
        assert agent is not None
        self.giver, self.agent = giver, agent
        self.firms = [Enterprise.objects.create(code=code, name=code) for code in FIRMS]
        owners = product((giver, agent), (None, *self.firms), (ONE, OTHER))
        for person, firm, service in owners:
            row, at = catalogue.current(service), now()
            Draft.objects.create(person=person, enterprise=firm, service=row, created_at=at, updated_at=at)
            case = new_case("recognition", person)
            Case.objects.filter(pk=case.pk).update(enterprise=firm, service=row)

    def mandates(self) -> Iterator[Mandate]:
        """Every mandate that the agent could hold, one at a time."""
        whose: tuple[dict[str, Any], ...] = ({"person": self.giver}, {"enterprise": self.firms[0]})
        for of, services, period, is_ended in product(whose, SERVICES, PERIODS, (False, True)):
            made = Mandate.objects.create(
                id=uuid4(),
                agent=self.agent,
                services=list(services),
                valid_from=period[0],
                valid_until=period[1],
                proof=Mandate.Proof.COUNTER,
                given_at=now(),
                **of,
            )
            if is_ended:
                Mandate.objects.filter(pk=made.pk).update(ended_at=now(), ended_by=Mandate.EndedBy.GIVER)
            yield made


@pytest.fixture
def world(published: Service, woman: Person, tmp_path: Path) -> World:
    catalogue.publish(copy_shipped(tmp_path / "services", TWO_SIDED))
    return World(woman)


def holds(first: date, last: date | None) -> bool:
    return first <= today() and (last is None or today() <= last)


Rule = Callable[[Case | Draft], bool]


def own(person: Person) -> Rule:
    return lambda kept: kept.enterprise_id is None and kept.person_id == person.pk


def headed(firm: Enterprise, first: date, last: date | None) -> Rule:
    return lambda kept: holds(first, last) and kept.enterprise_id == firm.pk


def by(mandate: Mandate, *, is_ended: bool) -> Rule:
    def reaches(kept: Case | Draft) -> bool:
        if is_ended or not holds(mandate.valid_from, mandate.valid_until):
            return False
        if mandate.enterprise_id is not None:
            is_theirs = kept.enterprise_id == mandate.enterprise_id
        else:
            is_theirs = kept.enterprise_id is None and kept.person_id == mandate.person_id
        return is_theirs and (not mandate.services or kept.service.code in mandate.services)

    return reaches


def locks(applicant: Applicant, kept: Case | Draft) -> bool:
    """Whether both ways to ask for one, with a lock and without, give it; they have to agree."""
    if isinstance(kept, Case):
        key, at = kept.number, kept.revision
        return both(
            kept,
            lambda: locking.case_for(applicant, key, at),
            lambda: locking.case_seen(locking.visible(applicant), key, at),
        )
    draft = kept.pk
    return both(
        kept, lambda: locking.draft_for(applicant, draft), lambda: locking.draft_seen(applicant, draft)[0]
    )


def both(kept: Case | Draft, *ways: Callable[[], Case | Draft]) -> bool:
    codes = {reached(way, kept) for way in ways}
    assert codes in ({""}, {"not-found"})
    return codes == {""}


def reached(way: Callable[[], Case | Draft], kept: Case | Draft) -> str:
    """Empty when this way gives it, else the code of the refusal."""
    try:
        with transaction.atomic():
            assert way() == kept
    except Refused as refused:
        return refused.code
    return ""


LISTED: tuple[tuple[Any, Callable[[Applicant], QuerySet[Any]]], ...] = (
    (Case, rights.of_citizen),
    (Draft, rights.drafts_of),
)


def agree(person: Person, key: str, rule: Rule) -> None:
    applicant = applicants.chosen(person, key)
    for model, listed in LISTED:
        everything = list(model.objects.select_related("service").order_by("pk"))
        expected = [kept for kept in everything if rule(kept)]
        if applicant is None:
            assert expected == [], key
            continue
        assert list(listed(applicant).order_by("pk")) == expected, key
        assert [kept for kept in everything if locks(applicant, kept)] == expected, key


def test_in_their_own_name_everybody_reaches_what_is_theirs_and_no_firms(world: World) -> None:
    for person in (world.giver, world.agent):
        agree(person, "", own(person))


def test_who_heads_a_firm_reaches_all_that_is_the_firms_while_they_head_it(world: World) -> None:
    firm = world.firms[0]
    for first, last in (*PERIODS, (today() - DAY, None), (today() + DAY, None)):
        Representative.objects.all().delete()
        Representative.objects.create(enterprise=firm, person=world.giver, valid_from=first, valid_until=last)
        agree(world.giver, f"enterprise:{firm.pk}", headed(firm, first, last))
        assert applicants.chosen(world.agent, f"enterprise:{firm.pk}") is None


def test_an_agent_reaches_what_the_mandate_names_while_it_holds(world: World) -> None:
    for mandate in world.mandates():
        is_ended = Mandate.objects.filter(pk=mandate.pk, ended_at__isnull=False).exists()
        agree(world.agent, f"mandate:{mandate.pk}", by(mandate, is_ended=is_ended))
        assert applicants.chosen(world.giver, f"mandate:{mandate.pk}") is None


def test_who_heads_a_firm_no_longer_locks_nothing_of_it(world: World) -> None:
    firm = world.firms[0]
    Representative.objects.create(enterprise=firm, person=world.giver, valid_from=today() - DAY)
    applicant = applicants.chosen(world.giver, f"enterprise:{firm.pk}")
    assert applicant is not None
    theirs = [kept for kept in Case.objects.all() if locks(applicant, kept)]
    Representative.objects.update(valid_until=today() - DAY)
    assert (len(theirs), [kept for kept in theirs if locks(applicant, kept)]) == (4, [])
