"""How cases of each service ended, counted for one agency or several, with small counts left out.

Promises: a count under five is never shown, nor can it be worked out from the others, the total, or the
figures of several agencies together.
"""

from collections import Counter
from collections.abc import Collection, Mapping
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
    """How these cases ended, by service and outcome; a service with fewer than five is left out.

    Of several agencies a count is left out as well where one of them leaves its own out, so that the others'
    do not tell it.
    """
    counted: dict[str, dict[str, dict[str, int]]] = {}
    texts: dict[tuple[str, str], Text] = {}
    by = ("service__code", "agency", "procedure", "status")
    for service, agency, procedure, status, count in ended.values_list(*by).annotate(Count("pk")).order_by():
        of_agency = counted.setdefault(service, {}).setdefault(agency, {})
        of_agency[status] = of_agency.get(status, 0) + count
        if procedure is not None:
            texts[service, status] = procedures.read(procedure).states[status].text
    return tuple(
        OutcomeFigure(service, status, texts.get((service, status), Text(zh=status, en=status)), count)
        for service, agencies in sorted(counted.items())
        for status, count in sorted(_together(agencies.values()).items())
    )


def _together(agencies: Collection[Mapping[str, int]]) -> dict[str, int | None]:
    """The outcomes of a service, several agencies' together; none where there are fewer than five."""
    total: Counter[str] = Counter()
    hidden: set[str] = set()
    for counts in agencies:
        total.update(counts)
        is_few = sum(counts.values()) < LEAST_SHOWN
        hidden |= {name for name, count in without_small(counts).items() if is_few or count is None}
    return without_small(total, hidden) if total.total() >= LEAST_SHOWN else {}


def without_small(counts: Mapping[str, int], besides: Collection[str] = ()) -> dict[str, int | None]:
    """The counts without those under five, and without those named `besides`.

    Where a single one is left out, or those left out come to fewer than five, the smallest of the others goes
    with them: the total would tell it otherwise.
    """
    hidden = {name for name, count in counts.items() if count < LEAST_SHOWN} | set(besides)
    others = sorted(counts.keys() - hidden, key=lambda name: (counts[name], name))
    if hidden and others and (len(hidden) == 1 or sum(counts[name] for name in hidden) < LEAST_SHOWN):
        hidden.add(others[0])
    return {name: None if name in hidden else count for name, count in counts.items()}
