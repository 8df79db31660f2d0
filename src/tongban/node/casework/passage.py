"""The case's way between the two sides: stations passed, those it is at, those to come.

Promises: evidence of both sides is one stage, so several stations may be the present one.
"""

from collections.abc import Mapping
from datetime import datetime
from itertools import chain

from tongban.node.casework.history import CaseState, EvidenceState
from tongban.node.casework.models import Event
from tongban.node.casework.procedure import Procedure
from tongban.node.casework.shown import Passage
from tongban.services import Definition, Text

_SUBMITTED = Text(zh="您提交", en="You submit")
_ANSWERED = Text(zh="{side}提供材料", en="{side} provides evidence")
_COMPUTED = Text(zh="按规则计算", en="The rules are applied")
_CONFIRMED = Text(zh="工作人员确认", en="An officer confirms")

_Station = tuple[Text, str, datetime | None]


def passage(
    definition: Definition,
    procedure: Procedure,
    state: CaseState,
    events: Mapping[int, Event],
    own_place: str,
) -> tuple[Passage, ...]:
    """The stations of a case that goes on."""
    own = definition.side(own_place)
    here = own.code if own else ""
    if definition.kind != "recognition":
        return _visited(definition, procedure, events, own_place)
    stages: tuple[tuple[_Station, ...], ...] = (
        ((_SUBMITTED, here, _at(events, 1)),),
        tuple(_evidence(definition, piece, events) for piece in state.evidence),
        ((_COMPUTED, here, _at(events, state.proposed_by)),),
        ((_CONFIRMED, here, _at(events, state.decided_by)),),
    )
    present = next((stage for stage in stages if any(at is None for _, _, at in stage)), ())
    return tuple(
        Passage(text, side, "done" if at else "now" if (text, side, at) in present else "next", at)
        for text, side, at in chain.from_iterable(stages)
    )


def _visited(
    definition: Definition, procedure: Procedure, events: Mapping[int, Event], own_place: str
) -> tuple[Passage, ...]:
    """The states in which the case was, each on the side that it waited for, the last one as the present."""
    own, other = definition.side(own_place), definition.other_side(own_place)
    stations: list[Passage] = []
    before = ""
    for event in events.values():
        if event.status == before:
            continue
        before, state = event.status, procedure.states[event.status]
        side = other if state.awaits == "other-side" else own
        stations.append(Passage(state.text, side.code if side else "", "done", event.at))
    last = stations[-1]
    is_over = procedure.states[before].is_final
    return (*stations[:-1], Passage(last.text, last.side, "done" if is_over else "now", last.at))


def passed(stations: tuple[Passage, ...]) -> tuple[Passage, ...]:
    """Of the stations of a case that has ended, those that it passed."""
    return tuple(station for station in stations if station.state == "done")


def _evidence(definition: Definition, piece: EvidenceState, events: Mapping[int, Event]) -> _Station:
    side = definition.side(piece.place)
    name = side.name if side else Text(zh=piece.place, en=piece.place)
    at = _at(events, piece.told_by) if piece.status == "received" else None
    return _ANSWERED.filled({"side": name}), side.code if side else "", at


def _at(events: Mapping[int, Event], revision: int | None) -> datetime | None:
    return events[revision].at if revision is not None else None
