"""Figures of how cases ended, without small counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.casework.kinds import case_in
from tongban.node.casework import outcomes
from tongban.node.casework.models import Case
from tongban.node.casework.outcomes import LEAST_SHOWN, without_small
from tongban.node.people.models import Person
from tongban.services import Service

COUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 40), min_size=1).filter(
    lambda counts: sum(counts.values()) >= LEAST_SHOWN
)


@given(COUNTS)
def test_no_small_count_is_shown_or_can_be_worked_out_from_the_total(counts: dict[str, int]) -> None:
    shown = without_small(counts)
    hidden = [name for name, count in shown.items() if count is None]
    assert all(count is None or count >= LEAST_SHOWN for count in shown.values())
    assert {name for name, count in counts.items() if count < LEAST_SHOWN} <= set(hidden)
    if hidden and len(counts) > 1:
        assert len(hidden) > 1
        assert sum(counts[name] for name in hidden) >= LEAST_SHOWN


@given(COUNTS)
def test_what_is_large_enough_is_shown_as_it_is_unless_it_has_to_hide_another(counts: dict[str, int]) -> None:
    shown = without_small(counts)
    if all(count >= LEAST_SHOWN for count in counts.values()):
        assert shown == counts
    assert all(count is None or count == counts[name] for name, count in shown.items())


@pytest.mark.django_db
def test_ended_cases_are_counted_by_service_and_outcome(published: Service, woman: Person) -> None:
    for _ in range(6):
        case_in("recognition", "granted", woman)
    for _ in range(5):
        case_in("recognition", "refused", woman)
    case_in("recognition", "elsewhere", woman)
    found = {one.status: one.count for one in outcomes.of(Case.objects.filter(awaits="nobody"))}
    assert found == {"granted": 6, "refused": None, "elsewhere": None}


@pytest.mark.django_db
def test_a_service_with_few_ended_cases_is_left_out(published: Service, woman: Person) -> None:
    case_in("recognition", "granted", woman)
    assert outcomes.of(Case.objects.filter(awaits="nobody")) == ()
