"""What holds for every division on every day."""

from datetime import date

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tongban.places import (
    PlaceNotValid,
    UnknownPlace,
    children,
    place,
    place_code,
    pool_of,
    register,
    successors,
    valid_at,
)

CODES = st.sampled_from(sorted(register()))
CODES_THAT_CHANGED = st.sampled_from(
    sorted(code for code, periods in register().items() if any(p.valid_to or p.valid_from for p in periods))
)
DAYS = st.dates(date(1998, 1, 1), date(2030, 12, 31))


@given(code=CODES, on=DAYS)
def test_a_code_names_a_division_exactly_on_the_days_it_is_valid(code: str, on: date) -> None:
    periods = [period for period in register()[place_code(code)] if period.valid_at(on)]
    assert len(periods) == valid_at(code, on)
    if periods:
        assert place(code, on) == periods[0]


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(code=CODES_THAT_CHANGED, on=DAYS)
def test_a_code_outside_its_time_is_refused_with_what_to_use(code: str, on: date) -> None:
    assume(not valid_at(code, on))
    with pytest.raises(PlaceNotValid) as caught:
        place(code, on)
    told = (code, on.isoformat(), *(found.code for found in caught.value.instead))
    assert all(part in caught.value.text.zh and part in caught.value.text.en for part in told)


@given(code=CODES, on=DAYS)
def test_successors_are_in_force_on_the_day(code: str, on: date) -> None:
    assert all(found.valid_at(on) for found in successors(code, on))


@given(code=CODES, on=DAYS)
def test_a_division_that_has_ended_has_a_successor(code: str, on: date) -> None:
    ended = all(
        period.valid_to is not None and period.valid_to < on for period in register()[place_code(code)]
    )
    assert bool(successors(code, on)) == ended


@given(code=CODES, on=DAYS)
def test_children_name_their_parent(code: str, on: date) -> None:
    assert all(child.parent == code and child.valid_at(on) for child in children(code, on))


@given(code=CODES.filter(lambda code: code != "510000"))
def test_a_pool_lies_on_the_side_of_the_place_and_is_its_own_pool(code: str) -> None:
    pool = pool_of(code)
    assert pool[:2] == code[:2]
    assert pool_of(pool) == pool


@given(text=st.text(max_size=20))
def test_any_other_text_is_refused_and_shown_at_most_as_long_as_a_code(text: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        place_code(text)
    assert len(caught.value.code) <= 7
