"""What became of a question: answered with records, or declined for good; told to whoever asked.

The handler runs inside the transaction that settles the question: if it raises, nothing is settled.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from tongban.node.exchange.department_data import describe
from tongban.node.exchange.models import Outbox
from tongban.protocol import Code, EvidenceAnswer, EvidenceFile, Record, Refusal, Refused, Text


@dataclass(frozen=True)
class Answered:
    """The holding agency answered; `records` have exactly the asked fields, `files` are those they name."""

    message: UUID
    case_ref: str
    evidence_type: str
    place: str
    agency: str
    records: tuple[Record, ...] = field(repr=False)
    answered_at: datetime
    files: tuple[EvidenceFile, ...] = ()


@dataclass(frozen=True)
class Declined:
    """The question will not be answered; an officer decides how to go on.

    `path` and `hint` say where and what was wrong, without personal data; `detail` says it to an
    officer where the department's data were faulty.
    """

    message: UUID
    case_ref: str
    evidence_type: str
    place: str
    agency: str
    code: Code
    sentence: Text
    path: str
    hint: str
    detail: Text | None


Outcome = Answered | Declined
Handler = Callable[[Outcome], None]
GroupHandler = Callable[[Sequence[Outcome]], None]


@dataclass(frozen=True)
class _OneByOne:
    """A handler that is told of the outcomes of a group one after the other."""

    handler: Handler

    def __call__(self, settled: Sequence[Outcome]) -> None:
        for outcome in settled:
            self.handler(outcome)


_handlers: list[GroupHandler] = []


def on_outcome(handler: Handler) -> None:
    """Have `handler` told of every outcome, inside the transaction that settles the question."""
    on_outcomes(_OneByOne(handler))


def on_outcomes(handler: GroupHandler) -> None:
    """Have `handler` told of all outcomes that one transaction settles, inside it, in the order of cases."""
    if handler not in _handlers:
        _handlers.append(handler)


def tell(settled: Sequence[Outcome]) -> None:
    """Tell the handlers; what they raise undoes the settlement."""
    for handler in _handlers:
        handler(settled)


def answered(
    row: Outbox, records: tuple[Record, ...], at: datetime, files: tuple[EvidenceFile, ...] = ()
) -> Answered:
    """The outcome of a question that was answered."""
    return Answered(
        message=row.id,
        case_ref=row.case_ref,
        evidence_type=row.evidence_type,
        place=row.place,
        agency=row.receiver_agency,
        records=records,
        answered_at=at,
        files=files,
    )


def declined(row: Outbox, refused: Refused) -> Declined:
    """The outcome of a question that was refused for good."""
    return Declined(
        message=row.id,
        case_ref=row.case_ref,
        evidence_type=row.evidence_type,
        place=row.place,
        agency=row.receiver_agency,
        code=refused.code,
        sentence=refused.sentence,
        path=refused.path,
        hint=refused.hint,
        detail=describe(refused),
    )


def of_reply(row: Outbox, reply: EvidenceAnswer | Refusal) -> Outcome:
    """The outcome that a reply means."""
    if isinstance(reply, Refusal):
        return declined(row, Refused(reply.code, reply.path, reply.hint))
    return answered(row, reply.body.records, reply.body.as_of, reply.body.files)


def to_json(outcome: Outcome) -> dict[str, object]:
    """The outcome as stored with its question."""
    if isinstance(outcome, Answered):
        records = [dict(record) for record in outcome.records]
        files = {"files": [file.model_dump() for file in outcome.files]} if outcome.files else {}
        return {"records": records, "answered_at": outcome.answered_at.isoformat(), **files}
    return {"code": outcome.code.value, "path": outcome.path, "hint": outcome.hint}


def of_row(row: Outbox) -> Outcome | None:
    """The outcome stored with a question, or None while it waits."""
    if row.outcome is None:
        return None
    if "code" in row.outcome:
        refused = Refused(Code(row.outcome["code"]), row.outcome["path"], row.outcome["hint"])
        return declined(row, refused)
    at = datetime.fromisoformat(row.outcome["answered_at"])
    files = tuple(EvidenceFile(**one) for one in row.outcome.get("files", ()))
    return answered(row, tuple(row.outcome["records"]), at, files)
