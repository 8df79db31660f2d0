"""A case's history and its fold: what a case is, told by nothing but its events.

Promises: pure values; an event that the procedure does not allow at that point is refused, also on replay.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from tongban.node.casework.procedure import Happening, Procedure, Role
from tongban.node.clock import LOCAL_ZONE

EvidenceStatus = Literal["waiting", "received", "refused"]


class HistoryError(ValueError):
    """An event that cannot follow the ones before it."""


class Happened(NamedTuple):
    """One event: its place in the history, what happened, to which status it led, by whom, with what."""

    revision: int
    kind: str
    status: str
    role: Role
    at: datetime
    data: Mapping[str, Any]
    officer: int | None = None

    def __repr__(self) -> str:
        return f"<{self.revision} {self.kind} → {self.status}>"

    @property
    def moment(self) -> str:
        """When it happened, as both sides' offices write it."""
        return self.at.astimezone(LOCAL_ZONE).isoformat()


class EvidenceState(NamedTuple):
    """Where one piece of evidence is; `told_by` is the revision of the event that settled it."""

    key: str
    type: str
    place: str
    agency: str
    message: str
    status: EvidenceStatus
    since: str
    settled_at: str | None = None
    told_by: int | None = None


class Mark(NamedTuple):
    """Something that happened and counts for guards: by which event, on which day, by which officer."""

    revision: int
    day: str
    officer: int | None = None

    @property
    def on(self) -> date:
        """The day on which it happened."""
        return date.fromisoformat(self.day)


class Clock(NamedTuple):
    """The time limits of a case: which one runs since when until when, and what is left of each.

    `left` is in working days, counted at `since` for the limit that runs. With `limit` None all stand still.
    """

    limit: str | None = None
    since: str | None = None
    due_on: str | None = None
    is_provisional: bool = False
    left: Mapping[str, int] = MappingProxyType({})

    def to_json(self) -> dict[str, object]:
        """The form in which events and the case's row hold it."""
        return self._asdict() | {"left": dict(self.left)}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Clock":
        """The clock that `to_json` wrote."""
        return cls(**kept)


STOPPED = Clock()


