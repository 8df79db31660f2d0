"""Time limits run while an officer is awaited, stand still while others owe something, follow the table."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from tongban.node.casework import limits, reading
from tongban.node.casework.history import STOPPED, Clock
from tongban.node.casework.procedure import Procedure
from tongban.places.calendar import Calendar, add_working_days, calendar
from tongban.services import Definition

RECOGNITION = reading.shipped()["recognition"]
START = date(2026, 3, 2)


def after(
    clock: Clock, status: str, definition: Definition, on: date, procedure: Procedure = RECOGNITION
) -> Clock:
    return limits.clock_after(clock, procedure.states[status], procedure, definition, on) or clock


def test_a_limit_begins_when_an_officer_is_awaited(definition: Definition) -> None:
    assert after(STOPPED, "gathering", definition, START) == STOPPED
    clock = after(STOPPED, "deciding", definition, START)
    assert clock.due_on == add_working_days(START, 15).on.isoformat()


def test_a_limit_goes_on_between_states_in_which_an_officer_is_awaited(definition: Definition) -> None:
    clock = after(STOPPED, "held", definition, START)
    assert after(clock, "deciding", definition, date(2026, 3, 9)) == clock


def test_while_the_citizen_owes_something_nothing_is_due_and_what_was_used_stays_used(
    definition: Definition,
) -> None:
    clock = after(STOPPED, "deciding", definition, START)
    paused = after(clock, "correcting", definition, date(2026, 3, 6))
    assert (paused.due_on, dict(paused.left)) == (None, {"main": 11})
    again = after(paused, "deciding", definition, date(2026, 4, 1))
    assert again.due_on == add_working_days(date(2026, 4, 1), 11).on.isoformat()


def test_an_objection_has_a_limit_of_its_own_and_a_reopened_case_a_new_one(definition: Definition) -> None:
    decided = after(after(STOPPED, "deciding", definition, START), "granted", definition, START)
    objected = after(decided, "objected", definition, date(2026, 3, 3))
    assert objected.limit == "objection"
    reopened = after(objected, "deciding", definition, date(2026, 3, 4))
    assert reopened.left["main"] == 15


def test_nothing_is_left_of_a_limit_that_passed(definition: Definition) -> None:
    clock = after(STOPPED, "deciding", definition, START)
    paused = after(clock, "correcting", definition, date(2026, 8, 3))
    assert paused.left["main"] == 0


def test_a_limit_past_the_table_is_counted_anew_when_the_table_grows(definition: Definition) -> None:
    clock = after(STOPPED, "deciding", definition, date(2026, 12, 25))
    assert clock.is_provisional
    known = calendar()
    grown = Calendar(
        "next",
        known.source,
        known.years | {2027},
        known.days_off | {date(2027, 1, 1), date(2027, 1, 4)},
        known.worked_weekends,
    )
    assert limits.recounted(clock, grown).due_on == "2027-01-19"
    assert not limits.recounted(clock, grown).is_provisional


def test_a_clock_read_back_is_the_same_clock(definition: Definition) -> None:
    clock = after(STOPPED, "deciding", definition, START)
    assert Clock.from_json(clock.to_json()) == clock


@given(pauses=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 40)), max_size=5))
def test_pauses_never_cost_the_officer_a_day(pauses: list[tuple[int, int]], definition: Definition) -> None:
    day, clock, worked = START, after(STOPPED, "deciding", definition, START), 0
    for working, pausing in pauses:
        stop = add_working_days(day, working).on
        worked += working
        clock = after(clock, "correcting", definition, stop)
        day = add_working_days(stop, pausing).on
        clock = after(clock, "deciding", definition, day)
    assert clock.due_on == add_working_days(day, max(0, 15 - worked)).on.isoformat()
