"""What stands in a service's `service.toml`, as checked data.

Promises: a definition that loads names everything in both languages and says where its rules come from.
"""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from tongban.services.claim_sources import ClaimSource, Name, evidence_of
from tongban.services.evidence_type import EvidenceTypeDefinition
from tongban.services.mistakes import mistake
from tongban.services.settlement import Settlement
from tongban.services.text import Data, Text

Kind = Literal["recognition", "transfer", "handover", "credential", "settlement", "assisted"]
Confidence = Literal["high", "medium", "low"]
PlaceCode = Annotated[str, Field(pattern=r"^[1-9]\d{5}$")]
PlanItem = Annotated[str, Field(pattern=r"^(D|DM|P)\d{1,2}$")]
Applies = Literal["person", "enterprise"]
Option = Literal["four-eyes"]
"""What a service may ask of its procedure: a second officer who checks each decision (四眼)."""
Outcome = Literal["granted", "refused", "elsewhere"]


class Source(Data):
    """A legal source (法律依据) and how sure we are of its wording."""

    text: Text
    confidence: Confidence


class TimeLimit(Data):
    """How long the deciding agency has, in working days (办结时限)."""

    working_days: Annotated[int, Field(ge=1, le=250)]
    source: Source


class Side(Data):
    """One side's part: the place, who decides there, and its rule in one sentence.

    `code` names the side for colours and pictures; `agency_code` is the one of the directory.
    """

    code: Annotated[str, Field(pattern=r"^[a-z]+$")]
    place: PlaceCode
    name: Text
    agency: Text
    agency_code: Annotated[str, Field(pattern=r"^\d{6}-[a-z]+$")]
    rule: Source


class EvidenceNeed(Data):
    """Evidence (证明材料) that the service fetches itself, from the side that holds it.

    With `own_side_only` the other side's node does not ask for it: what an agency certifies is its own.
    With the basis `statute` the article is the `legal_basis`, and nobody is asked for consent.
    """

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    type: str
    title: Text
    place: PlaceCode
    fields: tuple[str, ...] = Field(min_length=1, strict=False)
    basis: Literal["consent", "statute"]
    legal_basis: Source
    purpose: Text
    own_side_only: bool = False


class AcceptedCredential(Data):
    """A type of credential (电子证照) that counts as evidence, and the claims that have to be shown of it."""

    vct: Annotated[str, Field(pattern=r"^https://[^\s]{1,110}$")]
    title: Text
    claims: tuple[str, ...] = Field(min_length=1, strict=False)
    legal_basis: Source
    purpose: Text


class PersonFact(Data):
    """A fact that the node knows of the person."""

    person: Literal["birth_month", "sex"]


class AnswerFact(Data):
    """A fact that an answer gives, perhaps through a table; `otherwise` stands in when it was not asked."""

    answer: str
    values: dict[str, str] | None = None
    otherwise: str | None = None


class EvidenceFact(Data):
    """A fact that is all records of one evidence type, from every side.

    With `field` it is that field of one record: the one whose `latest_by` comes last in order, perhaps
    through a table.
    """

    evidence: str
    field: str | None = None
    latest_by: str | None = None
    values: dict[str, str | bool] | None = None

    @model_validator(mode="after")
    def _one_record_is_told_by_its_order(self) -> "EvidenceFact":
        if (self.field is None) != (self.latest_by is None):
            raise mistake("latest-without-field")
        if self.field is None and self.values is not None:
            raise mistake("values-without-field")
        return self


class CaseFact(Data):
    """A fact of the application itself."""

    case: Literal["apply_month"]


_SOURCES = {"person": PersonFact, "answer": AnswerFact, "evidence": EvidenceFact, "case": CaseFact}


def _source(written: object) -> str | None:
    """The key that says where a fact comes from, so that a mistake is told of that source alone."""
    if isinstance(written, Mapping):
        return next((key for key in _SOURCES if key in written), None)
    return next((key for key, source in _SOURCES.items() if isinstance(written, source)), None)


def _with_a_source(written: object) -> object:
    if _source(written) is None:
        raise mistake("fact-source")
    return written


Fact = Annotated[
    Annotated[PersonFact, Tag("person")]
    | Annotated[AnswerFact, Tag("answer")]
    | Annotated[EvidenceFact, Tag("evidence")]
    | Annotated[CaseFact, Tag("case")],
    Discriminator(_source),
    BeforeValidator(_with_a_source),
]


