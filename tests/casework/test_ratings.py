"""Ratings: five grades, once a case, nobody can tell whose, figures of each service public."""

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.casework.test_misuse import OTHER_ID, refused
from tests.casework.walk import Walk
from tongban.node.casework import actions, ratings
from tongban.node.casework.models import Case, FollowUp, Rating
from tongban.node.people.models import Officer, Person
from tongban.node.people.register import create_citizen

SERVICE = "medical-retirement"


@pytest.fixture
def handled(walk: Walk, officer: Officer) -> Case:
    case = walk.proposed()
    return actions.confirm(officer, case.number, case.revision)


@pytest.fixture
def neighbour(db: None) -> Person:
    account = create_citizen("neighbour", "a long password", OTHER_ID, "邻居")
    assert account.person is not None
    return account.person


def rated(walk: Walk, *grades: int) -> None:
    for grade in grades:
        case = walk.submitted()
        actions.withdraw(walk.person, case.number, case.revision)
        ratings.rate(walk.person, case.number, grade)


def test_a_handled_case_is_rated_once(walk: Walk, handled: Case) -> None:
    assert ratings.may_rate(walk.person, handled.number)
    ratings.rate(walk.person, handled.number, 5, " 很快 ")
    assert refused(lambda: ratings.rate(walk.person, handled.number, 1)) == "rated-already"
    assert not ratings.may_rate(walk.person, handled.number)
    given = ratings.grade_given(walk.person, handled.number)
    assert given is not None
    assert given.zh == "非常满意"
    assert Rating.objects.get().words == "很快"


def test_a_case_that_goes_on_is_not_rated_yet(walk: Walk) -> None:
    case = walk.submitted()
    assert not ratings.may_rate(walk.person, case.number)
    assert refused(lambda: ratings.rate(walk.person, case.number, 5)) == "not-available"


def test_nobody_rates_another_persons_case(walk: Walk, handled: Case, neighbour: Person) -> None:
    assert refused(lambda: ratings.rate(neighbour, handled.number, 5)) == "not-found"
    assert ratings.grade_given(neighbour, handled.number) is None


@pytest.mark.parametrize("grade", [0, 6, -1])
def test_there_are_five_grades(walk: Walk, handled: Case, grade: int) -> None:
    assert refused(lambda: ratings.rate(walk.person, handled.number, grade)) == "rating-unusable"


def test_what_is_stored_of_a_rating_names_no_case_person_or_officer(walk: Walk, handled: Case) -> None:
    ratings.rate(walk.person, handled.number, 2)
    stored = " ".join(str(value) for value in Rating.objects.values().get().values())
    assert handled.number not in stored
    assert str(walk.person.pk) not in stored
    assert {field.name for field in Rating._meta.fields} == {
        "id",
        "token",
        "service",
        "agency",
        "grade",
        "words",
        "rated_on",
    }


def test_a_poor_rating_opens_a_follow_up_for_the_agency_and_no_other(
    walk: Walk, handled: Case, officer: Officer, stranger: Officer
) -> None:
    ratings.rate(walk.person, handled.number, 2, "等了很久")
    (line,) = ratings.follow_ups(officer).lines
    assert (line.words, line.grade.zh, line.is_open) == ("等了很久", "不满意", True)
    assert ratings.follow_ups(stranger).lines == ()
    assert refused(lambda: ratings.close_follow_up(stranger, line.id, "看过")) == "not-found"
    assert refused(lambda: ratings.close_follow_up(officer, line.id, " ")) == "reason-missing"
    ratings.close_follow_up(officer, line.id, "已回访，流程已改")
    assert not ratings.follow_ups(officer).lines[0].is_open
    assert refused(lambda: ratings.close_follow_up(officer, line.id, "再看")) == "not-available"


def test_open_follow_ups_come_before_those_that_are_done(walk: Walk, officer: Officer) -> None:
    rated(walk, 1, 1, 1)
    done = ratings.follow_ups(officer).lines[0].id
    ratings.close_follow_up(officer, done, "已回访")
    assert [line.is_open for line in ratings.follow_ups(officer).lines] == [True, True, False]


def test_a_good_rating_opens_no_follow_up(walk: Walk, handled: Case) -> None:
    ratings.rate(walk.person, handled.number, 3)
    assert not FollowUp.objects.exists()


def test_few_ratings_show_only_their_number(walk: Walk) -> None:
    rated(walk, 5, 5, 5, 1)
    figures = ratings.figures_of(SERVICE)
    assert (figures.count, dict(figures.of_grade), figures.satisfied_percent) == (4, {}, None)


def test_the_figures_of_a_service_count_its_grades(
    walk: Walk, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    rated(walk, 5, 5, 4, 3, 1)
    with django_assert_max_num_queries(2):
        figures = ratings.figures()[SERVICE]
    assert figures.of_grade == {5: 2, 4: 1, 3: 1, 2: 0, 1: 1}
    assert (figures.satisfied_percent, figures.average_tenths, figures.follow_ups_open) == (80, 36, 1)


def test_a_service_that_nobody_rated_has_figures_too(walk: Walk) -> None:
    assert ratings.figures_of(SERVICE) == ratings.Figures(0, {})
