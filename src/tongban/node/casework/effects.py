"""What follows from an event inside the node: tasks, timers and notices.

Promises: written in the transaction of the event, so that an effect exists exactly when its event does.
"""

from datetime import datetime, time, timedelta

from tongban.node.casework import story
from tongban.node.casework.history import CaseState
from tongban.node.casework.models import Case, Event, Notice, Task, Timer
from tongban.node.casework.procedure import Procedure
from tongban.node.clock import LOCAL_ZONE
from tongban.node.people.models import Account

OVERDUE = "overdue"


def carry_out(case: Case, procedure: Procedure, event: Event, state: CaseState) -> None:
    """Bring the case's task, timer and notices in line with what has just happened."""
    _settle_task(case, procedure, event)
    _settle_timer(case, procedure, state)
    if procedure.happenings[event.kind].notifies:
        _notify(case, procedure, event)


def _settle_task(case: Case, procedure: Procedure, event: Event) -> None:
    wanted = procedure.states[event.status].task
    still_open = case.tasks.filter(closed_at=None)
    still_open.exclude(kind=wanted or "").update(closed_at=event.at, closed_by=event.actor.get("officer"))
    if wanted is None or still_open.filter(kind=wanted).exists():
        return
    Task.objects.create(
        case=case,
        kind=wanted,
        agency=case.agency,
        opened_at=event.at,
        due_on=case.due_on,
        due_is_provisional=bool(event.data.get("due_is_provisional", False)),
    )


def _settle_timer(case: Case, procedure: Procedure, state: CaseState) -> None:
    waiting = case.timers.filter(kind=OVERDUE, fired_at=None)
    if procedure.states[state.status].task is None or case.due_on is None:
        waiting.delete()
        return
    due_at = datetime.combine(case.due_on + timedelta(days=1), time(), LOCAL_ZONE)
    if not case.timers.filter(kind=OVERDUE, due_at=due_at).exists():
        waiting.delete()
        Timer.objects.create(case=case, kind=OVERDUE, due_at=due_at)


def _notify(case: Case, procedure: Procedure, event: Event) -> None:
    account = Account.objects.filter(person=case.person_id).first()
    if account is None:
        return
    text = story.sentence(case, procedure, event)
    Notice.objects.create(account=account, event=event, at=event.at, text_zh=text.zh, text_en=text.en)
