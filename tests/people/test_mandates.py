"""Who may act for whom: given, held for its days, ended by either side, and never changed otherwise."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from tests.casework.walk import RESIDENT_ID
from tongban.node.clock import now, today
from tongban.node.people import applicants, mandates
from tongban.node.people.mandates import MANDATE, Fault, MandateRefused, Terms
from tongban.node.people.models import Mandate, Person
from tongban.node.people.register import create_citizen, register_enterprise
from tongban.node.translog.models import LogRecord

DAUGHTER_NUMBER = "510104199003070023"
FIRM = "91510100621702170A"
SERVICES = ("medical-retirement",)


@pytest.fixture
def mother(db: None) -> Person:
    return _person("mother", RESIDENT_ID, "测试女士")


@pytest.fixture
def daughter(db: None) -> Person:
    return _person("daughter", DAUGHTER_NUMBER, "测试女儿")


def _person(username: str, number: str, name: str) -> Person:
    person = create_citizen(username, "a long password", number, name).person
    assert person is not None
    return person


def terms(first: int = 0, last: int = 30) -> Terms:
    return Terms(SERVICES, today() + timedelta(days=first), today() + timedelta(days=last))


def give(giver: Person, agent: Person, key: UUID | None = None, of: Terms | None = None) -> Mandate:
    return mandates.give(giver, agent.name, agent.resident_id, of or terms(), key=key or uuid4())[0]


def fault(giver: Person, name: str, number: str, of: Terms, enterprise: str = "") -> Fault:
    with pytest.raises(MandateRefused) as refused:
        mandates.give(giver, name, number, of, key=uuid4(), enterprise=enterprise)
    assert not Mandate.objects.exists()
    return refused.value.fault


def test_a_mandate_lets_the_agent_act_for_its_services_and_no_other(mother: Person, daughter: Person) -> None:
    give(mother, daughter)
    (applicant,) = applicants.choices(daughter)
    assert (applicant.person, applicant.agent, applicant.acting) == (mother, daughter, daughter)
    assert applicant.covers("medical-retirement")
    assert not applicant.covers("old-age-allowance")


def test_the_giver_may_not_act_for_the_agent(mother: Person, daughter: Person) -> None:
    given = give(mother, daughter)
    assert applicants.choices(mother) == ()
    assert applicants.chosen(mother, f"mandate:{given.pk}") is None


@pytest.mark.parametrize(("first", "last", "holds"), [(0, 0, True), (1, 9, False)])
def test_a_mandate_holds_from_its_first_to_its_last_day(
    mother: Person, daughter: Person, first: int, last: int, holds: bool
) -> None:
    give(mother, daughter, of=terms(first, last))
    assert bool(applicants.choices(daughter)) is holds


def test_a_mandate_whose_last_day_is_over_holds_no_more(mother: Person, daughter: Person) -> None:
    day = today() - timedelta(days=1)
    ended = Mandate(
        person=mother,
        agent=daughter,
        valid_from=day,
        valid_until=day,
        proof="counter",
        given_at=now() - timedelta(days=2),
    )
    ended.save()
    assert applicants.choices(daughter) == ()


def test_the_same_form_sent_twice_is_one_mandate(mother: Person, daughter: Person) -> None:
    key = uuid4()
    assert give(mother, daughter, key) == give(mother, daughter, key)
    assert Mandate.objects.count() == 1


@pytest.mark.parametrize("ender", ["giver", "agent"])
def test_either_side_ends_a_mandate_at_once(mother: Person, daughter: Person, ender: str) -> None:
    given = give(mother, daughter)
    ended = mandates.end(mother if ender == "giver" else daughter, given.pk)
    assert ended.ended_by == ender
    assert applicants.chosen(daughter, f"mandate:{given.pk}") is None


def test_nobody_else_ends_a_mandate_and_no_end_comes_twice(mother: Person, daughter: Person) -> None:
    given = give(mother, daughter)
    stranger = _person("stranger", "110101199003070011", "旁人")
    with pytest.raises(MandateRefused):
        mandates.end(stranger, given.pk)
    mandates.end(mother, given.pk)
    with pytest.raises(MandateRefused) as refused:
        mandates.end(mother, given.pk)
    assert refused.value.fault is Fault.NOT_FOUND


@pytest.mark.parametrize(("first", "last"), [(-1, 3), (3, 2), (0, 3 * 366 + 1)])
def test_dates_that_cannot_be_are_refused(mother: Person, daughter: Person, first: int, last: int) -> None:
    refused = fault(mother, daughter.name, daughter.resident_id, terms(first, last))
    assert refused is Fault.DATES_UNUSABLE


@pytest.mark.parametrize("wrong", ["name", "number"])
def test_a_wrong_name_and_a_wrong_number_are_refused_alike(
    mother: Person, daughter: Person, wrong: str
) -> None:
    name = "别人" if wrong == "name" else daughter.name
    number = "110101199003070011" if wrong == "number" else daughter.resident_id
    assert fault(mother, name, number, terms()) is Fault.AGENT_UNKNOWN


def test_nobody_mandates_themselves(mother: Person) -> None:
    assert fault(mother, mother.name, mother.resident_id, terms()) is Fault.AGENT_IS_GIVER


def test_who_heads_a_firm_mandates_for_it_and_nobody_else_does(mother: Person, daughter: Person) -> None:
    refused = fault(mother, daughter.name, daughter.resident_id, terms(), enterprise=FIRM)
    assert refused is Fault.NOT_REPRESENTED
    firm = register_enterprise(FIRM, "成都样例有限公司", mother)
    mandates.give(mother, daughter.name, daughter.resident_id, terms(), key=uuid4(), enterprise=FIRM)
    (applicant,) = applicants.choices(daughter)
    assert (applicant.enterprise, applicant.person, applicant.agent) == (firm, daughter, daughter)
    assert [one.enterprise for one in applicants.choices(mother)] == [firm]


@pytest.mark.parametrize("change", [{"services": []}, {"valid_until": today() + timedelta(days=99)}])
def test_the_database_lets_nothing_of_a_mandate_change_but_its_end(
    mother: Person, daughter: Person, change: dict[str, object]
) -> None:
    given = give(mother, daughter)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=given.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=given.pk).delete()
    mandates.end(mother, given.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mandate.objects.filter(pk=given.pk).update(ended_at=None)


def test_the_log_tells_of_the_beginning_and_of_the_end(mother: Person, daughter: Person) -> None:
    given = give(mother, daughter)
    ended = mandates.end(mother, given.pk)
    told = [mandates.logged(ended, is_end=False), mandates.logged(ended, is_end=True)]
    assert mandates.stored_mandates(told) == told
    assert LogRecord.objects.filter(kind=MANDATE).count() == 2
