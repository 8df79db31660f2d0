"""What the applicant has answered: as the case was opened, with every correction since in its place."""

from collections.abc import Iterable
from typing import Any

from tongban.node.casework.models import Case, Event
from tongban.services.rows import replaced

CORRECTED = "answer-corrected"
_REPLACING = (CORRECTED, "answer-recalled", "applicant-corrected")
"""Events that put an answer in the place of another; one that tells of a file replaces none."""


def answers_in(events: Iterable[Event]) -> dict[str, Any]:
    """The answers that a case's events lead to, in the order of their revisions."""
    answers: dict[str, Any] = {}
    for event in events:
        if event.revision == 1:
            answers = dict(event.data.get("answers", {}))
        elif event.kind in _REPLACING and "answer" in event.data:
            answers = replaced(answers, event.data["path"], event.data["answer"])
    return answers


def answers_of(case: Case) -> dict[str, Any]:
    """The answers of a case as they are now."""
    told = case.events.filter(revision=1) | case.events.filter(kind__in=_REPLACING)
    return answers_in(told.order_by("revision"))
