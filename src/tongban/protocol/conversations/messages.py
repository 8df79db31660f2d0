"""What is said in conversations, as messages on the common envelope; strictly parsed.

Each message has its place in the thread of its case: `position` counts what its sender has said there,
`after` how much of the other side it had heard when it said so.
"""

from datetime import date
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, StringConstraints, TypeAdapter, ValidationError

from tongban.protocol.messages import Envelope, Evidence, LegalBasis, Question, checked_object, path_of
from tongban.protocol.model import FieldName, Moment, Name, Strict, Subject, Text
from tongban.protocol.refusals import Code, Refused

Fen = Annotated[int, Field(ge=0, le=10**15)]
"""Money in fen (分), a hundredth of a yuan."""
Position = Annotated[int, Field(ge=1, le=10**9)]
Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
"""How treasuries name a payment."""
Value = Annotated[str, StringConstraints(max_length=4000)] | int
Contents = Annotated[dict[FieldName, Value], Field(max_length=200)]
"""Named values that the two sides' services agree on: answers of a form, facts, findings."""
Line = Annotated[dict[FieldName, Value], Field(min_length=1, max_length=20)]
"""One line of a bill."""


class Nothing(Strict):
    """Nothing more to say."""


class Reason(Strict):
    """Why, in words for a person; `code` is a refusal's where a rule of the protocol is the reason."""

    reason: Text
    code: Code | None = Field(default=None, strict=False)


class CaseContents(Strict):
    """A case as it is handed over."""

    subject: Subject | None = Field(default=None, repr=False)
    title: Text
    contents: Contents = Field(repr=False)


class Reoffer(Strict):
    """The case once more, with what the returning side missed."""

    reason: Text
    contents: Contents = Field(repr=False)


class CaseAnswer(Strict):
    """What came of the case."""

    text: Text
    contents: Contents = Field(repr=False)


class ContactLetter(Strict):
    """Whose relation is to move, of which fund or insurance (联系函)."""

    subject: Subject = Field(repr=False)
    fund: Name
    contents: Contents = Field(repr=False)


class Statement(Strict):
    """What stands on the relation's account (信息表): the money that would move, the months behind it."""

    amount: Fen
    months: Annotated[int, Field(ge=0, le=1200)]
    contents: Contents = Field(repr=False)


class Amount(Strict):
    """The money that moves and the name under which treasuries find it."""

    amount: Fen
    reference: Reference


class Claim(Strict):
    """A bill that the home scheme is charged: whose, its number at the place of care, line by line."""

    subject: Subject = Field(repr=False)
    bill: Reference
    contents: Contents = Field(repr=False)
    lines: Annotated[tuple[Line, ...], Field(min_length=1, max_length=1000, strict=False, repr=False)]


class Adjudication(Strict):
    """What the home fund pays of the claim, owed since the day `on`, and how the home rules came to it."""

    amount: Fen
    on: Annotated[date, Field(strict=False)]
    contents: Contents = Field(repr=False)


class Clearing(Amount):
    """That the amount of the adjudication was cleared, on which day, under which name treasuries find it."""

    on: Annotated[date, Field(strict=False)]


class Told(Strict):
    """Something that the other side should know."""

    subject: Subject | None = Field(default=None, repr=False)
    text: Text
    contents: Contents = Field(repr=False)


class Topic(Strict):
    """Whose changes of what are to be told."""

    subject: Subject = Field(repr=False)
    topic: Name


class Change(Strict):
    """One change; `number` counts the changes told in this conversation, from 1."""

    number: Position
    contents: Contents = Field(repr=False)


class Utterance(Envelope):
    """One message of a conversation."""

    conversation: UUID
    position: Position
    after: Annotated[int, Field(ge=0, le=10**9)]


class Opening(Utterance):
    """A message that brings a matter to the other side, so it says on which legal basis and what for."""

    legal_basis: LegalBasis
    purpose: Text


class HandoverOffered(Opening):
    """Will you take this case?"""

    kind: Literal["handover-offered"] = "handover-offered"
    body: CaseContents


class HandoverOfferedAgain(Opening):
    """Will you take the case that you returned? It cannot be returned again."""

    kind: Literal["handover-offered-again"] = "handover-offered-again"
    body: Reoffer


class HandoverAccepted(Utterance):
    """The case is ours now."""

    kind: Literal["handover-accepted"] = "handover-accepted"
    body: Nothing


class HandoverReturned(Utterance):
    """The case is not ours, because of this."""

    kind: Literal["handover-returned"] = "handover-returned"
    body: Reason


class HandoverAnswered(Utterance):
    """What came of the case that we took."""

    kind: Literal["handover-answered"] = "handover-answered"
    body: CaseAnswer


class TransferAsked(Opening):
    """The contact letter: this relation is to come to us."""

    kind: Literal["transfer-asked"] = "transfer-asked"
    body: ContactLetter


