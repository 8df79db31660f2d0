"""What follows from an event inside the node: tasks, timers and notices.

Promises: written in the transaction of the event, so that an effect exists exactly when its event does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tongban.node.casework import notifying, story
from tongban.node.casework.history import CaseState
from tongban.node.casework.models import Case, Event, Task, Timer
from tongban.node.casework.procedure import Procedure
from tongban.node.clock import LOCAL_ZONE

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


def carry_out(case: Case, procedure: Procedure, event: Event, before: Wanted, after: Wanted) -> None:
    """Bring the case's tasks, timer and notices in line with what has just happened."""
    settle_tasks(case, event, before, after)
    _settle_timer(case, before, after)
    if procedure.happenings[event.kind].notifies:
        _notify(case, procedure, event)


def settle_tasks(case: Case, event: Event, before: Wanted, after: Wanted) -> None:
    """Close the tasks that the state no longer gives, open those that it gives, tell those that stay when."""
    still_open = Task.objects.filter(case=case, closed_at=None)
    gone = [kind for kind in before.tasks if kind not in after.tasks]
    if gone:
        still_open.filter(kind__in=gone).update(closed_at=event.at, closed_by=event.actor.get("officer"))
    due = {"due_on": after.due_on, "due_is_provisional": after.is_provisional}
    stays = [kind for kind in after.tasks if kind in before.tasks]
    if stays and (before.due_on, before.is_provisional) != (after.due_on, after.is_provisional):
        still_open.filter(kind__in=stays).update(**due)
    new = {kind: agency for kind, agency in after.tasks.items() if kind not in before.tasks}
    if new:
        Task.objects.bulk_create(
            Task(case=case, kind=kind, agency=agency, opened_at=event.at, **due)
            for kind, agency in new.items()
        )


def _settle_timer(case: Case, before: Wanted, after: Wanted) -> None:
    """Keep one waiting timer: for the limit that runs, or for the day until which the citizen may answer."""
    if before.timer == after.timer:
        return
    if before.timer:
        Timer.objects.filter(case=case, fired_at=None).delete()
    if after.timer:
        kind, due_at = after.timer
        Timer.objects.bulk_create([Timer(case=case, kind=kind, due_at=due_at)], ignore_conflicts=True)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), LOCAL_ZONE)


def _notify(case: Case, procedure: Procedure, event: Event) -> None:
    text = story.sentence(case, procedure, event)
    own = case.enterprise_id is None
    notifying.tell(case.person_id, text, f"/cases/{case.number}/" if own else _MANDATES, event.at, event)
    if case.mandate and case.mandate.agent_id != case.person_id:
        notifying.tell(case.mandate.agent_id, text, _MANDATES, event.at)
