"""A case's history and its fold: what a case is, told by nothing but its events.

Promises: pure values; an event that the procedure does not allow at that point is refused, also on replay.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tongban.node.casework.procedure import Procedure, Role

EvidenceStatus = Literal["waiting", "received", "refused"]


class HistoryError(ValueError):
    """An event that cannot follow the ones before it."""


@dataclass(frozen=True)
class Happened:
    """One event: its place in the history, what happened, to which status it led, by whom, with what."""

    revision: int
    kind: str
    status: str
    role: Role
    at: str
    data: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True)
class EvidenceState:
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


@dataclass(frozen=True)
class CaseState:
    """What the events up to `revision` make of a case.

    `proposed_by` and `decided_by` are the revisions of the events that hold proposal and decision.
    """

    status: str
    revision: int
    evidence: tuple[EvidenceState, ...] = ()
    proposed_by: int | None = None
    decided_by: int | None = None
    due_on: str | None = None
    due_is_provisional: bool = False

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
            "evidence": [vars(one) for one in self.evidence],
            "proposed_by": self.proposed_by,
            "decided_by": self.decided_by,
            "due_on": self.due_on,
            "due_is_provisional": self.due_is_provisional,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "CaseState":
        """The state that `to_json` wrote."""
        evidence = tuple(EvidenceState(**one) for one in kept["evidence"])
        return cls(**{**kept, "evidence": evidence})


def fold(procedure: Procedure, events: Iterable[Happened]) -> CaseState | None:
    """The state that a history leads to; None for no events. Raises HistoryError."""
    state: CaseState | None = None
    for event in events:
        state = follow(procedure, state, event)
    return state


def follow(procedure: Procedure, state: CaseState | None, event: Happened) -> CaseState:
    """The state after one more event. Raises HistoryError when it cannot follow."""
    revision, status = (state.revision, state.status) if state else (0, None)
    if event.revision != revision + 1:
        raise HistoryError(f"revision {event.revision} cannot follow {revision}")
    if not procedure.allows(event.kind, event.role, status, event.status):
        raise HistoryError(f"{event.kind} by {event.role} cannot lead from {status} to {event.status}")
    before = state or CaseState(event.status, 0)
    changed = _CHANGES.get(event.kind, _nothing)(before, event)
    return replace(changed, status=event.status, revision=event.revision)


def _nothing(state: CaseState, event: Happened) -> CaseState:
    return state


def _opened(state: CaseState, event: Happened) -> CaseState:
    evidence = tuple(
        EvidenceState(
            key=asked["key"],
            type=asked["type"],
            place=asked["place"],
            agency=asked["agency"],
            message=asked["message"],
            status="waiting",
            since=event.at,
        )
        for asked in event.data["evidence"]
    )
    return replace(state, evidence=evidence)


def _evidence_settled(status: EvidenceStatus) -> Callable[[CaseState, Happened], CaseState]:
    def settle(state: CaseState, event: Happened) -> CaseState:
        settled = replace(_named(state, event), status=status, settled_at=event.at, told_by=event.revision)
        return _due(_with(state, settled), event)

    return settle


def _asked_again(state: CaseState, event: Happened) -> CaseState:
    asked = replace(
        _named(state, event),
        status="waiting",
        since=event.at,
        message=event.data["message"],
        settled_at=None,
        told_by=None,
    )
    return replace(_with(state, asked), due_on=None, due_is_provisional=False)


def _proposed(state: CaseState, event: Happened) -> CaseState:
    return _due(replace(state, proposed_by=event.revision), event)


def _decided(state: CaseState, event: Happened) -> CaseState:
    return replace(state, decided_by=event.revision)


def _due(state: CaseState, event: Happened) -> CaseState:
    if "due_on" not in event.data:
        return state
    return replace(state, due_on=event.data["due_on"], due_is_provisional=event.data["due_is_provisional"])


def _named(state: CaseState, event: Happened) -> EvidenceState:
    piece = state.piece(event.data["key"])
    if piece is None:
        raise HistoryError(f"{event.kind}: no evidence of this key was asked for")
    return piece


def _with(state: CaseState, changed: EvidenceState) -> CaseState:
    evidence = tuple(changed if one.key == changed.key else one for one in state.evidence)
    return replace(state, evidence=evidence)


_CHANGES: Mapping[str, Callable[[CaseState, Happened], CaseState]] = {
    "opened": _opened,
    "evidence-received": _evidence_settled("received"),
    "evidence-refused": _evidence_settled("refused"),
    "evidence-asked-again": _asked_again,
    "proposed": _proposed,
    "calculation-failed": _due,
    "decided": _decided,
}
