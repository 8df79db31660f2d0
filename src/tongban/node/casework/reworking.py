"""Bills settled after one that is reversed: what each would be, had that one never been settled.

Promises: it changes nothing; each is worked out by its own version of the law, of the day on which it was
settled; whoever is shown them leaves an access record of each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from tongban.node.casework import catalogue, log, rights, settling
from tongban.node.casework.billed import lines_in
from tongban.node.casework.models import Case, Event
from tongban.node.casework.shown import CaseView
from tongban.node.people import access
from tongban.node.people.models import Officer
from tongban.services import NotComputable, Text
from tongban.services.settlement import fen, relation_of

MOST = 50
_DURING = frozenset({"reversal-asked", "reversal-checking", "reversed"})
_DUTY = Text(zh="承办部门依职责办理本办件", en="The agency in charge handles this case")
_COMPARING = Text(zh="核对冲正对其他账单的影响", en="To see what a reversal means for other bills")


@dataclass(frozen=True)
class LaterBill:
    """A bill settled after the reversed one: its case and number, the day, fen that the fund paid and would
    pay now; `anew` is None where the law cannot tell.
    """

    case: str
    bill: str
    on: date
    was: int
    anew: int | None

    @property
    def is_changed(self) -> bool:
        """Whether it would be another amount, or may be."""
        return self.anew != self.was


def of_reversal(officer: Officer, view: CaseView) -> tuple[LaterBill, ...]:
    """The bills settled after that of a case whose reversal is asked for or made; none for other cases.

    Raises LogUnavailable.
    """
    if view.procedure.kind != "settlement" or view.status not in _DURING:
        return ()
    found = _settled_with(Case.objects.select_related("service").get(number=view.number))
    at = next((place for place, event in enumerate(found) if event.case.number == view.number), None)
    if at is None:
        return ()
    counted = [event.data for event in found[:at] if event.case.status != "reversed"]
    later = [event for event in found[at + 1 :] if event.case.status != "reversed"]
    return _shown(officer, [(event, _anew(event, counted)) for event in later])


def _settled_with(case: Case) -> list[Event]:
    """What was adjudicated of the person's bills that count for each other, in its order."""
    settled = Event.objects.filter(
        kind="adjudicated", case__person=case.person_id, case__service__code=case.service.code
    )
    found = list(settled.select_related("case__service", "case__person").order_by("at", "pk"))
    own = next((event.data.get("matched") for event in found if event.case_id == case.pk), None)
    return [event for event in found if own is not None and event.data.get("matched") == own]


def _anew(event: Event, counted: list[Mapping[str, Any]]) -> LaterBill:
    """The bill as it would be after those that are counted, to which it is added."""
    case, settlement = event.case, settling.settlement_of(catalogue.of(event.case))
    history = log.history(case)
    lines, bill = lines_in(history), str(history[0].data["bill"])
    relation = relation_of(settlement, settling.records_of(case, settlement.relation), lines)
    on, was = date.fromisoformat(event.data["booked_on"]), int(event.data["amount"])
    outcomes: Mapping[str, Any] | None = None
    if relation is not None:
        used = settling.used_by(settlement, relation, counted)
        try:
            explanation = settling.worked_out(catalogue.of(case), lines, relation, used, is_home=True, on=on)
            outcomes = explanation["outcomes"]
        except NotComputable:
            outcomes = None
    if outcomes is None:
        counted.append(event.data)
        return LaterBill(case.number, bill, on, was, None)
    counted.append({**event.data, "used": {name: fen(outcomes[name]) for name in settlement.used}})
    return LaterBill(case.number, bill, on, was, fen(outcomes[settlement.fund_pays]))


def _shown(officer: Officer, told: Sequence[tuple[Event, LaterBill]]) -> tuple[LaterBill, ...]:
    cases = [event.case_id for event, _ in told]
    visible = set(rights.of_officer(officer).filter(pk__in=cases).values_list("pk", flat=True))
    seen = [(event.case, bill) for event, bill in told if event.case_id in visible][-MOST:]
    with transaction.atomic():
        access.record_found(
            officer=officer,
            found=[(case.person, case.service.code, case.number) for case, _ in seen],
            basis=_DUTY,
            purpose=_COMPARING,
            fields=("decision",),
        )
    return tuple(bill for _, bill in seen)
