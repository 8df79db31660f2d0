"""What an officer may do is what was granted, for as long as it was granted."""

from datetime import timedelta

import pytest

from tests.casework.walk import RESIDENT_ID
from tests.people.conftest import POST
from tongban.node.clock import today
from tongban.node.people import permissions
from tongban.node.people.models import Officer
from tongban.node.people.permissions import Act, grant, may
from tongban.node.people.register import create_citizen, create_officer, register_enterprise
from tongban.places.divisions import UnknownPlace

FIRM = "91510100621702170A"


def test_nothing_is_allowed_that_nobody_granted(officer: Officer) -> None:
    assert not any(may(officer, act) for act in Act)


def test_an_officer_is_created_with_the_right_to_handle(db: None) -> None:
    officer = create_officer("wang", "password", "510100-yb", "王敏", POST).officer
    assert [act for act in Act if may(officer, act)] == [Act.HANDLE]


def test_a_grant_reaches_the_act_it_names_only(officer: Officer) -> None:
    grant(officer, Act.ASSIGN)
    assert [act for act in Act if may(officer, act)] == [Act.ASSIGN]


@pytest.mark.parametrize(("service", "allowed"), [("medical-retirement", True), ("old-age-allowance", False)])
def test_a_grant_for_one_service_does_not_reach_another(
    officer: Officer, service: str, allowed: bool
) -> None:
    grant(officer, Act.HANDLE, service="medical-retirement")
    assert may(officer, Act.HANDLE, service=service) is allowed


@pytest.mark.parametrize(("place", "allowed"), [("510100", True), ("510104", True), ("510700", False)])
def test_a_grant_for_a_city_reaches_its_districts_and_no_other_city(
    officer: Officer, place: str, allowed: bool
) -> None:
    grant(officer, Act.HANDLE, place="510100")
    assert may(officer, Act.HANDLE, place=place) is allowed


def test_a_grant_for_a_place_that_never_was_is_refused(officer: Officer) -> None:
    with pytest.raises(UnknownPlace):
        grant(officer, Act.HANDLE, place="999999")


@pytest.mark.parametrize(
    ("from_days", "until_days", "allowed"),
    [(0, None, True), (0, 0, True), (-2, -1, False), (1, None, False)],
)
def test_a_grant_holds_from_its_first_to_its_last_day(
    officer: Officer, from_days: int, until_days: int | None, allowed: bool
) -> None:
    until = None if until_days is None else today() + timedelta(days=until_days)
    grant(officer, Act.HANDLE, valid_from=today() + timedelta(days=from_days), valid_until=until)
    assert may(officer, Act.HANDLE) is allowed


def test_who_is_out_of_office_may_do_nothing(officer: Officer) -> None:
    grant(officer, Act.HANDLE)
    officer.is_active = False
    officer.save()
    assert not may(officer, Act.HANDLE)


def test_granting_twice_is_granting_once(officer: Officer) -> None:
    assert grant(officer, Act.HANDLE) == grant(officer, Act.HANDLE)


def test_a_person_acts_for_the_enterprise_that_they_head(db: None) -> None:
    person = create_citizen("su.ming", "password", RESIDENT_ID, "苏明").person
    assert person is not None
    enterprise = register_enterprise(FIRM, "成都样例有限公司", person)
    assert list(permissions.represented_by(person)) == [enterprise]