class TransferStated(Utterance):
    """The statement of account."""

    kind: Literal["transfer-stated"] = "transfer-stated"
    body: Statement


class TransferAgreed(Utterance):
    """The statement is right; move it."""

    kind: Literal["transfer-agreed"] = "transfer-agreed"
    body: Nothing


class TransferInstructed(Utterance):
    """The relation is closed here and the money instructed; there is no way back."""

    kind: Literal["transfer-instructed"] = "transfer-instructed"
    body: Amount


class TransferConfirmed(Utterance):
    """Relation and money have come."""

    kind: Literal["transfer-confirmed"] = "transfer-confirmed"
    body: Amount


class NoticeGiven(Opening):
    """Know this."""

    kind: Literal["notice-given"] = "notice-given"
    body: Told


class SubscriptionAsked(Opening):
    """Tell us of every change until `expires`."""

    kind: Literal["subscription-asked"] = "subscription-asked"
    body: Topic


class SubscriptionTold(Utterance):
    """Something has changed."""

    kind: Literal["subscription-told"] = "subscription-told"
    body: Change


class EvidenceAsked(Opening):
    """What does your agency hold? Somebody may have to look."""

    kind: Literal["evidence-asked"] = "evidence-asked"
    body: Question


class EvidenceGiven(Utterance):
    """This is what we hold."""

    kind: Literal["evidence-given"] = "evidence-given"
    body: Evidence


class SettlementClaimed(Opening):
    """What does your scheme pay of this bill?"""

    kind: Literal["settlement-claimed"] = "settlement-claimed"
    body: Claim


class SettlementAdjudicated(Utterance):
    """This is what our fund owes you for it."""

    kind: Literal["settlement-adjudicated"] = "settlement-adjudicated"
    body: Adjudication


class SettlementCleared(Utterance):
    """What was owed for it is cleared."""

    kind: Literal["settlement-cleared"] = "settlement-cleared"
    body: Clearing


class Reasoned(Utterance):
    """A step back, a refusal or a question once more, with its reason."""

    kind: Literal[
        "handover-withdrawn",
        "handover-declined",
        "transfer-asked-again",
        "transfer-declined",
        "transfer-withdrawn",
        "transfer-inadmissible",
        "notice-declined",
        "subscription-refused",
        "subscription-withdrawn",
        "subscription-declined",
        "evidence-refused",
        "evidence-withdrawn",
        "evidence-declined",
        "settlement-refused",
        "settlement-withdrawn",
        "settlement-declined",
    ]
    body: Reason


class Plain(Utterance):
    """A step that needs no words."""

    kind: Literal[
        "handover-let-go",
        "handover-lapsed",
        "transfer-let-go",
        "transfer-lapsed",
        "notice-taken",
        "subscription-accepted",
        "subscription-let-go",
        "subscription-lapsed",
        "evidence-let-go",
        "evidence-lapsed",
        "settlement-let-go",
        "settlement-lapsed",
    ]
    body: Nothing


AnyUtterance: TypeAlias = (
    HandoverOffered
    | HandoverOfferedAgain
    | HandoverAccepted
    | HandoverReturned
    | HandoverAnswered
    | TransferAsked
    | TransferStated
    | TransferAgreed
    | TransferInstructed
    | TransferConfirmed
    | NoticeGiven
    | SubscriptionAsked
    | SubscriptionTold
    | EvidenceAsked
    | EvidenceGiven
    | SettlementClaimed
    | SettlementAdjudicated
    | SettlementCleared
    | Reasoned
    | Plain
)
Body: TypeAlias = (
    Nothing
    | Reason
    | CaseContents
    | Reoffer
    | CaseAnswer
    | ContactLetter
    | Statement
    | Amount
    | Told
    | Topic
    | Change
    | Question
    | Evidence
    | Claim
    | Adjudication
    | Clearing
)

_any: TypeAdapter[AnyUtterance] = TypeAdapter(Annotated[AnyUtterance, Field(discriminator="kind")])
MODELS: dict[str, type[AnyUtterance]] = {
    kind: model for model in AnyUtterance.__args__ for kind in model.model_fields["kind"].annotation.__args__
}


class Receipt(Strict):
    """The signed reply to a message: everything before `next` in this thread is kept here for good."""

    version: Literal["1"] = "1"
    kind: Literal["receipt"] = "receipt"
    sender: Name
    in_reply_to: UUID
    next: Position
    created: Moment


def parse_utterance(body: bytes) -> AnyUtterance:
    """A message from its bytes; Refused `malformed`, `unknown-version`, `unknown-kind`, `schema-violated`."""
    kind = checked_object(body, MODELS, _NAMES)
    try:
        return MODELS[kind].model_validate_json(body)
    except ValidationError as invalid:
        raise Refused(Code.SCHEMA_VIOLATED, path_of(invalid, _NAMES)) from None


_NAMES = frozenset(
    name for model in (*AnyUtterance.__args__, *Body.__args__, Text) for name in model.model_fields
)
