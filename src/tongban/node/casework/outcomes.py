"""How cases of each service ended, counted for an agency, with small counts left out.

Promises: a count under five is never shown, nor can it be worked out from the others and the total.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from tongban.node.casework import procedures
from tongban.node.casework.models import Case
from tongban.services import Text

LEAST_SHOWN = 5


@dataclass(frozen=True)
class OutcomeFigure:
    """One way in which cases of a service ended; `count` is None where it is left out."""

    service: str
    status: str
    text: Text
    count: int | None


def of(ended: QuerySet[Case]) -> tuple[OutcomeFigure, ...]:
    """How these cases ended, by service and outcome; a service with fewer than five is left out."""
    counted: dict[str, dict[str, int]] = {}
    texts: dict[tuple[str, str], Text] = {}
    rows = ended.values_list("service__code", "procedure", "status").annotate(Count("pk")).order_by()
    for service, procedure, status, count in rows:
        of_service = counted.setdefault(service, {})
        of_service[status] = of_service.get(status, 0) + count
        if procedure is not None:
            texts[service, status] = procedures.read(procedure).states[status].text
    return tuple(
        OutcomeFigure(service, status, texts.get((service, status), Text(zh=status, en=status)), count)
        for service, of_service in sorted(counted.items())
        if sum(of_service.values()) >= LEAST_SHOWN
        for status, count in sorted(without_small(of_service).items())
    )


def without_small(counts: Mapping[str, int]) -> dict[str, int | None]:
    """The counts without those under five.

    Where a single one is left out, or those left out come to fewer than five, the smallest of the others goes
    with them: the total would tell it otherwise.
    """
    hidden = {name for name, count in counts.items() if count < LEAST_SHOWN}
    others = sorted(counts.keys() - hidden, key=lambda name: (counts[name], name))
    if hidden and others and (len(hidden) == 1 or sum(counts[name] for name in hidden) < LEAST_SHOWN):
        hidden.add(others[0])
    return {name: None if name in hidden else count for name, count in counts.items()}
