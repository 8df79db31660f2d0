"""The sample people are well formed, and the woman of the story has the months that the story tells."""

from datetime import date

import pytest

from tongban.federation.sample_people import STORY, Paid, SamplePerson, sample_people, sample_person
from tongban.federation.sides import CHONGQING, SICHUAN
from tongban.places import resident_id


@pytest.mark.parametrize("person", sample_people(), ids=lambda person: person.username)
def test_id_number_is_one_that_a_node_takes(person: SamplePerson) -> None:
    assert resident_id.parse(person.resident_number, date(2026, 11, 22)).number == person.resident_number


def test_nobody_is_there_twice() -> None:
    people = sample_people()
    assert len({person.username for person in people}) == len(people)
    assert len({person.resident_number for person in people}) == len(people)
    assert len({person.name for person in people}) == len(people)


def test_id_number_does_not_show_in_a_repr() -> None:
    person = sample_person(STORY)
    assert person.resident_number not in repr(person)


def months(rows: tuple[Paid, ...]) -> set[int]:
    return {
        month
        for row in rows
        for month in range(row.first.year * 12 + row.first.month, row.last.year * 12 + row.last.month + 1)
    }


def test_woman_of_the_story_paid_117_and_168_months_of_which_two_twice() -> None:
    woman = sample_person(STORY)
    chongqing, chengdu = months(woman.chongqing), months(woman.chengdu)
    assert (len(chongqing), len(chengdu), len(chongqing & chengdu)) == (117, 168, 2)
    assert woman.resident_number[6:12] == "197602"
    assert int(woman.resident_number[16]) % 2 == 0


def test_departments_keep_the_same_facts_in_their_own_forms() -> None:
    woman = sample_person(STORY)
    chongqing = CHONGQING.department.rows_of(woman)
    assert (woman.resident_number, "310", 200304, 201212, "5000", "1") in chongqing
    assert (woman.resident_number, "职工基本医疗", date(2012, 11, 1), date(2026, 10, 1), "实缴") in (
        SICHUAN.department.rows_of(woman)
    )


def test_who_acts_for_somebody_acts_for_a_sample_person_old_enough_to_be_a_parent() -> None:
    acting = [person for person in sample_people() if person.acts_for]
    assert [person.username for person in acting] == ["su.ming"]
    for agent in acting:
        parent = sample_person(agent.acts_for)
        assert int(agent.resident_number[6:10]) - int(parent.resident_number[6:10]) >= 18


def test_deemed_months_are_marked_as_such() -> None:
    rows = CHONGQING.department.rows_of(sample_person("tang.fengying"))
    assert [row[5] for row in rows if row[1] == "310"] == ["2", "1"]
