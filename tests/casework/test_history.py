"""A case is the fold of its events, whatever the history."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.casework.walk import Walk
from tongban.node.casework import actions, cases, log, reading
from tongban.node.casework.history import CaseState, Happened, HistoryError, fold, follow
from tongban.node.casework.models import Case, Event
from tongban.node.casework.refusals import Refused
from tongban.node.people.models import AccessRecord, Officer

RECOGNITION = reading.shipped()["recognition"]
STEPS = ("answer 510100", "answer 500000", "decline 510100", "decline 500000", "confirm", "refuse")
MORE_STEPS = ("withdraw", "again spells-chengdu", "again spells-chongqing")


def take(walk: Walk, case: Case, officer: Officer, step: str) -> None:
    what, _, which = step.partition(" ")
    case = walk.again(case)
    match what:
        case "answer":
            walk.answer(case, which)
        case "decline":
            walk.decline(case, which)
        case "confirm":
            actions.confirm(officer, case.number, case.revision)
        case "refuse":
            actions.refuse(officer, case.number, case.revision, "理由")
        case "again":
            actions.ask_again(officer, case.number, case.revision, which)
        case "withdraw":
            actions.withdraw(walk.person, case.number, case.revision)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(STEPS + MORE_STEPS), max_size=9))
def test_replaying_any_history_gives_the_stored_state(walk: Walk, officer: Officer, steps: list[str]) -> None:
    case = walk.submitted()
    for step in steps:
        try:
            with transaction.atomic():
                take(walk, case, officer, step)
        except Refused:
            continue
    case = walk.again(case)
    replayed = log.replay(RECOGNITION, log.history(case))
    assert replayed is not None
    assert replayed.to_json() == case.snapshot
    assert (replayed.status, replayed.revision) == (case.status, case.revision)
    assert case.tasks.filter(closed_at=None).count() == bool(RECOGNITION.states[case.status].task)


def test_a_state_read_back_is_the_same_state(walk: Walk) -> None:
    state = log.state_of(walk.proposed())
    assert CaseState.from_json(state.to_json()) == state


AT = datetime(2026, 11, 3, tzinfo=UTC)


def happened(revision: int, kind: str, status: str, **data: object) -> Happened:
    by_citizen = kind in {"opened", "withdrawn"}
    return Happened(revision, kind, status, "citizen" if by_citizen else "node", AT, data)


OPENED = happened(1, "opened", "gathering", evidence=[])


def test_no_events_are_no_state() -> None:
    assert fold(RECOGNITION, []) is None


@pytest.mark.parametrize(
    "event",
    [
        happened(3, "withdrawn", "withdrawn"),
        happened(2, "opened", "gathering", evidence=[]),
        happened(2, "withdrawn", "granted"),
        happened(2, "corrected", "deciding"),
        happened(2, "eaten", "gathering"),
        happened(2, "evidence-received", "gathering", key="never-asked"),
        happened(2, "withdrawn", "withdrawn")._replace(role="officer"),
    ],
)
def test_an_event_that_cannot_follow_is_refused(event: Happened) -> None:
    state = follow(RECOGNITION, None, OPENED)
    with pytest.raises(HistoryError):
        follow(RECOGNITION, state, event)


def test_two_events_of_one_revision_cannot_be_stored(walk: Walk) -> None:
    event = walk.submitted().events.get(revision=1)
    event.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)


def test_the_database_refuses_to_change_or_remove_an_event(walk: Walk) -> None:
    event = walk.submitted().events.get(revision=1)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(kind="proposed")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        event.delete()


def test_the_database_refuses_to_change_or_remove_an_access_record(walk: Walk, officer: Officer) -> None:
    cases.for_officer(officer, walk.proposed().number)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AccessRecord.objects.update(agency="500000-yb")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        AccessRecord.objects.all().delete()
