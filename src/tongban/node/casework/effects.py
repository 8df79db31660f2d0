"""What follows from an event inside the node: tasks, timers and notices.

Promises: written in the transaction of the event, so that an effect exists exactly when its event does.
"""

from datetime import date, datetime, time, timedelta

from tongban.node.casework import notifying, story
from tongban.node.casework.history import CaseState
from tongban.node.casework.models import Case, Event, Notice, Task, Timer
from tongban.node.casework.procedure import Procedure
from tongban.node.clock import LOCAL_ZONE
from tongban.node.people.models import Account

OVERDUE = "overdue"
ANSWER = "not-corrected"
OPINION = "give-opinion"


def carry_out(case: Case, procedure: Procedure, event: Event, state: CaseState) -> None:
    """Bring the case's tasks, timers and notices in line with what has just happened."""
    settle_tasks(case, procedure, event, state)
    _settle_timer(case, procedure, state)
    if procedure.happenings[event.kind].notifies:
        _notify(case, procedure, event)


def _wanted(case: Case, procedure: Procedure, state: CaseState) -> dict[str, str]:
    """The tasks that a state gives: what is to be done, by which agency."""
    status = procedure.states[state.status]
    wanted = {status.task: case.agency} if status.task else {}
    return wanted | ({OPINION: case.consulted} if case.consulted else {})


def settle_tasks(case: Case, procedure: Procedure, event: Event, state: CaseState) -> None:
    """Close the tasks that the state no longer gives, open those that it gives."""
    wanted = _wanted(case, procedure, state)
    still_open = {task.kind: task for task in case.tasks.filter(closed_at=None)}
    done = [task.pk for kind, task in still_open.items() if kind not in wanted]
    if done:
        case.tasks.filter(pk__in=done).update(closed_at=event.at, closed_by=event.actor.get("officer"))
    for kind, agency in wanted.items():
        task = still_open.get(kind)
        if task is None:
            Task.objects.create(
                case=case,
                kind=kind,
                agency=agency,
                opened_at=event.at,
                due_on=case.due_on,
                due_is_provisional=state.due_is_provisional,
            )
        elif (task.due_on, task.due_is_provisional) != (case.due_on, state.due_is_provisional):
            case.tasks.filter(pk=task.pk).update(
                due_on=case.due_on, due_is_provisional=state.due_is_provisional
            )


def _settle_timer(case: Case, procedure: Procedure, state: CaseState) -> None:
    """Keep one waiting timer: for the limit that runs, or for the day until which the citizen may answer."""
    until = state.facts.get("until")
    wanted = (
        [(OVERDUE, case.due_on)] if case.due_on else [(ANSWER, date.fromisoformat(until))] if until else []
    )
    dates = {(kind, datetime.combine(day + timedelta(days=1), time(), LOCAL_ZONE)) for kind, day in wanted}
    known = {(timer.kind, timer.due_at): timer for timer in case.timers.all()}
    stale = [timer.pk for key, timer in known.items() if timer.fired_at is None and key not in dates]
    if stale:
        case.timers.filter(pk__in=stale).delete()
    for kind, due_at in dates - known.keys():
        Timer.objects.create(case=case, kind=kind, due_at=due_at)


def _notify(case: Case, procedure: Procedure, event: Event) -> None:
    account = Account.objects.filter(person=case.person_id).first()
    if account is None:
        return
    text = story.sentence(case, procedure, event)
    notice = Notice.objects.create(
        account=account, event=event, at=event.at, text_zh=text.zh, text_en=text.en
    )
    notifying.queue(notice)