class Category(Data):
    """One category of requests (分类), with the words by which a request is put into it."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,40}$")]
    name: Text
    words: tuple[str, ...] = Field(default=(), strict=False)

    @cached_property
    def folded(self) -> tuple[tuple[str, str], ...]:
        """Each word, and how it is looked for where letters' case does not count."""
        return tuple((word, word.casefold()) for word in self.words)


class OutcomeText(Data):
    """What the citizen is told; placeholders are outcomes of the rule set, or `pool_name`."""

    title: Text
    text: Text


class Decision(Data):
    """How the law's outcomes become a proposed decision.

    The pool is the answer to `pool_question` when that is one of the sides, else the outcome
    `recommended`; the outcome `eligible` with the pool's code appended says yes or no. A service that asks
    for no pool is decided where the person applies: `eligible` is the outcome as it stands, and without it
    whatever the law can work out is granted. So it is before a credential is issued, where `granted` is the
    only outcome.
    """

    ruleset: str
    facts: dict[str, Fact]
    pool_question: str | None = None
    recommended: str | None = None
    eligible: str | None = None
    outcomes: dict[Outcome, OutcomeText]

    @model_validator(mode="after")
    def _a_pool_is_asked_for_and_recommended(self) -> "Decision":
        if not (self.pool_question and self.recommended and self.eligible) and (
            self.pool_question or self.recommended
        ):
            raise mistake("pool-half-told")
        return self

    def deciding_outcome(self, pool: str) -> str | None:
        """The outcome that says yes or no for a pool; None where being worked out is enough."""
        return f"{self.eligible}_{pool}" if self.pool_question else self.eligible


class StatementFact(Data):
    """A fact that the origin's statement gives; money is whole fen there and yuan in the facts."""

    statement: str
    is_money: bool = False


class Transfer(Data):
    """What moves in a transfer: the fund, and how the law works out the money from the origin's statement.

    The fact `origin` is the place that the person leaves; `amount` is the outcome that moves. `papers` is the
    kind of evidence whose files the origin's own department gives along with the statement.
    """

    ruleset: str
    fund: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
    origin: str
    amount: str
    facts: dict[str, StatementFact]
    papers: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")] | None = None


