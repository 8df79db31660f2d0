"""The case that an officer may lock is one that their lists show: the two ways to ask say the same."""

from datetime import date
from itertools import product

import pytest
from django.db import transaction

from tests.casework.kinds import new_case
from tests.casework.test_misuse import refused
from tongban.node.casework import locking, rights
from tongban.node.casework.models import Case
from tongban.node.casework.refusals import Refused
from tongban.node.clock import today
from tongban.node.people.models import Grant, Officer, Person
from tongban.services import Service

pytestmark = pytest.mark.django_db

BEFORE, NOW, LATER = date(2020, 1, 1), today(), date(2099, 1, 1)
PERIODS = [(BEFORE, None), (BEFORE, BEFORE), (BEFORE, NOW), (NOW, NOW), (LATER, None)]


def locks(officer: Officer, case: Case) -> bool:
    try:
        with transaction.atomic():
            return locking.case_for(officer, case.number, case.revision) == case
    except Refused:
        return False


def test_an_officer_locks_exactly_the_cases_that_their_lists_show(
    published: Service, woman: Person, officer: Officer
) -> None:
    case = new_case("recognition", woman)
    own, other, service = officer.agency, "500000-yb", case.service.code
    for act, named, period in product(Grant.Act, ("", service, "old-age-allowance"), PERIODS):
        Grant.objects.all().delete()
        Grant.objects.create(
            officer=officer, act=act, service=named, valid_from=period[0], valid_until=period[1]
        )
        for agency, consulted in ((own, ""), (other, ""), (other, own)):
            Case.objects.update(agency=agency, consulted=consulted)
            listed = rights.of_officer(officer).filter(pk=case.pk).exists()
            assert locks(officer, case) is listed, (act, named, period, agency, consulted)


def test_who_is_out_of_office_locks_nothing(published: Service, woman: Person, officer: Officer) -> None:
    case = new_case("recognition", woman)
    Case.objects.update(agency=officer.agency)
    assert locks(officer, case)
    officer.is_active = False
    assert not locks(officer, case)


def test_a_locked_case_is_the_case_that_is_stored(
    published: Service, woman: Person, officer: Officer
) -> None:
    case = new_case("recognition", woman)
    stored = Case.objects.get(pk=case.pk)
    with transaction.atomic():
        locked = locking.case_for(officer, case.number, case.revision)
    fields = [field.attname for field in Case._meta.concrete_fields]
    assert [getattr(locked, name) for name in fields] == [getattr(stored, name) for name in fields]
    assert refused(lambda: locking.case_for(officer, case.number, case.revision + 1)) == "stale-revision"
