"""Provisional time limits counted anew when the table of holidays has grown, each by an event of its case."""

from django.db import transaction

from tongban.node.casework import limits, log, procedures
from tongban.node.casework.models import Case, Task
from tongban.places.calendar import calendar

RECOUNTED = "limit-recomputed"


def recount_provisional() -> int:
    """Count every open provisional limit by the present table; how many cases changed."""
    numbers = Task.objects.filter(closed_at=None, due_is_provisional=True).values_list(
        "case__number", flat=True
    )
    return sum(_recount(number) for number in sorted(set(numbers)))


def _recount(number: str) -> bool:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(number=number)
        state, procedure = log.state_of(case), procedures.of(case)
        clock = limits.recounted(state.clock, calendar())
        if clock == state.clock or case.status not in procedure.happenings[RECOUNTED].during:
            return False
        data = {"clock": clock.to_json(), "day": clock.due_on}
        log.append(case, procedure, log.Entry(RECOUNTED, case.status, log.NODE, data))
        return True
