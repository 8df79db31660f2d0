"""What a procedure is: states, what may happen in them, and which actions people have; frozen data.

Promises: what is available now, to whom, follows from this data and the case's state alone; a guard is data
too, so that a stored procedure says everything about itself.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, Protocol

from tongban.services import Text

Role = Literal["citizen", "officer", "node", "peer"]
"""Who makes something happen: the citizen, an officer, the node by itself, or the node of the other side."""

Awaited = Literal["officer", "citizen", "other-side", "node", "nobody"]
InputType = Literal[
    "words",
    "line",
    "choice",
    "day",
    "money",
    "number",
    "reference",
    "agency",
    "evidence",
    "category",
    "rows",
    "question",
]

MAIN_LIMIT: Final = "main"
"""The name of the time limit that every service has."""


@dataclass(frozen=True)
class State:
    """One state of a case: what the citizen reads, whom it waits for, which task it gives an officer.

    The clock of the time limit `limit` runs while an officer is awaited and stands still otherwise; a state
    that awaits nobody is an end.
    """

    code: str
    text: Text
    awaits: Awaited
    waiting_for: Text | None = None
    task: str | None = None
    limit: str = MAIN_LIMIT

    @property
    def is_final(self) -> bool:
        """Whether nothing is awaited any more."""
        return self.awaits == "nobody"

    @property
    def runs(self) -> bool:
        """Whether a time limit runs in this state."""
        return self.awaits == "officer"


@dataclass(frozen=True)
class Happening:
    """One kind of event: by whom, in which states, where it leads, and its sentence.

    It leads to one of `reaches`, or leaves the status as it is (`stays`), or leads back to the state from
    which the present one was entered (`returns`); `leaves` remembers the state for that way back. `marks`
    notes under a name that it happened, `keeps` copies named data into the case's facts, `clears` takes
    marks away. It happens only with all of `needs` and none of `unless` among the facts. Placeholders of
    the sentence are filled from the event; `notifies` puts it among the citizen's notices.
    """

    kind: str
    by: frozenset[Role]
    during: frozenset[str]
    sentence: Text
    reaches: frozenset[str] = frozenset()
    stays: bool = False
    returns: bool = False
    leaves: bool = False
    marks: str = ""
    keeps: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    notifies: bool = False


@dataclass(frozen=True)
class Option:
    """One option of an input of type choice."""

    value: str
    label: Text


@dataclass(frozen=True)
class Input:
    """Something that an action asks for; `most` is the longest text or the largest number it takes."""

    key: str
    type: InputType
    label: Text
    help: Text | None = None
    optional: bool = False
    most: int = 2000
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Within:
    """A guard in time: at most so many days after the day on which something was marked."""

    mark: str
    days: int


@dataclass(frozen=True)
class Action:
    """Something a person may do: the event it records, what it asks for, and its guards.

    `needs` and `unless` name facts of the case, or options of the service as `service.…`; `not_by` names a
    mark whose officer may not act here (four eyes); `consulted` actions belong to the agency that is asked
    for its opinion, all others of an officer to the agency in charge.
    """

    code: str
    label: Text
    by: Role
    records: str
    during: frozenset[str]
    asks: tuple[Input, ...] = ()
    needs: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    not_by: str = ""
    within: Within | None = None
    consulted: bool = False
    help: Text | None = None

    @property
    def asks_reason(self) -> bool:
        """Whether it wants words of the person who acts."""
        return any(asked.key == "reason" for asked in self.asks)


class Marked(Protocol):
    """A note that something happened: by which officer, on which day."""

    @property
    def officer(self) -> int | None:
        """The officer who did it, if one did."""

    @property
    def on(self) -> date:
        """The day on which it happened."""


@dataclass(frozen=True)
class Circumstances:
    """What guards look at: the case's status, marks and facts, the service's options, and who asks, when."""

    status: str
    marks: Mapping[str, Marked]
    facts: Container[str]
    options: frozenset[str]
    on: date
    officer: int | None = None
    is_consulted: bool = False

    def has(self, name: str) -> bool:
        """Whether this mark, fact or option of the service is there."""
        option = name.removeprefix("service.")
        return option in self.options if option != name else name in self.marks or name in self.facts


@dataclass(frozen=True)
class Limit:
    """A time limit in working days that every service of the kind has, unless it says otherwise."""

    working_days: int
    source: Text


@dataclass(frozen=True)
class Procedure:
    """One version of one kind of procedure (办理流程); cases of many services run on it."""

    kind: str
    version: str
    title: Text
    summary: Text
    initial: str
    states: Mapping[str, State]
    happenings: Mapping[str, Happening]
    actions: Mapping[str, Action]
    limits: Mapping[str, Limit] = field(default_factory=dict)

    def allows(self, kind: str, by: Role, status: str | None, reaches: str, back: str | None = None) -> bool:
        """Whether an event may happen now and lead there.

        `status` is None before the first event; `back` is the state to which a returning event leads.
        """
        happening = self.happenings.get(kind)
        if happening is None or by not in happening.by:
            return False
        if status is None:
            return not happening.during and reaches in happening.reaches
        if status not in happening.during:
            return False
        if happening.stays:
            return reaches == status
        return reaches == back if happening.returns else reaches in happening.reaches

    def only_target(self, kind: str) -> str:
        """The one state to which an event of this kind leads."""
        (status,) = self.happenings[kind].reaches
        return status

    def target(self, kind: str, status: str) -> str:
        """The one state to which an event of this kind leads from `status`, which it keeps where it may.

        Of several it is the one in which the event does not happen.
        """
        happening = self.happenings[kind]
        if happening.stays or status in happening.reaches:
            return status
        (target,) = (happening.reaches - happening.during) or happening.reaches
        return target

    def available(self, role: Role, now: Circumstances) -> tuple[Action, ...]:
        """The actions that somebody in this role has under these circumstances."""
        return tuple(one for one in self.actions.values() if one.by == role and self.permits(one, now))

    def offered(self, code: str, role: Role, now: Circumstances) -> Action | None:
        """The action of this code, if it is among those that `available` gives."""
        action = self.actions.get(code)
        return action if action and action.by == role and self.permits(action, now) else None

    def permits(self, action: Action, now: Circumstances) -> bool:
        """Whether the action's state and guards, and those of the event it records, allow it now."""
        happening = self.happenings[action.records]
        needs, unless = action.needs | happening.needs, action.unless | happening.unless
        if now.status not in action.during or action.consulted != now.is_consulted:
            return False
        if not all(now.has(name) for name in needs) or any(now.has(name) for name in unless):
            return False
        return self._may_act(action, now) and self._is_in_time(action, now)

    def _may_act(self, action: Action, now: Circumstances) -> bool:
        mark = now.marks.get(action.not_by)
        return mark is None or now.officer is None or mark.officer != now.officer

    def _is_in_time(self, action: Action, now: Circumstances) -> bool:
        if action.within is None:
            return True
        mark = now.marks.get(action.within.mark)
        return mark is not None and (now.on - mark.on).days <= action.within.days
