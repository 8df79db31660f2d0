"""What an officer's grants reach: cases of the services and places that they name, and nothing else."""

from collections.abc import Callable

import pytest

from tests.casework.conftest import POST
from tests.casework.test_misuse import refused
from tests.casework.walk import Walk
from tongban.node.casework import actions, assigning, cases, figures, ratings, rights, worklist
from tongban.node.casework.models import Case
from tongban.node.casework.worklist import Wanted
from tongban.node.people.models import Officer
from tongban.node.people.permissions import Act, grant
from tongban.node.people.register import create_officer
from tongban.node.portal import complaint_work, complaints

pytestmark = pytest.mark.django_db
SERVICE = "medical-retirement"
Granted = Callable[..., Officer]


@pytest.fixture
def granted(walk: Walk) -> Granted:
    """An officer of the agency with one grant and no other."""

    def make(act: Act = Act.HANDLE, *, service: str = "", place: str = "") -> Officer:
        made = create_officer("limited", "x", "510100-yb", "周八", POST, acts=()).officer
        grant(made, act, service=service, place=place)
        return made

    return make


def of_place(case: Case, place: str) -> Case:
    Case.objects.filter(pk=case.pk).update(place=place)
    return case


def test_a_case_is_of_the_place_for_which_it_is_decided(walk: Walk) -> None:
    assert walk.submitted().place == "510100"


@pytest.mark.parametrize(
    ("place", "reaches"),
    [("", True), ("510104", True), ("510100", True), ("510000", True), ("510107", False), ("500000", False)],
)
def test_a_grant_reaches_the_cases_of_its_place_and_of_those_below_it(
    walk: Walk, granted: Granted, place: str, reaches: bool
) -> None:
    case, officer = of_place(walk.proposed(), "510104"), granted(place=place)
    assert rights.of_officer(officer).filter(pk=case.pk).exists() is reaches
    assert bool(worklist.page(officer, Wanted()).lines) is reaches
    if reaches:
        assert actions.confirm(officer, case.number, case.revision).status == "granted"
    else:
        assert refused(lambda: cases.for_officer(officer, case.number)) == "not-found"
        assert refused(lambda: actions.confirm(officer, case.number, case.revision)) == "not-found"
        assert not case.tasks.exclude(closed_at=None).exists()


def test_a_grant_for_a_district_does_not_reach_the_citys_cases(walk: Walk, granted: Granted) -> None:
    case = walk.proposed()
    assert refused(lambda: cases.for_officer(granted(place="510104"), case.number)) == "not-found"


def test_service_and_place_of_one_grant_hold_together(walk: Walk, granted: Granted) -> None:
    case = of_place(walk.proposed(), "510104")
    officer = granted(service="other-service", place="510104")
    grant(officer, Act.HANDLE, service=SERVICE, place="510107")
    assert not rights.of_officer(officer).filter(pk=case.pk).exists()
    grant(officer, Act.HANDLE, service=SERVICE, place="510104")
    assert rights.of_officer(officer).filter(pk=case.pk).exists()


@pytest.mark.parametrize(("service", "place"), [("other-service", ""), ("", "510107")])
def test_nobody_takes_or_gives_a_task_that_their_grants_do_not_reach(
    walk: Walk, granted: Granted, colleague: Officer, service: str, place: str
) -> None:
    task = walk.proposed().tasks.get(closed_at=None)
    officer = granted(service=service, place=place)
    grant(officer, Act.ASSIGN, service=service, place=place)
    assert refused(lambda: assigning.take(officer, [task.pk])) == "not-found"
    assert refused(lambda: assigning.assign(officer, [task.pk], colleague)) == "not-found"
    grant(officer, Act.ASSIGN, service=SERVICE)
    assert assigning.assign(officer, [task.pk], colleague) == 1


def test_complaints_are_for_grants_that_reach_the_nodes_place(walk: Walk, granted: Granted) -> None:
    filed = complaints.file(walk.person, walk.person.pk, "等了三周", service=SERVICE)
    officer = granted(place="510104")
    grant(officer, Act.ASSIGN, place="510104")
    assert not complaints.visible(officer).exists()
    assert not complaint_work.may_assign(officer, filed)
    assert officer not in complaint_work.able(filed)
    grant(officer, Act.HANDLE, place="510100")
    assert complaints.visible(officer).exists()
    assert officer in complaint_work.able(filed)


def test_a_task_is_not_given_to_who_could_not_open_it(walk: Walk, granted: Granted, officer: Officer) -> None:
    task = walk.proposed().tasks.get(closed_at=None)
    grant(officer, Act.ASSIGN)
    beyond = granted(service="other-service")
    assert refused(lambda: assigning.assign(officer, [task.pk], beyond)) == "task-beyond-colleague"
    task.refresh_from_db()
    assert task.assignee is None


def test_who_supervises_one_service_sees_its_figures_and_no_others(walk: Walk, granted: Granted) -> None:
    walk.submitted()
    theirs = granted(Act.SUPERVISE, service="other-service")
    assert [one.code for one in figures.statistics(theirs).services] == []
    grant(theirs, Act.SUPERVISE, service=SERVICE)
    assert [one.code for one in figures.statistics(theirs).services] == [SERVICE]


def test_who_supervises_one_district_sees_no_figures_of_the_city(walk: Walk, granted: Granted) -> None:
    assert refused(lambda: figures.statistics(granted(Act.SUPERVISE, place="510104"))) == "not-permitted"


@pytest.mark.parametrize(("service", "seen"), [("other-service", 0), (SERVICE, 1)])
def test_poor_ratings_are_looked_into_by_whose_grants_reach_the_service(
    walk: Walk, granted: Granted, officer: Officer, service: str, seen: int
) -> None:
    case = walk.proposed()
    actions.confirm(officer, case.number, case.revision)
    ratings.rate(walk.person, case.number, 1, "太慢")
    (line,) = ratings.follow_ups(officer).lines
    theirs = granted(service=service)
    assert len(ratings.follow_ups(theirs).lines) == seen
    if not seen:
        assert refused(lambda: ratings.close_follow_up(theirs, line.id, "已整改")) == "not-found"
