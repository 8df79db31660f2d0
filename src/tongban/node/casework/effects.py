"""What follows from an event inside the node: tasks, timers and notices.

Promises: written in the transaction of the event, so that an effect exists exactly when its event does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from tongban.node.casework import notifying, story
from tongban.node.casework.history import CaseState, Happened
from tongban.node.casework.models import Case
from tongban.node.casework.procedure import Procedure
from tongban.node.clock import LOCAL_ZONE
from tongban.node.statements import Writes

_CLOSE_TASKS = """
UPDATE casework_task SET closed_at = %s, closed_by_id = %s
 WHERE case_id = %s AND EXISTS (SELECT FROM kept) AND closed_at IS NULL AND kind = ANY(%s::text[])"""
_TELL_TASKS = """
UPDATE casework_task SET due_on = %s, due_is_provisional = %s
 WHERE case_id = %s AND EXISTS (SELECT FROM kept) AND closed_at IS NULL AND kind = ANY(%s::text[])"""
_OPEN_TASK = """
INSERT INTO casework_task (case_id, kind, agency, opened_at, due_on, due_is_provisional)
SELECT id, %s, %s, %s, %s, %s FROM kept"""
_STOP_TIMER = """
DELETE FROM casework_timer
 WHERE case_id = %s AND kind = %s AND due_at = %s AND EXISTS (SELECT FROM kept) AND fired_at IS NULL"""
_START_TIMER = """
INSERT INTO casework_timer (case_id, kind, due_at) SELECT id, %s, %s FROM kept ON CONFLICT DO NOTHING"""
OVERDUE = "overdue"
ANSWER = "not-corrected"
OPINION = "give-opinion"
_MANDATES = "/mandates/"
"""Where who acts for somebody goes first, since the case's own page opens in that name only."""


@dataclass(frozen=True)
class Wanted:
    """What a state asks for besides itself: tasks by kind with their agency, when they are due, one timer."""

    tasks: Mapping[str, str]
    due_on: date | None
    is_provisional: bool
    timer: tuple[str, datetime] | None


NOTHING = Wanted({}, None, False, None)


def wanted(agency: str, procedure: Procedure, state: CaseState) -> Wanted:
    """What this state of a case of `agency` asks for."""
    status = procedure.states[state.status]
    tasks = {status.task: agency} if status.task else {}
    consulted = state.facts.get("consulted", "")
    if consulted and not status.is_final:
        tasks[OPINION] = consulted
    due_on = date.fromisoformat(state.due_on) if state.due_on else None
    until = state.facts.get("until")
    timer = (
        (OVERDUE, _end_of(due_on))
        if due_on
        else (ANSWER, _end_of(date.fromisoformat(until)))
        if until
        else None
    )
    return Wanted(tasks, due_on, state.due_is_provisional, timer)


def settle(case: Case, event: Happened, before: Wanted, after: Wanted, writes: Writes) -> None:
    """Bring tasks and timer of the case that the part `kept` gives in line with what has just happened."""
    settle_tasks(case, event, before, after, writes)
    _settle_timer(case, before, after, writes)


def settle_tasks(case: Case, event: Happened, before: Wanted, after: Wanted, writes: Writes) -> None:
    """Close the tasks that the state no longer gives, open those that it gives, tell those that stay when."""
    gone = [kind for kind in before.tasks if kind not in after.tasks]
    if gone:
        writes.add("closed", _CLOSE_TASKS, [event.at, event.officer, case.id, gone])
    due = [after.due_on, after.is_provisional]
    stays = [kind for kind in after.tasks if kind in before.tasks]
    if stays and (before.due_on, before.is_provisional) != (after.due_on, after.is_provisional):
        writes.add("told", _TELL_TASKS, [*due, case.id, stays])
    for number, (kind, agency) in enumerate(after.tasks.items()):
        if kind not in before.tasks:
            writes.add(f"opened_{number}", _OPEN_TASK, [kind, agency, event.at, *due])


def _settle_timer(case: Case, before: Wanted, after: Wanted, writes: Writes) -> None:
    """Keep one waiting timer: for the limit that runs, or for the day until which the citizen may answer."""
    if before.timer == after.timer:
        return
    if before.timer:
        writes.add("stopped", _STOP_TIMER, [case.id, *before.timer])
    if after.timer:
        writes.add("started", _START_TIMER, after.timer)


def notify(case: Case, procedure: Procedure, event: Happened, writes: Writes) -> None:
    """Tell the applicant of the event that is being written, under the name `event`."""
    text = story.sentence(case, procedure, event)
    path = f"/cases/{case.number}/" if case.enterprise_id is None else _MANDATES
    notifying.tell_within(writes, case.person_id, text, path, event.at, of_event=True)
    if case.mandate and case.mandate.agent_id != case.person_id:
        notifying.tell_within(writes, case.mandate.agent_id, text, _MANDATES, event.at, of_event=False)


@lru_cache(maxsize=4096)
def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), LOCAL_ZONE)
