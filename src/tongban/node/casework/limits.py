"""Time limits of a case in working days (办结时限): they run while an officer is awaited, else stand still.

Promises: an event carries the clock that it leads to, so that a replay needs no calendar; what is used up by
the officer stays used up however often the clock stands still; a new limit begins with each new decision.
"""

from datetime import date

from tongban.node.casework.history import STOPPED, Clock
from tongban.node.casework.procedure import MAIN_LIMIT, Procedure, State
from tongban.places.calendar import Calendar, calendar
from tongban.services import Definition


def days_of(name: str, procedure: Procedure, definition: Definition) -> int:
    """How many working days a limit has: the service's own word, or the procedure's."""
    if name == MAIN_LIMIT:
        return definition.time_limit.working_days
    own = definition.limits.get(name)
    return own.working_days if own else procedure.limits[name].working_days


def clock_after(
    clock: Clock, state: State, procedure: Procedure, definition: Definition, on: date
) -> Clock | None:
    """The clock once the case has come to `state` on this day; None when it goes on as before."""
    if state.is_final:
        return STOPPED if clock != STOPPED else None
    running = state.limit if state.runs else None
    if clock.limit == running and (running or clock.due_on is None):
        return None
    left = _left(clock, on, calendar())
    if running is None:
        return Clock(left=left)
    left.setdefault(running, days_of(running, procedure, definition))
    return counted(running, left, on, calendar())


def counted(limit: str, left: dict[str, int], since: date, table: Calendar) -> Clock:
    """The clock of a limit that runs from `since` with `left[limit]` working days left."""
    due = table.add_working_days(since, left[limit])
    return Clock(limit, since.isoformat(), due.on.isoformat(), due.provisional, left)


def recounted(clock: Clock, table: Calendar) -> Clock:
    """The same clock by another version of the table of holidays."""
    if clock.limit is None or clock.since is None:
        return clock
    return counted(clock.limit, dict(clock.left), date.fromisoformat(clock.since), table)


def _left(clock: Clock, on: date, table: Calendar) -> dict[str, int]:
    left = dict(clock.left)
    if clock.limit is not None and clock.since is not None:
        used = table.working_days_between(date.fromisoformat(clock.since), on)
        left[clock.limit] = max(0, left[clock.limit] - used)
    return left
