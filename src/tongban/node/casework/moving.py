"""Open cases moved to another version of their service, and with it of their procedure: an explicit act.

Promises: every case says so by an event with the reason; what cannot move stays as it is and is named; a dry
run writes nothing. The time limit that a case was promised goes on as it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from tongban.node.casework import catalogue, effects, log, procedures
from tongban.node.casework.models import Case, PublishedProcedure, PublishedService
from tongban.node.casework.procedure import Procedure
from tongban.node.casework.refusals import Refused
from tongban.node.statements import Writes


@dataclass(frozen=True)
class Move:
    """What became of one case; `obstacle` says why it cannot move, empty when it has or can."""

    number: str
    obstacle: str = ""


def move(service: str, version: str, reason: str, *, is_dry: bool) -> tuple[Move, ...]:
    """Move the service's open cases to a published version. Raises Refused `service-unknown`."""
    target = PublishedService.objects.filter(code=service, version=version).first()
    if target is None:
        raise Refused("service-unknown")
    procedure = procedures.current(catalogue.read(target).definition.kind)
    found = Case.objects.filter(service__code=service).exclude(awaits="nobody")
    numbers = list(
        found.exclude(service=target, procedure=procedure).order_by("number").values_list("number")
    )
    return tuple(_move(number, target, procedure, reason, is_dry=is_dry) for (number,) in numbers)


def _move(
    number: str, target: PublishedService, to: PublishedProcedure, reason: str, *, is_dry: bool
) -> Move:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(number=number)
        before, after = procedures.of(case), procedures.read(to.pk)
        obstacle = next(obstacles(case, before, after), "")
        if obstacle or is_dry:
            return Move(number, obstacle)
        data = {"service": target.pk, "procedure": to.pk, "version": target.version, "reason": reason}
        state = log.append(case, before, log.Entry(log.MOVED, case.status, log.NODE, data))
        event = case.events.get(revision=state.revision)
        case.service, case.procedure = target, to
        case.awaits = after.states[case.status].awaits
        case.save()
        was, now_asked = (effects.wanted(case.agency, procedure, state) for procedure in (before, after))
        writes = Writes()
        writes.add("kept", "SELECT id FROM casework_case WHERE id = %s", [case.pk])
        effects.settle_tasks(case, log.happened(event), was, now_asked, writes)
        writes.run()
        return Move(number)


def obstacles(case: Case, before: Procedure, after: Procedure) -> Iterator[str]:
    """Why a case cannot go on under another version of its procedure."""
    moved = before.happenings.get(log.MOVED)
    if moved is None or case.status not in moved.during:
        yield f"version {before.version} lets no case in state {case.status} move"
    if case.status not in after.states:
        yield f"version {after.version} has no state {case.status}"
        return
    if after.states[case.status].is_final:
        yield f"in version {after.version} the state {case.status} is an end"
    back = log.state_of(case).back
    if back is not None and back not in after.states:
        yield f"version {after.version} has no state {back}, to which the case is to return"
