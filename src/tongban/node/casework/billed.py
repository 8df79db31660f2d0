"""The lines of a case's bill as they are now: as they were claimed, with every line corrected since."""

from collections.abc import Iterable
from typing import Any

from tongban.node.casework.models import Event

_CORRECTED = frozenset({"line-corrected", "settlement-line-corrected"})


def lines_in(events: Iterable[Event]) -> list[dict[str, Any]]:
    """The lines that a case's events lead to, in the order of their revisions; none before it has any."""
    lines: list[dict[str, Any]] = []
    for event in events:
        if event.kind in _CORRECTED:
            lines[int(event.data["path"].rpartition("/")[2])] = event.data["line"]
        elif "lines" in event.data and not lines:
            lines = [dict(line) for line in event.data["lines"]]
    return lines
