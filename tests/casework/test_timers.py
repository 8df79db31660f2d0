"""Time limits: counted in working days, told once when they have passed."""

from datetime import datetime, timedelta

import pytest

from tests.casework.walk import Walk, inbox
from tongban.node.casework import actions, timers
from tongban.node.casework.models import Case, Timer
from tongban.node.clock import LOCAL_ZONE
from tongban.node.people.models import Officer


def pass_time(monkeypatch: pytest.MonkeyPatch, case: Case) -> datetime:
    assert case.due_on is not None
    late = datetime.combine(case.due_on + timedelta(days=1), datetime.min.time(), LOCAL_ZONE)
    monkeypatch.setattr(timers, "now", lambda: late)
    return late


def test_an_overdue_case_says_so_once(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = walk.proposed()
    pass_time(monkeypatch, case)
    assert (timers.fire_due(), timers.fire_due()) == (1, 0)
    assert [event.kind for event in case.events.all()].count("overdue") == 1


def test_the_last_day_itself_is_in_time(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    case = walk.proposed()
    midnight = pass_time(monkeypatch, case)
    monkeypatch.setattr(timers, "now", lambda: midnight - timedelta(seconds=1))
    assert timers.fire_due() == 0


def test_a_decided_case_has_no_timer_left(walk: Walk, officer: Officer) -> None:
    case = walk.proposed()
    assert Timer.objects.count() == 1
    actions.confirm(officer, case.number, case.revision)
    assert Timer.objects.count() == 0


def test_an_overdue_case_can_still_be_decided(
    walk: Walk, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = walk.proposed()
    pass_time(monkeypatch, case)
    timers.fire_due()
    case = walk.again(case)
    assert inbox(officer)[0].due_on == case.due_on
    assert actions.confirm(officer, case.number, case.revision).status == "granted"