class CaseState(NamedTuple):
    """What the events up to `revision` make of a case.

    `proposed_by` and `decided_by` are the revisions of the events that hold proposal and decision; `back` is
    the state to which a returning event leads; `marks` and `facts` are what the procedure says to keep.
    """

    status: str
    revision: int
    evidence: tuple[EvidenceState, ...] = ()
    proposed_by: int | None = None
    decided_by: int | None = None
    back: str | None = None
    clock: Clock = STOPPED
    marks: Mapping[str, Mark] = MappingProxyType({})
    facts: Mapping[str, Any] = MappingProxyType({})

    @property
    def due_on(self) -> str | None:
        """The last day of the limit that runs."""
        return self.clock.due_on

    @property
    def due_is_provisional(self) -> bool:
        """Whether that day may still move because a holiday notice is not known yet."""
        return self.clock.is_provisional

    @property
    def is_waiting(self) -> bool:
        """Whether some evidence has not been settled yet."""
        return any(one.status == "waiting" for one in self.evidence)

    @property
    def is_refused(self) -> bool:
        """Whether some evidence was refused."""
        return any(one.status == "refused" for one in self.evidence)

    def piece(self, key: str) -> EvidenceState | None:
        """The evidence of this key."""
        return next((one for one in self.evidence if one.key == key), None)

    def to_json(self) -> dict[str, object]:
        """The form in which it is kept beside the case."""
        return {
            "status": self.status,
            "revision": self.revision,
            "evidence": [one._asdict() for one in self.evidence],
            "proposed_by": self.proposed_by,
            "decided_by": self.decided_by,
            "back": self.back,
            "clock": self.clock.to_json(),
            "marks": {name: mark._asdict() for name, mark in self.marks.items()},
            "facts": dict(self.facts),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "CaseState":
        """The state that `to_json` wrote."""
        return cls(
            status=kept["status"],
            revision=kept["revision"],
            evidence=tuple(EvidenceState(**one) for one in kept["evidence"]),
            proposed_by=kept["proposed_by"],
            decided_by=kept["decided_by"],
            back=kept.get("back"),
            clock=Clock.from_json(kept["clock"]) if "clock" in kept else _former_clock(kept),
            marks={name: Mark(**mark) for name, mark in kept.get("marks", {}).items()},
            facts=kept.get("facts", {}),
        )


def fold(procedure: Procedure, events: Iterable[Happened]) -> CaseState | None:
    """The state that a history leads to; None for no events. Raises HistoryError."""
    state: CaseState | None = None
    for event in events:
        state = follow(procedure, state, event)
    return state


def follow(procedure: Procedure, state: CaseState | None, event: Happened) -> CaseState:
    """The state after one more event. Raises HistoryError when it cannot follow."""
    revision, status, back = (state.revision, state.status, state.back) if state else (0, None, None)
    if event.revision != revision + 1:
        raise HistoryError(f"revision {event.revision} cannot follow {revision}")
    if not procedure.allows(event.kind, event.role, status, event.status, back):
        raise HistoryError(f"{event.kind} by {event.role} cannot lead from {status} to {event.status}")
    happening = procedure.happenings[event.kind]
    before = state or CaseState(event.status, 0)
    if happening.needs or happening.unless:
        _hold_against_facts(happening, before)
    change = _CHANGES.get(event.kind)
    changed = change(before, event) if change else before
    data = event.data
    return CaseState(
        status=event.status,
        revision=event.revision,
        evidence=changed.evidence,
        proposed_by=changed.proposed_by,
        decided_by=changed.decided_by,
        back=status if happening.leaves else None if happening.returns else changed.back,
        clock=_clock(changed.clock, data),
        marks=_marks(changed.marks, happening, event),
        facts=_facts(changed.facts, happening, data),
    )


def _hold_against_facts(happening: Happening, state: CaseState) -> None:
    for name in happening.needs:
        if name not in state.marks and name not in state.facts:
            raise HistoryError(f"{happening.kind} needs {name}")
    for name in happening.unless:
        if name in state.marks or name in state.facts:
            raise HistoryError(f"{happening.kind} cannot happen after {name}")


def _marks(marks: Mapping[str, Mark], happening: Happening, event: Happened) -> Mapping[str, Mark]:
    if not happening.marks and not happening.clears:
        return marks
    left = {name: mark for name, mark in marks.items() if name not in happening.clears}
    if happening.marks:
        left[happening.marks] = Mark(event.revision, event.moment[:10], event.officer)
    return left


def _facts(facts: Mapping[str, Any], happening: Happening, data: Mapping[str, Any]) -> Mapping[str, Any]:
    if not happening.keeps and not happening.clears:
        return facts
    left = {name: value for name, value in facts.items() if name not in happening.clears}
    return left | {name: data[name] for name in happening.keeps if name in data}


def _clock(clock: Clock, data: Mapping[str, Any]) -> Clock:
    if "clock" in data:
        return Clock.from_json(data["clock"])
    return _former_clock(data) if "due_on" in data else clock


def _former_clock(kept: Mapping[str, Any]) -> Clock:
    """The clock as events and rows held it when there was one limit that never stood still."""
    return Clock(due_on=kept["due_on"], is_provisional=kept["due_is_provisional"])


def _opened(state: CaseState, event: Happened) -> CaseState:
    evidence = tuple(
        EvidenceState(
            key=asked["key"],
            type=asked["type"],
            place=asked["place"],
            agency=asked["agency"],
            message=asked["message"],
            status="waiting",
            since=event.moment,
        )
        for asked in event.data.get("evidence", ())
    )
    return state._replace(evidence=evidence)


def _evidence_settled(status: EvidenceStatus) -> Callable[[CaseState, Happened], CaseState]:
    def settle(state: CaseState, event: Happened) -> CaseState:
        settled = _named(state, event)._replace(
            status=status, settled_at=event.moment, told_by=event.revision
        )
        return _with(state, settled)

    return settle


def _asked_again(state: CaseState, event: Happened) -> CaseState:
    asked = _named(state, event)._replace(
        status="waiting",
        since=event.moment,
        message=event.data["message"],
        settled_at=None,
        told_by=None,
    )
    return _with(state, asked)


def _proposed(state: CaseState, event: Happened) -> CaseState:
    return state._replace(proposed_by=event.revision)


def _not_proposed(state: CaseState, event: Happened) -> CaseState:
    return state._replace(proposed_by=None)


def _decided(state: CaseState, event: Happened) -> CaseState:
    return state._replace(decided_by=event.revision)


def _issued(state: CaseState, event: Happened) -> CaseState:
    """Issuing is the decision where the law proposed one; else it says no more than that it was done."""
    return _decided(state, event) if "outcome" in event.data else state


def _settled(state: CaseState, event: Happened) -> CaseState:
    """A settlement is decided as it is worked out; one by hand has no explanation."""
    proposed = event.revision if "explanation" in event.data else None
    return state._replace(proposed_by=proposed, decided_by=event.revision)


def _reversed(state: CaseState, event: Happened) -> CaseState:
    """What was worked out no longer holds; the reversal is the decision."""
    return state._replace(proposed_by=None, decided_by=event.revision)


def _undecided(state: CaseState, event: Happened) -> CaseState:
    return state._replace(decided_by=None)


def _named(state: CaseState, event: Happened) -> EvidenceState:
    piece = state.piece(event.data["key"])
    if piece is None:
        raise HistoryError(f"{event.kind}: no evidence of this key was asked for")
    return piece


def _with(state: CaseState, changed: EvidenceState) -> CaseState:
    evidence = tuple(changed if one.key == changed.key else one for one in state.evidence)
    return state._replace(evidence=evidence)


_CHANGES: Mapping[str, Callable[[CaseState, Happened], CaseState]] = {
    "opened": _opened,
    "bill-submitted": _opened,
    "bill-recalled": _opened,
    "settlement-claimed": _opened,
    "evidence-received": _evidence_settled("received"),
    "evidence-refused": _evidence_settled("refused"),
    "evidence-asked-again": _asked_again,
    "proposed": _proposed,
    "worked-out-again": _proposed,
    "calculation-failed-again": _not_proposed,
    "decided": _decided,
    "issued": _issued,
    "adjudicated": _settled,
    "settlement-adjudicated": _settled,
    "refused": _decided,
    "not-claimed": _decided,
    "settlement-refused": _decided,
    "reversed": _reversed,
    "settlement-reversed": _reversed,
    "reopened": _undecided,
}
