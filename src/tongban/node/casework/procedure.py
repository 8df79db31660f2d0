"""What a procedure is: states, what may happen in them, and which actions people have; frozen data.

Promises: what is available now, to whom, follows from this data alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tongban.services import Text

Role = Literal["citizen", "officer", "node"]
TaskKind = Literal["decide", "resolve-evidence"]


@dataclass(frozen=True)
class State:
    """One state of a case: what the citizen reads, what it waits for, which task it gives an officer."""

    code: str
    text: Text
    waiting_for: Text | None = None
    task: TaskKind | None = None

    @property
    def is_final(self) -> bool:
        """Whether nothing is awaited any more."""
        return self.waiting_for is None


@dataclass(frozen=True)
class Happening:
    """One kind of event: by whom, in which states, to which states it may lead, and its sentence.

    Placeholders of the sentence are filled from the event; `notifies` puts it among the citizen's notices.
    """

    kind: str
    by: frozenset[Role]
    during: frozenset[str]
    reaches: frozenset[str]
    sentence: Text
    notifies: bool = False


@dataclass(frozen=True)
class Action:
    """Something a person may do: the event it records and what it asks for."""

    code: str
    label: Text
    by: Role
    records: str
    during: frozenset[str]
    asks_reason: bool = False


@dataclass(frozen=True)
class Procedure:
    """One kind of procedure (办理流程); cases of many services run on it."""

    kind: str
    initial: str
    states: Mapping[str, State]
    happenings: Mapping[str, Happening]
    actions: Mapping[str, Action]

    def allows(self, kind: str, by: Role, status: str | None, reaches: str) -> bool:
        """Whether an event of this kind may happen now and lead there; `status` is None before the first."""
        happening = self.happenings.get(kind)
        if happening is None or by not in happening.by or reaches not in happening.reaches:
            return False
        return status in happening.during if status is not None else not happening.during

    def available(self, status: str, role: Role) -> tuple[Action, ...]:
        """The actions that somebody in this role has in this state."""
        actions = self.actions.values()
        return tuple(action for action in actions if action.by == role and status in action.during)
