"""Time limits of a case in working days (办结时限), counted from the day on which an officer can act."""

from tongban.node.casework import catalogue
from tongban.node.casework.models import Case
from tongban.node.clock import today
from tongban.places.calendar import add_working_days


def limit_data(case: Case) -> dict[str, object]:
    """The last day for the officer, as it stands in an event; provisional where the calendar is not known."""
    due = add_working_days(today(), catalogue.read(case.service).definition.time_limit.working_days)
    return {"due_on": due.on.isoformat(), "due_is_provisional": due.provisional}
