"""What pages show of a case, as plain frozen values in both languages.

Promises: a page needs nothing but these; nothing here can change a case.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from tongban.node.casework.enclosures import Received
from tongban.node.casework.history import EvidenceStatus
from tongban.node.casework.procedure import Action, Procedure
from tongban.node.casework.remedies import Remedy
from tongban.services import Service, Text
from tongban.services.rows import Row


@dataclass(frozen=True)
class Table:
    """Records as people read them: what stands in each column, the rows."""

    titles: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]

    @property
    def titled_rows(self) -> tuple[tuple[tuple[Text, Text], ...], ...]:
        """The rows, each cell after the title of its column."""
        return tuple(tuple(zip(self.titles, row, strict=True)) for row in self.rows)


@dataclass(frozen=True)
class EvidenceView:
    """One piece of evidence; `lines` are its records in words, title by value, where they are no spells.

    `delay` says why it has not come yet, `reason` why it will not; `detail` tells an officer what exactly was
    wrong. `papers` are the files that it brought along.
    """

    key: str
    type: str
    title: Text
    place: str
    side: str
    agency: Text
    status: EvidenceStatus
    since: datetime
    settled_at: datetime | None
    records: tuple[Mapping[str, str | int], ...]
    lines: tuple[tuple[tuple[Text, Text], ...], ...]
    reason: Text | None
    detail: Text | None
    delay: Text | None
    message_id: str
    papers: tuple[Received, ...] = ()


@dataclass(frozen=True)
class Proposal:
    """The decision that the law proposes, with the whole explanation (contracts.md)."""

    outcome: str
    pool: str
    title: Text
    text: Text
    explanation: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True)
class Decision:
    """The decision; `words` are the officer's own when they refused, `agrees` whether it is the proposal.

    `remedy` says where and until when it may be reviewed.
    """

    outcome: str
    title: Text
    text: Text
    words: str
    agrees: bool
    at: datetime
    officer_post: Text
    agency: Text
    remedy: Remedy | None


@dataclass(frozen=True)
class Entry:
    """One line of the timeline; `by` names who did it in the applicant's name.

    `is_recalled` says that it was forgotten with an old backup and came back from the other side.
    """

    at: datetime
    kind: str
    side: str
    text: Text
    detail: Text | None
    by: str = ""
    is_recalled: bool = False


@dataclass(frozen=True)
class Behalf:
    """Who applied for the applicant: by a mandate until that day, proved so, or by office without one.

    `enterprise` is the code of the enterprise whose case it is, empty for a person's.
    """

    agent: str
    enterprise: str
    mandated_until: date | None
    proof: str


@dataclass(frozen=True)
class Passage:
    """One station on the case's way between the two sides."""

    text: Text
    side: str
    state: Literal["done", "now", "next"]
    at: datetime | None


@dataclass(frozen=True)
class Bill:
    """The bill of a settlement: its number, what is the same in all lines, the lines."""

    number: str
    same: tuple[tuple[Text, Text], ...]
    lines: Table


@dataclass(frozen=True)
class AskedAbout:
    """One answer that the applicant was asked about; `row` is None when it is gone."""

    position: int
    row: Row | None
    is_answered: bool


@dataclass(frozen=True)
class ProposedFact:
    """What an officer proposes to fill in; `answer` is empty, `confirmed` or `declined`."""

    position: int
    title: Text
    value: Text
    answer: str
    service: str = ""


@dataclass(frozen=True)
class CaseView:
    """Everything that a case's page shows."""

    number: str
    service: Service
    procedure: Procedure
    person_name: str
    status: str
    status_text: Text
    is_final: bool
    waiting_for: Text | None
    revision: int
    opened_at: datetime
    due_on: date | None
    due_is_provisional: bool
    answers: tuple[tuple[Text, Text], ...]
    evidence: tuple[EvidenceView, ...]
    proposal: Proposal | None
    decision: Decision | None
    timeline: tuple[Entry, ...]
    passage: tuple[Passage, ...]
    actions: tuple[Action, ...]
    behalf: Behalf | None = None
    bill: Bill | None = None
    rows: tuple[Row, ...] = ()
    asked_about: tuple[AskedAbout, ...] = ()
    proposals: tuple[ProposedFact, ...] = ()

    @property
    def explanation(self) -> Mapping[str, Any] | None:
        """The law's explanation, once there is a proposal."""
        return self.proposal.explanation if self.proposal else None

    @property
    def may_answer(self) -> bool:
        """Whether who sees it may confirm or decline what is proposed."""
        return any(action.code == "confirm-fact" for action in self.actions)


@dataclass(frozen=True)
class InboxLine:
    """One line of an officer's list; `id` is the task's, None where the line is a case without one."""

    number: str
    service: Text
    person_name: str
    task: str
    status: Text
    opened_at: datetime
    due_on: date | None
    due_is_provisional: bool
    is_overdue: bool
    closed_at: datetime | None
    id: int | None = None
    assignee: str = ""
    is_from_there: bool = False


@dataclass(frozen=True)
class CaseLine:
    """One line of a list of cases."""

    number: str
    service: Text
    status: str
    status_text: Text
    is_final: bool
    opened_at: datetime
    updated_at: datetime
    due_on: date | None
