"""What two sides tell each other about cases besides their conversations: notices whose contents have a form.

Promises: one message is one tiding, told on in the transaction that takes it in, once; contents that are of
no form here change nothing and are logged by their message.
"""

import logging
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from tongban.node.exchange import api
from tongban.protocol.conversations import Told

logger = logging.getLogger(__name__)

Fen = Annotated[int, Field(gt=0, le=10**15)]
Reference = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Round = Annotated[int, Field(ge=1, le=999)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReversalAsked(_Form):
    """The place of care asks the home side to reverse what was settled in `conversation`."""

    topic: Literal["reversal-asked"] = "reversal-asked"
    conversation: UUID


class ReversalRefused(_Form):
    """The home side does not reverse it: what was settled holds."""

    topic: Literal["reversal-refused"] = "reversal-refused"
    conversation: UUID


class Reversed(_Form):
    """The home side has reversed it: it owes `amount` fen less, booked by both on the day `on`."""

    topic: Literal["reversed"] = "reversed"
    conversation: UUID
    amount: Annotated[int, Field(ge=0, le=10**15)]
    on: date


class ReversalCleared(_Form):
    """The reversed amount was set off in a clearing, under which reference, booked on the day `on`."""

    topic: Literal["reversal-cleared"] = "reversal-cleared"
    conversation: UUID
    reference: Reference
    on: date


class LinesAsked(_Form):
    """The home side asks about lines of the bill; `about` are their paths in it, like `/lines/1 /lines/4`."""

    topic: Literal["lines-asked"] = "lines-asked"
    conversation: UUID
    about: Annotated[str, Field(pattern=r"^/lines/\d{1,3}( /lines/\d{1,3}){0,49}$")]


class LineCorrected(_Form):
    """A line as the point of service has it now, as JSON; `old` and `new` are digests of the line."""

    topic: Literal["line-corrected"] = "line-corrected"
    conversation: UUID
    path: Annotated[str, Field(pattern=r"^/lines/\d{1,3}$")]
    old: str
    new: str
    line: Annotated[str, Field(max_length=4000)]


class LinesUnanswered(_Form):
    """Nobody at the place of care can answer about the lines."""

    topic: Literal["lines-unanswered"] = "lines-unanswered"
    conversation: UUID


class AnswersAsked(_Form):
    """An officer asks the applicant of a case to correct or add something, on the day `until` at the latest.

    `about` are the paths of answers in the form, like `/last_month /phone`, perhaps none; `round` counts the
    questions about this case from 1.
    """

    topic: Literal["answers-asked"] = "answers-asked"
    conversation: UUID
    round: Round
    about: Annotated[str, Field(pattern=r"^(/[a-z][a-z0-9_]{0,59}( /[a-z][a-z0-9_]{0,59}){0,49})?$")]
    until: date


class AnswersLetBe(_Form):
    """The officer does not wait for the applicant any longer."""

    topic: Literal["answers-let-be"] = "answers-let-be"
    conversation: UUID
    round: Round


class AnswerCorrected(_Form):
    """An answer as the applicant has it now, as JSON; of a file, what stands in `files` about it, as JSON.

    `old` and `new` are digests of the answer where the applicant gave it.
    """

    topic: Literal["answer-corrected"] = "answer-corrected"
    conversation: UUID
    path: Annotated[str, Field(pattern=r"^/[a-z][a-z0-9_]{0,59}$")]
    old: Digest
    new: Digest
    answer: Annotated[str, Field(max_length=4000)] = ""
    files: Annotated[str, Field(max_length=4000)] = ""


class AnswersGiven(_Form):
    """The applicant has answered; the notice's text says in which words."""

    topic: Literal["answers-given"] = "answers-given"
    conversation: UUID
    round: Round


class AnswersMissing(_Form):
    """Nothing comes from the applicant: the day has passed, or they cannot be asked there."""

    topic: Literal["answers-missing"] = "answers-missing"
    conversation: UUID
    round: Round


class MoneyArrived(_Form):
    """Money of the other fund has arrived: of the month that begins on `month`, on the day `on`."""

    topic: Literal["money-arrived"] = "money-arrived"
    month: date
    reference: Reference
    amount: Fen
    on: date


class IdentityChecked(_Form):
    """The officer who helps has checked who the applicant is, by which method."""

    topic: Literal["identity-checked"] = "identity-checked"
    conversation: UUID
    method: Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,39}$")]


class CredentialShown(_Form):
    """The applicant has shown a credential of this type, which the node where they applied has verified."""

    topic: Literal["credential-shown"] = "credential-shown"
    conversation: UUID
    vct: Annotated[str, Field(max_length=120)]
    issuer: Annotated[str, Field(max_length=200)]


class ApplicantLeft(_Form):
    """The applicant has left: the officer's side is to end it."""

    topic: Literal["applicant-left"] = "applicant-left"
    conversation: UUID


class LineWritten(_Form):
    """A line of the session, as it was written."""

    topic: Literal["line-written"] = "line-written"
    conversation: UUID
    line: Annotated[str, Field(min_length=1, max_length=400)]


class FactProposed(_Form):
    """The officer proposes what to fill in; `position` counts the proposals from 1.

    For a question of a service's form: `service`, `question` and the `answer` as a browser sends it.
    """

    topic: Literal["fact-proposed"] = "fact-proposed"
    conversation: UUID
    position: Annotated[int, Field(ge=1, le=50)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    value: Annotated[str, Field(min_length=1, max_length=400)]
    service: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")] | None = None
    question: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")] | None = None
    answer: Annotated[str, Field(min_length=1, max_length=400)] | None = None


class FactAnswered(_Form):
    """The applicant's answer to the proposal at that position."""

    topic: Literal["fact-answered"] = "fact-answered"
    conversation: UUID
    position: Annotated[int, Field(ge=1, le=50)]
    answer: Literal["confirmed", "declined"]


Tiding = (
    ReversalAsked
    | ReversalRefused
    | Reversed
    | ReversalCleared
    | LinesAsked
    | LineCorrected
    | LinesUnanswered
    | AnswersAsked
    | AnswersLetBe
    | AnswerCorrected
    | AnswersGiven
    | AnswersMissing
    | MoneyArrived
    | IdentityChecked
    | CredentialShown
    | ApplicantLeft
    | LineWritten
    | FactProposed
    | FactAnswered
)
Handler = Callable[[Any, api.Effect], None]

_FORM: TypeAdapter[Tiding] = TypeAdapter(Annotated[Tiding, Field(discriminator="topic")])
_handlers: dict[type[Any], Handler] = {}


def on(form: type[Any], handler: Handler) -> None:
    """Have `handler` told of every tiding of this form: of the other side, or recalled here."""
    _handlers[form] = handler


def tell(errand: api.Errand, subject: str | None, text: api.Text, tiding: Tiding) -> None:
    """Tell the other side; `text` are the words for people. Raises the exchange's Refused."""
    contents = tiding.model_dump(mode="json", exclude_none=True)
    api.give_notice(errand, subject=subject, text=text, contents=contents)


def heard(effect: api.Effect) -> None:
    """Take in a notice that took effect; what was said here a moment ago is done already."""
    body = effect.message.body
    is_news = effect.by is api.By.PEER or effect.is_recalled
    if not isinstance(body, Told) or not is_news:
        return
    try:
        tiding = _FORM.validate_python(dict(body.contents))
    except ValidationError:
        logger.error("a notice is of no form that is known here: %s", effect.message.id)
        return
    _handlers[type(tiding)](tiding, effect)
