"""Timers of cases: when a time limit or the time for an answer has passed, the case says so, once.

Promises: a timer that two workers see at once, or that is seen twice, has its effect one time.
"""

from django.db import transaction

from tongban.node.casework import log, procedures
from tongban.node.casework.models import Case, Timer
from tongban.node.clock import now

MOST_AT_ONCE = 100


def fire_due() -> int:
    """Fire the timers that are due; how many had an effect."""
    due = Timer.objects.filter(fired_at=None, due_at__lte=now()).order_by("due_at")
    return sum(_fire(pk) for pk in due.values_list("pk", flat=True)[:MOST_AT_ONCE])


def _fire(pk: int) -> bool:
    with transaction.atomic():
        waiting = Timer.objects.filter(pk=pk, fired_at=None)
        number = waiting.values_list("case__number", flat=True).first()
        case = Case.objects.select_for_update().filter(number=number).first()
        timer = waiting.select_for_update().first()
        if timer is None or case is None:
            return False
        timer.fired_at = now()
        timer.save()
        procedure = procedures.of(case)
        happening = procedure.happenings[timer.kind]
        if case.status not in happening.during:
            return False
        to = log.state_of(case).back if happening.returns else case.status
        log.append(case, procedure, log.Entry(timer.kind, to or case.status, log.NODE))
        return True