class Definition(Data):
    """One version of one service (事项).

    A service of kind recognition has a `decision`, one of kind transfer a `transfer`, one of kind settlement
    a `settlement`, one of kind handover `categories`; the last category is the one for requests that no word
    puts anywhere. One of kind credential that fetches evidence has a `decision`, and `claims` that evidence
    and law give. `place_question` is the question whose answer is the place by which the deciding agency is
    found; without it, the node's own. `applicants` says whether persons, enterprises or both apply.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,50}$")]
    version: Annotated[str, Field(pattern=r"^\d{4}\.\d{1,2}\.\d{1,3}$")]
    since: date
    kind: Kind
    plan_items: tuple[Annotated[str, Field(pattern=r"^(D|DM|P)\d{1,2}$")], ...] = Field(
        min_length=1, strict=False
    )
    name: Text
    summary: Text
    who: Text
    cost: Text
    result: Text
    legal_basis: tuple[Source, ...] = Field(min_length=1, strict=False)
    time_limit: TimeLimit
    limits: dict[str, TimeLimit] = Field(default_factory=dict)
    options: tuple[Option, ...] = Field(default=(), strict=False)
    applicants: tuple[Applies, ...] = Field(default=("person",), min_length=1, strict=False)
    sides: tuple[Side, ...] = Field(min_length=2, strict=False)
    evidence: tuple[EvidenceNeed, ...] = Field(default=(), strict=False)
    evidence_types: tuple[EvidenceTypeDefinition, ...] = Field(default=(), strict=False)
    accepts: tuple[AcceptedCredential, ...] = Field(default=(), strict=False)
    categories: tuple[Category, ...] = Field(default=(), strict=False)
    decision: Decision | None = None
    transfer: Transfer | None = None
    claims: dict[Name, ClaimSource] = Field(default_factory=dict)
    settlement: Settlement | None = None
    place_question: str | None = None

    @model_validator(mode="after")
    def _has_the_parts_of_its_kind(self) -> "Definition":
        parts = {
            "transfer": (self.transfer, "transfer"),
            "settlement": (self.settlement, "settlement"),
            "categories": (self.categories, "handover"),
        }
        for name, (part, kind) in parts.items():
            if bool(part) != (self.kind == kind):
                raise mistake("part-of-kind", name=name, kind=kind)
        if bool(self.decision) != (self.kind == "recognition" or self._works_out_a_credential):
            raise mistake("decision-of-kind")
        if self.claims and not self._works_out_a_credential:
            raise mistake("claims-of-kind")
        return self

    @model_validator(mode="after")
    def _every_outcome_has_its_text(self) -> "Definition":
        if self.decision is None:
            return self
        is_credential = self.kind == "credential"
        wanted = {"granted"} if is_credential else {"granted", "refused", "elsewhere"}
        if is_credential and self.decision.eligible:
            raise mistake("eligible-of-kind")
        if self.decision.outcomes.keys() != wanted:
            raise mistake("outcome-texts", wanted=", ".join(sorted(wanted)))
        return self

    @property
    def _works_out_a_credential(self) -> bool:
        return self.kind == "credential" and bool(self.evidence)

    @model_validator(mode="after")
    def _parts_refer_to_each_other(self) -> "Definition":
        keys = [need.key for need in self.evidence]
        if len(set(keys)) != len(keys):
            raise mistake("evidence-twice")
        for need in self.evidence:
            if self.side(need.place) is None:
                raise mistake("evidence-place", key=need.key)
        known = {kind.name: kind for kind in self.evidence_types}
        for need in self.evidence:
            kind = known.get(need.type)
            if kind and not set(need.fields) <= set(kind.names):
                raise mistake("evidence-fields", key=need.key, type=need.type)
        fetched = {need.type for need in self.evidence}
        for claim, source in self.claims.items():
            if not evidence_of(source) <= fetched:
                raise mistake("claim-evidence", claim=claim)
        accepted = [one.vct for one in self.accepts]
        if len(set(accepted)) != len(accepted):
            raise mistake("accepts-twice")
        for name in (self.settlement.bill, self.settlement.relation) if self.settlement else ():
            if name not in fetched:
                raise mistake("settlement-evidence", name=name)
        for name, fact in self.decision.facts.items() if self.decision else ():
            if isinstance(fact, EvidenceFact) and fact.evidence not in fetched:
                raise mistake("fact-evidence", name=name)
        return self

    @property
    def ruleset(self) -> str | None:
        """The rule set that the service relies on, if any."""
        part = self.decision or self.transfer or self.settlement
        return part.ruleset if part else None

    def other_side(self, place: str) -> Side | None:
        """The side that is not at this place, of a service of two sides."""
        return next((side for side in self.sides if side.place != place), None)

    def category(self, code: str) -> Category | None:
        """The category of this code."""
        return next((one for one in self.categories if one.code == code), None)

    def side(self, place: str) -> Side | None:
        """The side at this place."""
        return next((side for side in self.sides if side.place == place), None)

    def needs_at(self, place: str) -> tuple[EvidenceNeed, ...]:
        """The evidence that the node of this place fetches for an application: of a settlement, the bill."""
        here = tuple(need for need in self.evidence if not need.own_side_only or need.place == place)
        if self.settlement is None:
            return here
        return tuple(need for need in here if need.type == self.settlement.bill)

    def looked_up_at(self, place: str) -> tuple[EvidenceNeed, ...]:
        """What the home side at this place looks up when a claim has come."""
        relation = self.settlement.relation if self.settlement else ""
        return tuple(need for need in self.evidence if (need.type, need.place) == (relation, place))

    def evidence_type(self, name: str) -> EvidenceTypeDefinition | None:
        """The kind of evidence of this name, if the service brings it along."""
        return next((kind for kind in self.evidence_types if kind.name == name), None)

    def need(self, key: str) -> EvidenceNeed | None:
        """The evidence need of this key."""
        return next((need for need in self.evidence if need.key == key), None)

    def accepted(self, vct: str) -> AcceptedCredential | None:
        """What the service asks of a credential of this type, if it takes it as evidence."""
        return next((one for one in self.accepts if one.vct == vct), None)
